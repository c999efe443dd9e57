"""Erasures: who is erased with whom, what is taken away, and the receipt of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.erasing import KEPT


@dataclass(frozen=True, slots=True)
class StoredErasure:
    """A row of `erasures`."""

    erasure_id: UUID
    profile_id: UUID
    job_id: UUID | None
    requested_by: str
    reason: str
    requested_at: datetime
    finished_at: datetime | None
    receipt: dict[str, Any]


_COLUMNS: Final = (
    "erasure_id, profile_id, job_id, requested_by, reason, requested_at, finished_at, receipt"
)


async def root_of(connection: Connection, customer_id: str) -> UUID | None:
    """Return the customer that an id leads to, or whom they were merged into."""
    root: UUID | None = await connection.fetchval(
        """
        SELECT coalesce(c.merged_into, c.profile_id)
        FROM identifiers i JOIN customers c USING (profile_id)
        WHERE i.kind = 'customer_id' AND i.lookup_key = $1 AND c.erased_at IS NULL
        """,
        customer_id.encode(),
    )
    return root


async def members_of(connection: Connection, root: UUID) -> list[UUID]:
    """Return a customer and all that were merged into them."""
    rows = await connection.fetch(
        "SELECT profile_id FROM customers WHERE profile_id = $1 OR merged_into = $1"
        " ORDER BY profile_id",
        root,
    )
    return [row[0] for row in rows]


async def put(connection: Connection, erasure: StoredErasure) -> None:
    """Write down that somebody is to be erased; one whose job failed gets another job."""
    await connection.execute(
        f"""
        INSERT INTO erasures ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (erasure_id) DO UPDATE SET job_id = excluded.job_id
        """,  # noqa: S608 - our own column list
        erasure.erasure_id,
        erasure.profile_id,
        erasure.job_id,
        erasure.requested_by,
        erasure.reason,
        erasure.requested_at,
        erasure.finished_at,
        erasure.receipt,
    )


async def find(connection: Connection | Pool, erasure_id: UUID) -> StoredErasure | None:
    """Look an erasure up."""
    row = await connection.fetchrow(
        f"SELECT {_COLUMNS} FROM erasures WHERE erasure_id = $1",  # noqa: S608 - as above
        erasure_id,
    )
    return None if row is None else StoredErasure(*row)


async def hold_customer(connection: Connection, profile_id: UUID) -> None:
    """Hold one customer, so that two requests do not start two erasures."""
    await connection.execute("SELECT 1 FROM customers WHERE profile_id = $1 FOR UPDATE", profile_id)


async def open_of(connection: Connection, profile_id: UUID) -> StoredErasure | None:
    """Return the erasure of a customer that has not taken place yet."""
    row = await connection.fetchrow(
        f"""
        SELECT {_COLUMNS} FROM erasures
        WHERE profile_id = $1 AND finished_at IS NULL ORDER BY requested_at DESC LIMIT 1
        """,  # noqa: S608 - as above
        profile_id,
    )
    return None if row is None else StoredErasure(*row)


async def unfinished(pool: Pool, *, limit: int) -> list[StoredErasure]:
    """Return erasures that wait for somebody, the oldest first."""
    rows = await pool.fetch(
        f"""
        SELECT {_COLUMNS} FROM erasures WHERE finished_at IS NULL
        ORDER BY requested_at, erasure_id LIMIT $1
        """,  # noqa: S608 - as above
        limit,
    )
    return [StoredErasure(*row) for row in rows]


async def write_receipt(
    connection: Connection | Pool,
    erasure_id: UUID,
    receipt: dict[str, Any],
    *,
    finished_at: datetime | None = None,
) -> None:
    """Keep what was done so far; with `finished_at` the erasure is over."""
    await connection.execute(
        "UPDATE erasures SET receipt = $2, finished_at = $3 WHERE erasure_id = $1",
        erasure_id,
        receipt,
        finished_at,
    )


async def sealed_identifiers(
    connection: Connection, members: Sequence[UUID]
) -> list[tuple[str, bytes, bytes | None]]:
    """Return kind, lookup key and cipher text of everything these profiles are known by."""
    rows = await connection.fetch(
        """
        SELECT kind, lookup_key, value_encrypted FROM identifiers
        WHERE profile_id = ANY($1::uuid[]) ORDER BY kind, lookup_key
        """,
        members,
    )
    return [(row[0], row[1], row[2]) for row in rows]


#: What goes with the profiles themselves, by table: statements over $1, the profiles.
_REMOVALS: Final = {
    "identifiers": "DELETE FROM identifiers WHERE profile_id = ANY($1::uuid[])",
    "consents": "DELETE FROM consents WHERE profile_id = ANY($1::uuid[])",
    "identity_conflicts": """
        DELETE FROM identity_conflicts
        WHERE claimant_id = ANY($1::uuid[]) OR holder_id = ANY($1::uuid[])
        """,
    "identity_links": """
        UPDATE identity_links SET reason = ''
        WHERE reason <> '' AND (loser_id = ANY($1::uuid[]) OR winner_id = ANY($1::uuid[]))
        """,
}


async def remove_rows(connection: Connection, members: Sequence[UUID]) -> dict[str, int]:
    """Take away what names these profiles; returns rows by table."""
    return {
        table: _affected(await connection.execute(statement, members))
        for table, statement in _REMOVALS.items()
    }


async def remove_conflicts(connection: Connection | Pool, members: Sequence[UUID]) -> int:
    """Take away contested identifiers that a writer noted while the erasure ran."""
    return _affected(await connection.execute(_REMOVALS["identity_conflicts"], members))


_BLANK: Final = """
UPDATE events SET body = (
    SELECT coalesce(jsonb_object_agg(name, value), '{}')
    FROM jsonb_each(body) AS part(name, value) WHERE name = ANY($1::text[])
)
"""


_AT_PLACES: Final = """
WHERE (profile_id, sequence) IN (SELECT * FROM unnest($2::uuid[], $3::bigint[]))
"""


async def blank_events(connection: Connection, members: Sequence[UUID]) -> int:
    """Leave of these profiles' events only what facts are folded from."""
    return await _blanked(
        connection,
        _BLANK + "WHERE profile_id = ANY($2::uuid[]) AND body - $1::text[] <> '{}'",
        members,
    )


async def blank_events_at(connection: Connection, places: Sequence[tuple[UUID, int]]) -> int:
    """Leave of the events at these places of the log only what facts are folded from."""
    if not places:
        return 0
    return await _blanked(
        connection,
        _BLANK + _AT_PLACES,
        [profile_id for profile_id, _ in places],
        [sequence for _, sequence in places],
    )


async def _blanked(connection: Connection, statement: str, *arguments: object) -> int:
    # the log lets a stored event be changed only where somebody says so
    await connection.execute("SET LOCAL tierline.erasure = 'on'")
    tag = await connection.execute(statement, sorted(KEPT), *arguments)
    await connection.execute("SET LOCAL tierline.erasure = 'off'")
    return _affected(tag)


async def blank_customers(connection: Connection, members: Sequence[UUID], now: datetime) -> int:
    """Make profiles nobody's: no id, no attributes, a new version for whoever cached the old."""
    return _affected(
        await connection.execute(
            """
            UPDATE customers SET customer_id = NULL, attributes = '{}',
                attributes_at = NULL, version = version + 1, erased_at = $2, updated_at = $2
            WHERE profile_id = ANY($1::uuid[])
            """,
            members,
            now,
        )
    )


def _affected(tag: str) -> int:
    return int(tag.rsplit(" ", 1)[-1])
