"""Rows whose time is over: how many there are, and one batch less of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asyncpg import Connection, Pool

#: Rows of one statement: short enough that nobody waits for it.
BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class _Kind:
    """Which rows: `where` names those older than $1, `key` tells one from another."""

    table: str
    where: str
    age: str
    key: str
    purge: str = (
        "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {where} LIMIT $2)"
    )


#: By name of the rule.
KINDS: Final[Mapping[str, _Kind]] = {
    "quarantine": _Kind(
        "quarantine", "coalesce(last_seen_at, received_at) < $1", "received_at", "quarantine_id"
    ),
    "import_errors": _Kind(
        "import_errors",
        "import_id IN (SELECT import_id FROM imports WHERE coalesce(finished_at, started_at) < $1)",
        "(SELECT min(started_at) FROM imports)",
        'import_id, "row"',
    ),
    "source_day": _Kind(
        "source_day",
        "received_on < ($1::timestamptz)::date",
        "received_on",
        "source_id, received_on",
    ),
    "source_hour": _Kind(
        "source_hour", "received_in < $1", "received_in", "received_in, source_id"
    ),
    "tombstones": _Kind("tombstones", "refused_until < $1", "refused_until", "kind, lookup_key"),
    "event_properties": _Kind(
        "events",
        "received_at < $1 AND body ? 'properties'",
        "received_at",
        "profile_id, sequence",
        "UPDATE {table} SET body = body - 'properties'"
        " WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {where} LIMIT $2)",
    ),
}


async def due(pool: Pool, rule: str, before: datetime) -> tuple[int, datetime | None]:
    """Count the rows of a rule that are older, and tell the oldest instant among them."""
    kind = KINDS[rule]
    row = await pool.fetchrow(
        f"SELECT count(*), min({kind.age})::timestamptz FROM {kind.table}"  # noqa: S608 - ours
        f" WHERE {kind.where}",
        before,
    )
    return row[0], row[1]


async def purge(connection: Connection, rule: str, before: datetime, *, limit: int = BATCH) -> int:
    """Delete (or blank) one batch of the rows of a rule that are older; returns how many."""
    kind = KINDS[rule]
    # the log lets a stored event be changed only where somebody says so
    await connection.execute("SET LOCAL tierline.erasure = 'on'")
    statement = kind.purge.format(table=kind.table, key=kind.key, where=kind.where)
    tag = await connection.execute(statement, before, limit)
    return int(tag.rsplit(" ", 1)[-1])
