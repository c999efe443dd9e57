"""Profiles and the identifiers that lead to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.identity import WEAK, Claim, Conflict, Directory
from services.ingest.queries import bulk
from shared.ids import uuid7


@dataclass(frozen=True, slots=True)
class LockedCustomer:
    """A customer whose row is held until commit."""

    profile_id: UUID
    customer_id: str | None
    version: int
    last_unlinked_return_at: datetime | None
    merged_into: UUID | None = None
    erased_at: datetime | None = None


async def directory_of(connection: Connection, claims: Iterable[Claim]) -> Directory:
    """Return who holds these identifiers now."""
    rows = await bulk.fetch(
        connection,
        """
        SELECT i.kind, i.lookup_key, i.profile_id, c.customer_id, c.merged_into, w.customer_id
        FROM unnest($1::text[], $2::bytea[]) AS t(kind, lookup_key)
        JOIN identifiers i USING (kind, lookup_key)
        JOIN customers c ON c.profile_id = i.profile_id
        LEFT JOIN customers w ON w.profile_id = c.merged_into
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, NULL, NULL WHERE EXISTS (SELECT FROM tombstones)
        """,
        {(claim.kind, claim.key) for claim in claims},
    )
    held = [row for row in rows if row[0] is not None]
    named = {row[2]: row[3].encode() for row in held if row[3] is not None}
    named |= {row[4]: row[5].encode() for row in held if row[5] is not None}
    return Directory(
        {Claim(row[0], row[1]): row[2] for row in held},
        named,
        roots={row[2]: row[4] for row in held if row[4] is not None},
        has_tombstones=len(held) < len(rows),
    )


async def learn_strong(connection: Connection, directory: Directory) -> None:
    """Tell a directory of which of its customers more is known than a browser."""
    roots = {directory.root_of(holder) for holder in directory.holders.values()}
    rows = await connection.fetch(
        """
        SELECT DISTINCT coalesce(c.merged_into, c.profile_id)
        FROM customers c JOIN identifiers i USING (profile_id)
        WHERE (c.profile_id = ANY($1::uuid[]) OR c.merged_into = ANY($1::uuid[]))
            AND i.kind <> ALL($2::text[])
        """,
        list(roots),
        list(WEAK),
    )
    directory.strong.update(row[0] for row in rows)


async def move_identifiers(
    connection: Connection, moves: Iterable[tuple[Claim, UUID, UUID]], now: datetime
) -> int:
    """Give identifiers from one profile to another; returns how many were still there."""
    rows = await bulk.fetch(
        connection,
        """
        UPDATE identifiers SET profile_id = t.taker, linked_at = t.at
        FROM unnest($1::text[], $2::bytea[], $3::uuid[], $4::uuid[], $5::timestamptz[])
            AS t(kind, lookup_key, giver, taker, at)
        WHERE identifiers.kind = t.kind AND identifiers.lookup_key = t.lookup_key
            AND identifiers.profile_id = t.giver
        RETURNING 1
        """,
        ((claim.kind, claim.key, giver, taker, now) for claim, giver, taker in moves),
    )
    return len(rows)


async def add_profiles(
    connection: Connection, profiles: Mapping[UUID, str | None], now: datetime
) -> None:
    """Create customers at version 0."""
    await bulk.run(
        connection,
        """
        INSERT INTO customers (profile_id, customer_id, version, created_at, updated_at)
        SELECT profile_id, customer_id, 0, seen, seen
        FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS t(profile_id, customer_id, seen)
        """,
        ((profile_id, customer_id, now) for profile_id, customer_id in profiles.items()),
    )


async def add_identifiers(
    connection: Connection,
    gained: Iterable[tuple[Claim, UUID, bytes | None]],
    now: datetime,
) -> int:
    """Give identifiers to profiles; returns how many were still free."""
    rows = await bulk.fetch(
        connection,
        """
        INSERT INTO identifiers (kind, lookup_key, profile_id, value_encrypted, linked_at)
        SELECT * FROM unnest($1::text[], $2::bytea[], $3::uuid[], $4::bytea[], $5::timestamptz[])
            AS t(kind, lookup_key, profile_id, value, linked_at)
        ORDER BY kind, lookup_key
        ON CONFLICT (kind, lookup_key) DO NOTHING
        RETURNING 1
        """,
        ((claim.kind, claim.key, profile, value, now) for claim, profile, value in gained),
    )
    return len(rows)


async def name_profiles(connection: Connection, names: Mapping[UUID, str]) -> int:
    """Give profiles without one their customer id; returns how many took it."""
    rows = await bulk.fetch(
        connection,
        """
        UPDATE customers SET customer_id = t.customer_id
        FROM unnest($1::uuid[], $2::text[]) AS t(profile_id, customer_id)
        WHERE customers.profile_id = t.profile_id AND customers.customer_id IS NULL
        RETURNING 1
        """,
        names.items(),
    )
    return len(rows)


async def add_conflicts(
    connection: Connection, conflicts: Iterable[Conflict], now: datetime
) -> None:
    """Record contested identifiers, once for each claimant."""
    await bulk.run(
        connection,
        """
        INSERT INTO identity_conflicts
            (conflict_id, kind, lookup_key, claimant_id, holder_id, seen_at)
        SELECT * FROM unnest(
            $1::uuid[], $2::text[], $3::bytea[], $4::uuid[], $5::uuid[], $6::timestamptz[])
            AS t(conflict_id, kind, lookup_key, claimant_id, holder_id, seen_at)
        ORDER BY kind, lookup_key, claimant_id
        ON CONFLICT (kind, lookup_key, claimant_id) DO NOTHING
        """,
        (
            (uuid7(), c.claim.kind, c.claim.key, c.claimant_id, c.holder_id, now)
            for c in dict.fromkeys(conflicts)
        ),
    )


async def lock_customers(
    connection: Connection, profile_ids: Iterable[UUID]
) -> dict[UUID, LockedCustomer]:
    """Hold these customers until commit, always in the same order."""
    rows = await connection.fetch(
        """
        SELECT profile_id, customer_id, version, last_unlinked_return_at, merged_into, erased_at
        FROM customers WHERE profile_id = ANY($1::uuid[]) ORDER BY profile_id FOR UPDATE
        """,
        sorted(profile_ids),
    )
    return {row[0]: LockedCustomer(*row) for row in rows}


async def roots_under(connection: Connection, customers: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return every profile that counts for one of these customers, and for which.

    Each customer for itself, with all that were merged into it; one that is merged has nobody.
    """
    rows = await connection.fetch(
        """
        SELECT profile_id, profile_id FROM customers
        WHERE profile_id = ANY($1::uuid[]) AND merged_into IS NULL
        UNION ALL
        SELECT profile_id, merged_into FROM customers WHERE merged_into = ANY($1::uuid[])
        """,
        list(customers),
    )
    return {row[0]: row[1] for row in rows}


async def set_versions(
    connection: Connection, versions: Mapping[UUID, tuple[int, datetime | None]], now: datetime
) -> None:
    """Set version and last unlinked return of customers held by this transaction."""
    await bulk.run(connection, SET_VERSIONS, version_rows(versions, now))


SET_VERSIONS: Final = """
UPDATE customers SET version = t.version, last_unlinked_return_at = t.unlinked, updated_at = t.at
FROM unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::timestamptz[])
    AS t(profile_id, version, unlinked, at)
WHERE customers.profile_id = t.profile_id
"""


def version_rows(
    versions: Mapping[UUID, tuple[int, datetime | None]], now: datetime
) -> list[tuple[UUID, int, datetime | None, datetime]]:
    """Return the rows that SET_VERSIONS takes."""
    return [(profile, version, last, now) for profile, (version, last) in versions.items()]
