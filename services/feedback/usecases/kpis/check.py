"""Check roll-ups against a full recount of some dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.kpis.definitions import BY_KEY
from services.feedback.domain.kpis.periods import Period
from services.feedback.queries.kpis import daily
from services.feedback.queries.kpis.held import Ladder, ladders
from services.feedback.queries.kpis.recount import recount
from services.feedback.usecases.kpis.roll_up import span_of
from shared.money import exponent_of

#: What rests on purchases and tiers; the rest is added up from rows that are few.
RECOUNTED = frozenset(BY_KEY) - {
    "csat",
    "nps",
    "ces",
    "first_response_time",
    "survey_response_rate",
    "offer_acceptance",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A fraction that is not what a recount gives; None where there is none."""

    day: date
    kpi: str
    slice_key: str
    rolled_up: tuple[int, int] | None
    counted: tuple[int, int] | None


async def differences(
    pool: asyncpg.Pool, zone: ZoneInfo, days: Sequence[date]
) -> tuple[int, list[Difference]]:
    """Recount dates; gives how many fractions were compared, and those that differ."""
    compared, found = 0, []
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute("SET LOCAL statement_timeout = '1h'; SET LOCAL jit = off")
        steps = await ladders(connection)
        for day in days:
            count, some = await _of_day(connection, zone, day, steps)
            compared += count
            found += some
    return compared, found


async def _of_day(
    connection: asyncpg.Connection, zone: ZoneInfo, day: date, steps: Sequence[Ladder]
) -> tuple[int, list[Difference]]:
    currency = await daily.currency_of(connection)
    span = span_of(Period(day, day), zone)
    counted = await recount(connection, span, exponent_of(currency or "CNY"), steps)
    rows = await daily.rows_of_day(connection, sorted(RECOUNTED), day)
    rolled_up = {(row.kpi, row.slice_key): (row.numerator, row.denominator) for row in rows}
    places = sorted({*counted, *rolled_up})
    return len(places), [
        Difference(day, *place, rolled_up.get(place), counted.get(place))
        for place in places
        if rolled_up.get(place) != counted.get(place)
    ]
