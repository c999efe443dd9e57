"""Check roll-ups against a full recount of some dates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.kpis.definitions import BY_KEY
from services.feedback.domain.kpis.periods import Period
from services.feedback.queries.kpis import daily
from services.feedback.queries.kpis.held import ladders
from services.feedback.queries.kpis.recount import Fraction, recount
from services.feedback.queries.kpis.recount_said import recount_said
from services.feedback.usecases.kpis.roll_up import span_of
from shared.money import exponent_of

Counted = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A fraction that is not what a recount gives; None where there is none."""

    day: date
    kpi: str
    slice_key: str
    rolled_up: Fraction | None
    counted: Fraction | None


async def differences(
    pool: asyncpg.Pool, zone: ZoneInfo, days: Sequence[date], counted: Counted | None = None
) -> tuple[int, list[Difference]]:
    """Recount dates; gives how many fractions were compared, and those that differ.

    Each date in a snapshot of its own: one of hours would keep the database from cleaning up.
    """
    compared, found = 0, []
    for number, day in enumerate(days, 1):
        async with (
            pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await connection.execute("SET LOCAL statement_timeout = '1h'; SET LOCAL jit = off")
            count, some = await _of_day(connection, zone, day)
        compared += count
        found += some
        if counted is not None:
            counted(number)
    return compared, found


async def dates_rolled_up(pool: asyncpg.Pool) -> list[date]:
    """List the dates that were rolled up, the first one first."""
    async with pool.acquire() as connection:
        return sorted(await daily.prints_then(connection))


async def _of_day(
    connection: asyncpg.Connection, zone: ZoneInfo, day: date
) -> tuple[int, list[Difference]]:
    currency, steps = await daily.currency_of(connection), await ladders(connection)
    span = span_of(Period(day, day), zone)
    counted = await recount(connection, span, exponent_of(currency or "CNY"), steps)
    counted |= await recount_said(connection, zone.key, day)
    rows = await daily.rows_of_day(connection, sorted(BY_KEY), day)
    rolled_up = {(row.kpi, row.slice_key): (row.numerator, row.denominator) for row in rows}
    places = sorted({*counted, *rolled_up})
    return len(places), [
        Difference(day, *place, rolled_up.get(place), counted.get(place))
        for place in places
        if rolled_up.get(place) != counted.get(place)
    ]
