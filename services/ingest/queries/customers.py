"""Profiles as people read and write them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.traits import Attributes
from services.ingest.queries import consents


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A customer row; identifiers still sealed, as (kind, lookup key, cipher text)."""

    profile_id: UUID
    customer_id: str
    attributes: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime
    identifiers: tuple[tuple[str, bytes, bytes | None], ...]
    merged_from: tuple[str, ...]
    consents: dict[str, bool]


async def profile_of(connection: Connection, customer_id: str) -> StoredProfile | None:
    """Return the profile a customer id leads to; a merged one answers for its winner.

    What was told of a merged profile shows where nothing else was told of the winner.
    """
    row = await connection.fetchrow(
        """
        SELECT c.profile_id, coalesce(c.customer_id, i.customer_id) AS customer_id, c.attributes,
            c.version, c.created_at, c.updated_at
        FROM (
            SELECT own.profile_id, own.merged_into, $2::text AS customer_id
            FROM identifiers JOIN customers own USING (profile_id)
            WHERE kind = 'customer_id' AND lookup_key = $1
        ) AS i
        JOIN customers c ON c.profile_id = coalesce(i.merged_into, i.profile_id)
        WHERE c.erased_at IS NULL
        """,
        customer_id.encode(),
        customer_id,
    )
    if row is None:
        return None
    merged = await connection.fetch(
        """
        SELECT profile_id, customer_id, attributes FROM customers
        WHERE merged_into = $1 ORDER BY customer_id, profile_id
        """,
        row["profile_id"],
    )
    identifiers = await connection.fetch(
        """
        SELECT kind, lookup_key, value_encrypted FROM identifiers
        WHERE profile_id = ANY($1::uuid[]) AND kind <> 'customer_id'
        ORDER BY kind, linked_at, lookup_key
        """,
        [row["profile_id"], *(loser["profile_id"] for loser in merged)],
    )
    granted = await consents.effective_of(connection, row["profile_id"])
    return StoredProfile(
        profile_id=row["profile_id"],
        customer_id=row["customer_id"],
        attributes={k: v for each in (*merged, row) for k, v in each["attributes"].items()},
        version=row["version"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        identifiers=tuple((r[0], r[1], r[2]) for r in identifiers),
        merged_from=tuple(each["customer_id"] for each in merged if each["customer_id"]),
        consents=granted,
    )


async def version_of(connection: Connection, customer_id: str) -> int | None:
    """Return the version of the profile a customer id leads to, as `profile_of` gives it."""
    version: int | None = await connection.fetchval(
        """
        SELECT c.version FROM identifiers JOIN customers own USING (profile_id)
        JOIN customers c ON c.profile_id = coalesce(own.merged_into, own.profile_id)
        WHERE kind = 'customer_id' AND lookup_key = $1 AND c.erased_at IS NULL
        """,
        customer_id.encode(),
    )
    return version


async def put_attributes(
    connection: Connection, profile_id: UUID, attributes: Attributes, now: datetime
) -> int:
    """Replace the attributes of a customer; returns the version this makes."""
    version: int = await connection.fetchval(
        """
        UPDATE customers SET attributes = $2, attributes_at = $3, updated_at = $4,
            version = version + 1
        WHERE profile_id = $1 RETURNING version
        """,
        profile_id,
        dict(attributes.values),
        dict(attributes.told),
        now,
    )
    return version
