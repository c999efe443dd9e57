"""Read a range of customers in chunks, all of one snapshot: versions, facts, what is stored."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
import numpy as np
from asyncpg.cursor import Cursor

from services.scoring.domain.days import CustomerDays, day_number
from services.scoring.domain.status.engine.history import Grant, Pin
from services.scoring.domain.tiers.decision import Customer, Versions
from services.scoring.domain.tiers.timeline import OrderMoments
from services.scoring.queries.bases.whole_days import EVERYBODY, IdRange, read_days
from services.scoring.queries.tiers.facts import DAY_COLUMNS, stored_decision
from services.scoring.queries.tiers.status_facts import CONTROLS, controls_of

CHUNK: Final = 20_000

_PEOPLE = """
SELECT c.profile_id, c.customer_id, c.version, coalesce(k.control_version, 0) AS control_version
    {stored}
FROM customers c
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
{joined}
WHERE c.profile_id > $1 AND c.profile_id <= $2 AND c.merged_into IS NULL
ORDER BY c.profile_id
"""
_CUSTOMERS = _PEOPLE.format(
    stored=""", t.release_id AS t_release, t.decided_version, t.business_date, t.rank, t.tier_key,
    t.score, t.since, t.state, t.decided_control_version""",
    joined="""LEFT JOIN tier_current t ON t.profile_id = c.profile_id AND t.programme_key = $3
    AND t.release_id = $4""",
)
_NEW_CUSTOMERS = _PEOPLE.format(stored="", joined="")
# A cursor is planned for its first rows, unless it is said that all will be read.
_READ_ALL = "SET LOCAL cursor_tuple_fraction = 1"
_MOMENTS = """
SELECT profile_id, business_date, min(effective_at) AS first_at, max(effective_at) AS last_at
FROM orders WHERE profile_id = ANY($1::uuid[]) AND NOT is_void AND business_date BETWEEN $2 AND $3
GROUP BY profile_id, business_date
"""
_ANY_CONTROLS = """
SELECT EXISTS (SELECT FROM pins WHERE programme_key = $1)
    OR EXISTS (SELECT FROM grants WHERE programme_key = $1)
    OR EXISTS (SELECT FROM memberships WHERE programme_key = $1)
"""
_BOUGHT = """
SELECT profile_id, array_agg(day_number ORDER BY day_number, category) AS days,
    array_agg(category ORDER BY day_number, category) AS names
FROM (
    SELECT DISTINCT o.profile_id, o.business_date - DATE '1970-01-01' AS day_number, l.category
    FROM orders o JOIN order_lines l USING (profile_id, order_key)
    WHERE o.profile_id = ANY($1::uuid[]) AND NOT o.is_void AND o.business_date <= $2
        AND l.category IS NOT NULL
) bought GROUP BY profile_id
"""
_FIRST_DAY = "SELECT min(business_date) FROM customer_day WHERE orders > 0"


Held = tuple[tuple[Pin, ...], tuple[Grant, ...]]


@dataclass(frozen=True, slots=True)
class Span:
    """What to read: days up to `today`, order instants from `since` on, what a release stored.

    `release_id=None`: nothing is stored yet.
    """

    today: date
    since: date
    programme: str
    release_id: int | None
    columns: tuple[str, ...] = DAY_COLUMNS
    with_categories: bool = False


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


async def read_range(
    connection: asyncpg.Connection, ids: IdRange, span: Span, *, chunk: int = CHUNK
) -> AsyncGenerator[Chunk]:
    """Read every customer of a range that is not merged away, in the order of their ids."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        days = await read_days(connection, ids, span.today, span.columns)
        await connection.execute(_READ_ALL)
        customers = await _customers(connection, ids, span)
        place = 0
        while rows := await customers.fetch(chunk):
            some = days.of(place, place + len(rows))
            place += len(rows)
            yield await _chunk(connection, rows, some, span)


async def read_base(pool: asyncpg.Pool, span: Span) -> AsyncIterator[Chunk]:
    """Read everybody as of one instant."""
    async with (
        pool.acquire() as connection,
        aclosing(read_range(connection, EVERYBODY, span)) as base,
    ):
        async for chunk in base:
            yield chunk


