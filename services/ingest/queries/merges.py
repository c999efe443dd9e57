"""Links between profiles: who counts for whom, since when, and what was undone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.queries import bulk
from services.ingest.queries.identity import LockedCustomer, lock_customers
from shared.schema.ingest import EVENT_SEQUENCE


@dataclass(frozen=True, slots=True)
class Merge:
    """A link as it is listed; an undone one says when."""

    merge_id: UUID
    winner_id: UUID
    winner: str | None
    loser_id: UUID
    loser: str | None
    reason: str
    sequence: int
    customer_version: int
    linked_at: datetime
    undone_at: datetime | None
    undone_sequence: int | None


_MERGE = """
SELECT l.merge_id, l.winner_id, w.customer_id, l.loser_id, o.customer_id, l.reason, l.sequence,
    l.customer_version, l.linked_at, l.undone_at, l.undone_sequence
"""
_PARTIES = """
JOIN customers w ON w.profile_id = l.winner_id JOIN customers o ON o.profile_id = l.loser_id
"""
_MERGES = f"{_MERGE} FROM identity_links l {_PARTIES}"
# Two index reads, one a side (nobody is merged into themselves): asked with OR, the newest merges
# of the whole shop may be walked through instead.
MERGES_WITH = f"""
WITH party AS (
    SELECT profile_id FROM identifiers WHERE kind = 'customer_id' AND lookup_key = $1
), l AS (
    SELECT won.* FROM party JOIN identity_links won ON won.winner_id = party.profile_id
    UNION ALL
    SELECT lost.* FROM party JOIN identity_links lost ON lost.loser_id = party.profile_id
)
{_MERGE} FROM l {_PARTIES} WHERE l.merge_id < $2 ORDER BY l.merge_id DESC LIMIT $3
"""  # noqa: S608 - our own column names
_BEFORE_ALL = UUID(int=2**128 - 1)


async def hold_groups(
    connection: Connection, profile_ids: Iterable[UUID]
) -> dict[UUID, LockedCustomer]:
    """Hold these profiles and all that count for the same customers, until commit.

    Whoever changes who counts for whom holds the whole groups, so what is read here stays.
    """
    held = await lock_customers(connection, await _groups(connection, list(profile_ids)))
    roots = {each.merged_into or each.profile_id for each in held.values()}
    held |= await lock_customers(connection, roots - held.keys())
    rows = await connection.fetch(
        "SELECT profile_id FROM customers WHERE merged_into = ANY($1::uuid[])", list(roots)
    )
    return held | await lock_customers(connection, {row[0] for row in rows} - held.keys())


async def _groups(connection: Connection, profile_ids: list[UUID]) -> set[UUID]:
    """Return whom it takes now: to lock all at once, in one order, keeps writers from deadlock."""
    rows = await connection.fetch(
        """
        WITH roots AS (
            SELECT coalesce(merged_into, profile_id) AS root FROM customers
            WHERE profile_id = ANY($1::uuid[])
        )
        SELECT root FROM roots
        UNION SELECT c.profile_id FROM customers c JOIN roots ON c.merged_into = roots.root
        """,
        profile_ids,
    )
    return {*profile_ids, *(row[0] for row in rows)}


async def active_links(connection: Connection, profile_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the link of each of these profiles that has one: loser to winner."""
    rows = await connection.fetch(
        """
        SELECT loser_id, winner_id FROM identity_links
        WHERE loser_id = ANY($1::uuid[]) AND undone_at IS NULL
        """,
        list(profile_ids),
    )
    return {row[0]: row[1] for row in rows}


async def next_sequence(connection: Connection) -> int:
    """Return the next place in the log of all that changes facts."""
    sequence: int = await connection.fetchval(f"SELECT nextval('{EVENT_SEQUENCE}')")
    return sequence


async def add_link(  # noqa: PLR0913 - the columns of a link
    connection: Connection,
    merge_id: UUID,
    *,
    loser_id: UUID,
    winner_id: UUID,
    reason: str,
    sequence: int,
    version: int,
    now: datetime,
) -> None:
    """Append a link."""
    await connection.execute(
        """
        INSERT INTO identity_links
            (merge_id, loser_id, winner_id, reason, sequence, customer_version, linked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        merge_id,
        loser_id,
        winner_id,
        reason,
        sequence,
        version,
        now,
    )


async def mark_undone(
    connection: Connection, merge_id: UUID, *, sequence: int, now: datetime
) -> None:
    """Note that a link no longer holds."""
    await connection.execute(
        "UPDATE identity_links SET undone_at = $2, undone_sequence = $3 WHERE merge_id = $1",
        merge_id,
        now,
        sequence,
    )


async def set_roots(
    connection: Connection, roots: Mapping[UUID, UUID], versions: Mapping[UUID, int], now: datetime
) -> None:
    """Say whom profiles count for, and at which version that leaves them."""
    await bulk.run(
        connection,
        """
        UPDATE customers SET merged_into = nullif(t.root, t.profile_id), version = t.version,
            updated_at = t.at
        FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[])
            AS t(profile_id, root, version, at)
        WHERE customers.profile_id = t.profile_id
        """,
        ((profile, roots[profile], version, now) for profile, version in versions.items()),
    )


async def set_last_unlinked(connection: Connection, roots: Iterable[UUID]) -> None:
    """Note the last return without a link of these customers, from all that count for them."""
    await connection.execute(
        """
        UPDATE customers SET last_unlinked_return_at = (
            SELECT max(e.effective_at) FROM customers m JOIN events e USING (profile_id)
            WHERE (m.profile_id = customers.profile_id OR m.merged_into = customers.profile_id)
                AND e.body ->> 'record' = 'return' AND e.order_key IS NULL)
        WHERE profile_id = ANY($1::uuid[])
        """,
        list(roots),
    )


async def merge_of(connection: Connection, merge_id: UUID) -> Merge | None:
    """Return a link, undone or not."""
    row = await connection.fetchrow(f"{_MERGES} WHERE l.merge_id = $1", merge_id)
    return None if row is None else Merge(*row)


async def newest_merges(pool: Pool, *, before: UUID | None, limit: int) -> list[Merge]:
    """List links, newest first, from before the given one on."""
    rows = await pool.fetch(
        f"{_MERGES} WHERE l.merge_id < $1 ORDER BY l.merge_id DESC LIMIT $2",
        before or _BEFORE_ALL,
        limit,
    )
    return [Merge(*row) for row in rows]


async def merges_with(
    pool: Pool, customer_id: str, *, before: UUID | None, limit: int
) -> list[Merge]:
    """List the links that a customer won or lost, newest first, from before the given one on."""
    rows = await pool.fetch(MERGES_WITH, customer_id.encode(), before or _BEFORE_ALL, limit)
    return [Merge(*row) for row in rows]
