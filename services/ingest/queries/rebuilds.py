"""How far each shard of a rebuild is, so that a killed one goes on where it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.spans import Span


@dataclass(frozen=True, slots=True)
class Shard:
    """One shard of a rebuild; `after`: the last profile that is done."""

    rebuild_id: UUID
    number: int
    span: Span
    after: UUID | None = None
    customers: int = 0
    differences: int = 0
    is_finished: bool = False


async def hold_run(connection: Connection, rebuild_id: UUID) -> bool:
    """Hold a rebuild for as long as this connection lives; False if another process does."""
    number = int.from_bytes(rebuild_id.bytes[:8], "big", signed=True)
    held: bool = await connection.fetchval("SELECT pg_try_advisory_lock($1)", number)
    return held


async def shards_of(connection: Connection, rebuild_id: UUID) -> list[Shard]:
    """Return the shards of a rebuild in the order of their numbers."""
    rows = await connection.fetch(
        """
        SELECT shard, from_id, to_id, after_id, customers, differences, finished_at IS NOT NULL
        FROM rebuilds WHERE rebuild_id = $1 ORDER BY shard
        """,
        rebuild_id,
    )
    return [Shard(rebuild_id, row[0], Span(row[1], row[2]), *tuple(row)[3:]) for row in rows]


async def replace_run(
    connection: Connection, rebuild_id: UUID, shards: Mapping[int, Span], *, is_repair: bool
) -> None:
    """Forget a rebuild, and plan it with these shards."""
    await connection.execute("DELETE FROM rebuilds WHERE rebuild_id = $1", rebuild_id)
    await connection.executemany(
        """
        INSERT INTO rebuilds
            (rebuild_id, shard, from_id, to_id, is_repair, started_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, now(), now())
        """,
        [(rebuild_id, n, span.first, span.last, is_repair) for n, span in shards.items()],
    )


async def advance(connection: Connection, was: Shard, now: Shard) -> bool:
    """Store how far a shard is; False if it is no longer as it was: somebody else is at it."""
    tag: str = await connection.execute(
        """
        UPDATE rebuilds SET after_id = $4, customers = $5, differences = $6, updated_at = now(),
            finished_at = CASE WHEN $7 THEN now() END
        WHERE rebuild_id = $1 AND shard = $2 AND after_id IS NOT DISTINCT FROM $3
            AND finished_at IS NULL
        """,
        was.rebuild_id,
        was.number,
        was.after,
        now.after,
        now.customers,
        now.differences,
        now.is_finished,
    )
    return tag == "UPDATE 1"


async def customer_count(connection: Connection, span: Span) -> int:
    """Return how many customers a span holds."""
    count: int = await connection.fetchval(
        "SELECT count(*) FROM customers WHERE profile_id BETWEEN $1 AND $2", span.first, span.last
    )
    return count


async def every_nth_customer(connection: Connection, span: Span, n: int) -> list[UUID]:
    """Return every n-th profile id of a span, in their order."""
    rows = await connection.fetch(
        """
        SELECT profile_id FROM (
            SELECT profile_id, row_number() OVER (ORDER BY profile_id) AS place
            FROM customers WHERE profile_id BETWEEN $1 AND $2
        ) AS numbered WHERE place % $3 = 0 ORDER BY profile_id
        """,
        span.first,
        span.last,
        n,
    )
    return [row[0] for row in rows]


async def next_customers(
    connection: Connection, span: Span, after: UUID | None, *, limit: int
) -> list[UUID]:
    """Return the next customers of a span in the order of their ids."""
    rows = await connection.fetch(
        """
        SELECT profile_id FROM customers
        WHERE profile_id BETWEEN $1 AND $2 AND ($3::uuid IS NULL OR profile_id > $3)
        ORDER BY profile_id LIMIT $4
        """,
        span.first,
        span.last,
        after,
        limit,
    )
    return [row[0] for row in rows]


async def customers_named(connection: Connection, customer_id: str) -> list[UUID]:
    """Return the profile that counts for a customer id, if there is one."""
    rows = await connection.fetch(
        "SELECT coalesce(merged_into, profile_id) FROM customers WHERE customer_id = $1",
        customer_id,
    )
    return [row[0] for row in rows]