async def _customers(connection: asyncpg.Connection, ids: IdRange, span: Span) -> Cursor:
    if span.release_id is None:
        return await connection.cursor(_NEW_CUSTOMERS, ids.after, ids.until)
    stored = (span.programme, span.release_id)
    return await connection.cursor(_CUSTOMERS, ids.after, ids.until, *stored)


async def _chunk(
    connection: asyncpg.Connection, rows: Sequence[asyncpg.Record], days: CustomerDays, span: Span
) -> Chunk:
    # By id, not by range: over a range Postgres may go through every order of the shop a chunk.
    buyers = [rows[place]["profile_id"] for place in _buyers_since(days, span.since)]
    moments: dict[UUID, dict[date, OrderMoments]] = {}
    for row in await connection.fetch(_MOMENTS, buyers, span.since, span.today):
        instants = OrderMoments(row["first_at"], row["last_at"])
        moments.setdefault(row["profile_id"], {})[row["business_date"]] = instants
    ids = [row["profile_id"] for row in rows]
    held = await _controls(connection, ids, span.programme)
    bought = await _categories(connection, ids, span)
    return Chunk(
        customers=[
            _customer(
                row,
                moments.get(row["profile_id"], {}),
                span,
                held.get(row["profile_id"]),
                bought.get(row["profile_id"], ()),
            )
            for row in rows
        ],
        days=days,
        is_current=[_is_current(row, span) for row in rows],
    )


async def _controls(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID], programme: str
) -> dict[UUID, Held]:
    """Read the pins and grants of the few customers that have any."""
    # Most shops have none in a value programme: a look at three small tables, not a look each.
    if not await connection.fetchval(_ANY_CONTROLS, programme):
        return {}
    listed: dict[UUID, list[tuple[object, ...]]] = {}
    for row in await connection.fetch(CONTROLS, profile_ids, programme):
        owner, *control = row
        listed.setdefault(owner, []).append(tuple(control))
    held = {owner: controls_of(controls) for owner, controls in listed.items()}
    return {owner: (tuple(pins), tuple(grants)) for owner, (pins, grants) in held.items()}


async def _categories(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID], span: Span
) -> dict[UUID, tuple[tuple[int, str], ...]]:
    if not span.with_categories:
        return {}
    rows = await connection.fetch(_BOUGHT, profile_ids, span.today)
    return {row["profile_id"]: tuple(zip(row["days"], row["names"], strict=True)) for row in rows}


def _buyers_since(days: CustomerDays, since: date) -> list[int]:
    """Name the places of customers with an order on a date or later."""
    rows = np.flatnonzero((days.orders > 0) & (days.date >= day_number(since)))
    places: list[int] = np.unique(np.searchsorted(days.offsets, rows, side="right") - 1).tolist()
    return places


def _customer(
    row: asyncpg.Record,
    moments: dict[date, OrderMoments],
    span: Span,
    held: Held | None,
    categories: tuple[tuple[int, str], ...],
) -> Customer:
    versions = Versions(row["version"], row["control_version"])
    pins, grants = held or ((), ())
    if span.release_id is None or row["t_release"] is None:
        return Customer(
            row["profile_id"],
            row["customer_id"],
            versions,
            moments,
            pins=pins,
            grants=grants,
            categories=categories,
        )
    return Customer(
        profile_id=row["profile_id"],
        customer_id=row["customer_id"],
        versions=versions,
        moments=moments,
        stored=stored_decision(row),
        stored_sum=row["state"]["changes"],
        # Whatever a release stored was told: history and tier_current are written together.
        last_told=(row["tier_key"], span.release_id),
        pins=pins,
        grants=grants,
        categories=categories,
    )


def _is_current(row: asyncpg.Record, span: Span) -> bool:
    return bool(
        span.release_id is not None
        and row["business_date"] == span.today
        and row["decided_version"] == row["version"]
        and row["decided_control_version"] == row["control_version"]
    )
