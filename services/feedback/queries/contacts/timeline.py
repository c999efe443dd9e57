"""Everything that happened with one customer, from the tables of all owners, newest first.

Every source gives its newest rows before a place on, so a long life costs no more than a short
one; what is rare in a life (tiers, uses of benefits, cases, surveys) is read whole and sorted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.contacts.entry import Entry
from services.feedback.domain.contacts.place import Place
from services.feedback.queries.contacts.sources import SOURCES

_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)
_FIRST: Final[Mapping[str, UUID | bytes | str]] = {"uuid": UUID(int=0), "bytea": b"", "text": ""}
_LAST: Final[Mapping[str, UUID | bytes | str]] = {
    "uuid": UUID(int=2**128 - 1),
    "bytea": b"\xff" * 33,
    "text": "~",
}
#: `id` as the text that an entry is known by.
_SHOWN: Final = {"uuid": "x.id::text", "bytea": "encode(x.id, 'hex')", "text": "x.id"}


# $1 shop's ids, $2 profiles, $3 before, $4 since, $5 rows; from $6 on a bound of each source.
_BRANCH: Final = """
SELECT x.at, '{kind}' AS kind, {shown} AS id, x.details
FROM unnest({owners}) AS o (owner) CROSS JOIN LATERAL (
    SELECT r.{at} AS at, {id} AS id, {details} AS details FROM {table} AS r
    WHERE r.{owner} = o.owner AND r.{at} <= $3 AND r.{at} >= $4
        AND (r.{at}, {id}) < ($3, ${number}::{id_type}) AND {where}
    ORDER BY r.{at} DESC, {id} DESC LIMIT $5) AS x
"""
# Both lists are named also where no kind asks for one of them.
_NEWEST: Final = """
WHERE $1::text[] IS NOT NULL AND $2::uuid[] IS NOT NULL
ORDER BY at DESC, kind COLLATE "C" DESC, id COLLATE "C" DESC LIMIT $5
"""
_LADDERS: Final = """
SELECT r.release_id, v.document -> 'tiers' AS tiers FROM releases r
JOIN programme_versions v
    ON v.programme_key = r.programme_key AND v.version = r.programme_version
WHERE r.release_id = ANY($1::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of whose life: before a place (None: from the end on), not before `since`."""

    customer_ids: Sequence[str]
    profile_ids: Sequence[UUID]
    before: Place | None
    since: datetime
    limit: int


async def newest_entries(
    connection: asyncpg.Connection | asyncpg.Pool, kinds: Collection[str], span: Span
) -> list[Entry]:
    """List entries of these kinds, newest first."""
    chosen = tuple(kind for kind in SOURCES if kind in kinds)
    rows = await connection.fetch(
        _statement(chosen),
        span.customer_ids,
        span.profile_ids,
        span.before.at if span.before else _END_OF_TIME,
        span.since,
        span.limit,
        *(_bound(kind, span.before) for kind in chosen),
    )
    return [Entry(Place(row["at"], row["kind"], row["id"]), row["details"]) for row in rows]


async def tier_names(
    connection: asyncpg.Connection | asyncpg.Pool, release_ids: Iterable[int]
) -> dict[int, dict[str, Any]]:
    """Give the names of tiers by release and key."""
    rows = await connection.fetch(_LADDERS, list(release_ids))
    return {row["release_id"]: {tier["key"]: tier["name"] for tier in row["tiers"]} for row in rows}


@lru_cache(maxsize=256)
def _statement(kinds: tuple[str, ...]) -> str:
    branches = " UNION ALL ".join(_branch(kind, number) for number, kind in enumerate(kinds, 6))
    return f"SELECT * FROM ({branches}) AS every {_NEWEST}"  # noqa: S608 - our own words


def _branch(kind: str, number: int) -> str:
    source = SOURCES[kind]
    is_customer = source.owner == "customer_id"
    plain = source.id.isidentifier()
    return _BRANCH.format(
        kind=kind,
        shown=_SHOWN[source.id_type],
        owners="$1::text[]" if is_customer else "$2::uuid[]",
        at=source.at,
        id=f"r.{source.id}" if plain else source.id,
        details=source.details,
        table=source.table,
        owner=source.owner,
        number=number,
        id_type=source.id_type,
        where=source.where,
    )


def _bound(kind: str, before: Place | None) -> UUID | bytes | str:
    """Give the id before which a source goes on at the very instant of the place."""
    id_type = SOURCES[kind].id_type
    if before is None or kind < before.kind:
        return _LAST[id_type]
    if kind > before.kind:
        return _FIRST[id_type]
    if id_type == "uuid":
        return before.uuid
    return bytes.fromhex(before.id) if id_type == "bytea" else before.id
