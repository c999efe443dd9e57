"""Score one customer as of past months' ends: the same features and model as today's score."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import asyncpg
import numpy as np

from services.scoring.domain.days import CustomerDays, day_number
from services.scoring.domain.features import VALUE_COLUMNS, features
from services.scoring.domain.programmes.ladder import Rung, rungs_of
from services.scoring.domain.records import ToldTier
from services.scoring.domain.seen.lifecycle import Lifecycle, lifecycle
from services.scoring.errors import NoModelYet, UnknownCustomer
from services.scoring.queries.people.profiles import base_currency, find_profile, tier_history
from services.scoring.queries.tiers.facts import read_snapshot
from services.scoring.usecases.asking.appraise_many import Scale, read_scale
from services.scoring.usecases.asking.ask_score import order_dates
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog

_DAY: Final = timedelta(days=1)
_LAST: Final = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Point:
    """What was to be expected of a customer at the end of a date; money in minor units.

    The amounts are None before the first purchase; `tier` is what was told then, None before
    anything was.
    """

    on: date
    value: int | None
    low: int | None
    high: int | None
    probability_to_buy: float | None
    stage: Lifecycle
    tier: Rung | None


@dataclass(frozen=True, slots=True)
class ScoreCourse:
    """A customer's score over time, by the model in force now."""

    customer_id: str
    points: list[Point]
    scale: Scale
    currency: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Historian:
    """Tells scores over time."""

    pool: asyncpg.Pool
    catalog: Catalog
    day: BusinessDay
    fallback_currency: str | None

    async def course(self, customer_id: str, months: int) -> ScoreCourse:
        """Score the last months' ends and today; raises UnknownCustomer or NoModelYet."""
        moment = self.day.moment()
        profile = await find_profile(self.pool, customer_id)
        if profile is None:
            raise UnknownCustomer
        programme = await self.catalog.value_key(None)
        scale = await read_scale(self.pool, self.catalog, programme, moment.today)
        if scale is None:
            raise NoModelYet
        snapshot = await read_snapshot(self.pool, [profile.profile_id], programme, moment.today)
        if not snapshot.customers:
            raise UnknownCustomer  # erased between the two statements
        told = await tier_history(
            self.pool, profile.profile_id, programme, as_of=_LAST, known_at=_LAST
        )
        row = await self.catalog.programme_row(programme)
        tiers = _Tiers.of(told, rungs_of(row.document), self.day)
        return ScoreCourse(
            customer_id=profile.customer_id or customer_id,
            points=points(snapshot.days, month_ends(moment.today, months), scale, tiers),
            scale=scale,
            currency=await base_currency(self.pool) or self.fallback_currency,
            now=moment.now,
        )


@dataclass(frozen=True, slots=True)
class _Tiers:
    """What was told since when, by rising instant."""

    starts: Sequence[datetime]
    rungs: Sequence[Rung | None]
    day: BusinessDay

    @classmethod
    def of(cls, told: Sequence[ToldTier], rungs: Sequence[Rung], day: BusinessDay) -> _Tiers:
        """Put history, the newest first, into order."""
        named = {rung.key: rung for rung in rungs}
        rising = sorted(told, key=lambda each: (each.business_instant, each.decided_at))
        return cls(
            [each.business_instant for each in rising],
            [named.get(each.tier_to) for each in rising],
            day,
        )

    def at_end_of(self, on: date) -> Rung | None:
        """Give what was told last on or before a date."""
        place = bisect_right(self.starts, self.day.midnight_of(on + _DAY)) - 1
        return self.rungs[place] if place >= 0 else None


def month_ends(today: date, months: int) -> list[date]:
    """List the last dates of the months before today's, rising, and today."""
    found, first = [today], today.replace(day=1)
    for _ in range(months):
        found.append(first - _DAY)
        first = found[-1].replace(day=1)
    return found[::-1]


def points(days: CustomerDays, dates: Sequence[date], scale: Scale, tiers: _Tiers) -> list[Point]:
    """Score one customer on all facts up to each date."""
    tomorrows = np.array([day_number(on) + 1 for on in dates], dtype=np.int64)
    X = features(
        days,
        tomorrows,
        scale.release.history_start,
        customers=np.zeros(len(dates), dtype=np.int64),
        columns=VALUE_COLUMNS,
        months=scale.model.months,
    )
    bought = order_dates(days)
    found = []
    for place, on in enumerate(dates):
        # the season ahead differs from date to date
        scores = scale.model.score(X[place : place + 1], start=int(tomorrows[place]))
        is_known = bool(bought) and bought[0] <= on
        value, low, high = (
            round(float(each[0])) if is_known else None
            for each in (scores.value, scores.low, scores.high)
        )
        chance = float(scores.p_buy[0]) if is_known else None
        stage = lifecycle(bought, on)
        found.append(Point(on, value, low, high, chance, stage, tiers.at_end_of(on)))
    return found
