"""People as ingest keeps them, written by hand."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg

THEN = datetime(2026, 1, 1, tzinfo=UTC)


def profile(number: int) -> UUID:
    return UUID(int=number)


async def add_person(
    pool: asyncpg.Pool, number: int, *customer_ids: str, merged_into: int | None = None
) -> UUID:
    """Write profile `number`, known by these ids of the shop."""
    await pool.execute(
        "INSERT INTO customers (profile_id, customer_id, version, merged_into, created_at,"
        " updated_at) VALUES ($1, $2, 1, $3, $4, $4)",
        profile(number),
        customer_ids[0] if customer_ids else None,
        None if merged_into is None else profile(merged_into),
        THEN,
    )
    for customer_id in customer_ids:
        await add_identifier(pool, number, "customer_id", customer_id.encode())
    return profile(number)


async def add_identifier(pool: asyncpg.Pool, number: int, kind: str, key: bytes) -> None:
    await pool.execute(
        "INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at) VALUES ($1, $2, $3, $4)",
        kind,
        key,
        profile(number),
        THEN,
    )


async def forget_people(pool: asyncpg.Pool) -> None:
    for table in ("customers", "identifiers", "identity_links", "shop", "tombstones"):
        await pool.execute(f"DELETE FROM {table}")
