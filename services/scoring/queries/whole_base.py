"""Read the whole base in chunks: each chunk's versions and facts are of one snapshot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
import numpy as np

from services.scoring.domain.days import CustomerDays, day_number, pack_days
from services.scoring.domain.decision import Customer, Versions
from services.scoring.domain.timeline import OrderMoments
from services.scoring.queries.binary_copy import Column, parse_copy
from services.scoring.queries.facts import DAY_COLUMNS, stored_decision

CHUNK: Final = 20_000

_CUSTOMERS = """
SELECT c.profile_id, c.customer_id, c.version, coalesce(k.control_version, 0) AS control_version,
    t.release_id AS t_release, t.decided_version, t.business_date, t.rank, t.tier_key, t.score,
    t.since, t.state, t.decided_control_version
FROM customers c
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
LEFT JOIN tier_current t ON t.profile_id = c.profile_id AND t.programme_key = $3
    AND t.release_id = $4
WHERE c.profile_id > $1 AND c.merged_into IS NULL
ORDER BY c.profile_id LIMIT $2
"""
_DAYS = f"""
SELECT profile_id, (business_date - DATE '1970-01-01')::int4, {", ".join(DAY_COLUMNS)}
FROM customer_day WHERE profile_id BETWEEN $1 AND $2 AND business_date <= $3
"""  # noqa: S608 - our own column names
_MOMENTS = """
SELECT profile_id, business_date, min(effective_at) AS first_at, max(effective_at) AS last_at
FROM orders WHERE profile_id = ANY($1::uuid[]) AND NOT is_void AND business_date BETWEEN $2 AND $3
GROUP BY profile_id, business_date
"""
_FIRST_DAY = "SELECT min(business_date) FROM customer_day WHERE orders > 0"
_COLUMNS: Final = (
    Column("profile_id", "S16"),
    Column("day", ">i4"),
    *(Column(name, ">i8") for name in DAY_COLUMNS),
)


@dataclass(frozen=True, slots=True)
class Span:
    """What to read: days up to `today`, order instants from `since` on, what a release stored."""

    today: date
    since: date
    programme: str
    release_id: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some customers with their days, in the same order."""

    customers: list[Customer]
    days: CustomerDays
    #: Who is already decided for `today` on the same facts and controls.
    is_current: list[bool]


async def first_business_day(pool: asyncpg.Pool) -> date | None:
    """Tell the shop's first day with an order."""
    found: date | None = await pool.fetchval(_FIRST_DAY)
    return found


async def read_base(pool: asyncpg.Pool, span: Span, *, chunk: int = CHUNK) -> AsyncIterator[Chunk]:
    """Read every customer that is not merged away, in the order of their ids.

    The next chunk comes in while one is worked on.
    """
    coming = asyncio.create_task(_read(pool, UUID(int=0), span, chunk))
    try:
        while (found := await coming) is not None:
            last = found.customers[-1].profile_id
            coming = asyncio.create_task(_read(pool, last, span, chunk))
            yield found
    finally:
        coming.cancel()
        await asyncio.wait([coming])


async def _read(pool: asyncpg.Pool, after: UUID, span: Span, size: int) -> Chunk | None:
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        rows = await connection.fetch(_CUSTOMERS, after, size, span.programme, span.release_id)
        return await _chunk(connection, rows, span) if rows else None


async def _chunk(
    connection: asyncpg.Connection, rows: Sequence[asyncpg.Record], span: Span
) -> Chunk:
    profile_ids = [row["profile_id"] for row in rows]
    parts: list[bytes] = []

    async def collect(data: bytes) -> None:
        parts.append(data)

    await connection.copy_from_query(
        _DAYS, profile_ids[0], profile_ids[-1], span.today, output=collect, format="binary"
    )
    days = _pack(b"".join(parts), profile_ids)
    # By id, not by range: over a range Postgres may go through every order of the shop a chunk.
    buyers = [profile_ids[place] for place in _buyers_since(days, span.since)]
    moments: dict[UUID, dict[date, OrderMoments]] = {}
    for row in await connection.fetch(_MOMENTS, buyers, span.since, span.today):
        instants = OrderMoments(row["first_at"], row["last_at"])
        moments.setdefault(row["profile_id"], {})[row["business_date"]] = instants
    return Chunk(
        customers=[_customer(row, moments.get(row["profile_id"], {}), span) for row in rows],
        days=days,
        is_current=[_is_current(row, span.today) for row in rows],
    )


def _buyers_since(days: CustomerDays, since: date) -> list[int]:
    """Name the places of customers with an order on a date or later."""
    rows = np.flatnonzero((days.orders > 0) & (days.date >= day_number(since)))
    places: list[int] = np.unique(np.searchsorted(days.offsets, rows, side="right") - 1).tolist()
    return places


def _customer(row: asyncpg.Record, moments: dict[date, OrderMoments], span: Span) -> Customer:
    is_stored = row["t_release"] is not None
    return Customer(
        profile_id=row["profile_id"],
        customer_id=row["customer_id"],
        versions=Versions(row["version"], row["control_version"]),
        moments=moments,
        stored=stored_decision(row),
        stored_sum=row["state"]["changes"] if is_stored else None,
        # Whatever a release stored was told: history and tier_current are written together.
        last_told=(row["tier_key"], span.release_id) if is_stored else None,
    )


def _is_current(row: asyncpg.Record, today: date) -> bool:
    return bool(
        row["business_date"] == today
        and row["decided_version"] == row["version"]
        and row["decided_control_version"] == row["control_version"]
    )


def _pack(copied: bytes, profile_ids: Sequence[UUID]) -> CustomerDays:
    table = parse_copy(copied, _COLUMNS)
    owners = np.array([profile_id.bytes for profile_id in profile_ids], dtype="S16")
    place = np.minimum(np.searchsorted(owners, table["profile_id"]), len(owners) - 1)
    known = owners[place] == table["profile_id"]  # days of a profile merged away have no owner
    # Sorted here: asked for an order, Postgres reads every row by its key, twice as dear.
    order = np.lexsort((table["day"], place))
    order = order[known[order]]
    counts = np.bincount(place[known], minlength=len(owners))
    offsets = np.concatenate(([0], np.cumsum(counts)))
    columns = {name: table[name][order].astype(np.int64) for name in DAY_COLUMNS}
    return pack_days(offsets, table["day"][order], **columns)
