"""Sources, stores and the shop itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asyncpg import Connection, Pool


@dataclass(frozen=True, slots=True)
class Source:
    """Where events come from; value counts only from the authoritative source of a namespace."""

    source_id: str
    kind: str
    order_namespace: str
    is_authoritative: bool


async def fix_base_currency(pool: Pool, currency: str, now: datetime) -> str:
    """Return the base currency, fixing it when none is yet."""
    fixed: str = await pool.fetchval(
        """
        INSERT INTO shop (singleton, base_currency, fixed_at) VALUES (true, $1, $2)
        ON CONFLICT (singleton) DO UPDATE SET base_currency = shop.base_currency
        RETURNING base_currency
        """,
        currency,
        now,
    )
    return fixed


async def require_source(pool: Pool, source_id: str, now: datetime) -> Source:
    """Return a source; a new one has a namespace of its own, and authority if nobody has it."""
    row = await pool.fetchrow(
        """
        WITH added AS (
            INSERT INTO sources (source_id, kind, order_namespace, is_authoritative, created_at)
            SELECT $1, 'api', $1, NOT EXISTS (
                SELECT FROM sources WHERE order_namespace = $1 AND is_authoritative
            ), $2
            ON CONFLICT DO NOTHING
            RETURNING source_id, kind, order_namespace, is_authoritative
        )
        SELECT * FROM added
        UNION ALL
        SELECT source_id, kind, order_namespace, is_authoritative FROM sources
        WHERE source_id = $1 LIMIT 1
        """,
        source_id,
        now,
    )
    if row is None:  # another process added it between the two halves of the statement
        return await require_source(pool, source_id, now)
    return Source(*row)


async def store_zones(pool: Pool) -> dict[str, str]:
    """Return the time zone name of every store that has one."""
    rows = await pool.fetch("SELECT store_id, time_zone FROM stores WHERE time_zone IS NOT NULL")
    return {row[0]: row[1] for row in rows}


async def put_store(
    connection: Connection, store_id: str, store: dict[str, Any], now: datetime
) -> None:
    """Create or replace a store."""
    await connection.execute(
        """
        INSERT INTO stores (store_id, name, region, time_zone, currency, kind, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (store_id) DO UPDATE SET
            name = excluded.name, region = excluded.region, time_zone = excluded.time_zone,
            currency = excluded.currency, kind = excluded.kind, updated_at = excluded.updated_at
        """,
        store_id,
        store["name"],
        store["region"],
        store["time_zone"],
        store["currency"],
        store["kind"],
        now,
    )


_STORE = "store_id, name, region, time_zone, currency, kind"


async def find_store(pool: Pool, store_id: str) -> dict[str, Any] | None:
    """Return a store as it is kept."""
    row = await pool.fetchrow(f"SELECT {_STORE} FROM stores WHERE store_id = $1", store_id)  # noqa: S608 - our own column list
    return None if row is None else dict(row)


async def stores_after(pool: Pool, after: str, limit: int) -> list[dict[str, Any]]:
    """Return the next stores by id."""
    rows = await pool.fetch(
        f"SELECT {_STORE} FROM stores WHERE store_id > $1 ORDER BY store_id LIMIT $2",  # noqa: S608 - our own column list
        after,
        limit,
    )
    return [dict(row) for row in rows]
