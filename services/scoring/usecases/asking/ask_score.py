"""Say what a customer is worth: money over the horizon, its interval, chances and potential."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import asyncpg
import numpy as np

from services.scoring.domain.days import CustomerDays, day_number, day_of
from services.scoring.domain.features import VALUE_COLUMNS, features
from services.scoring.domain.seen.lifecycle import Lifecycle, lifecycle
from services.scoring.domain.tiers.release import Release
from services.scoring.errors import NoModelYet, UnknownCustomer
from services.scoring.model.curves import FloatArray
from services.scoring.model.outcomes.indices import Index
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.people.profiles import base_currency, find_profile
from services.scoring.queries.tiers.facts import read_snapshot
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.base_days import LEARNT_COLUMNS
from services.scoring.usecases.releases.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Reading:
    """One index for one customer: minor units or a chance; `reason` where it is not shown."""

    index: Index
    value: float | None
    level: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Worth:
    """Expected net spend over the horizon in minor units, given a purchase between low and high."""

    value: int
    low: int
    high: int
    probability_to_buy: float
    season_free: float
    horizon_days: int
    has_season: bool
    readings: tuple[Reading, ...]

    @property
    def potential(self) -> int | None:
        """Give the expected spend above the past horizon's, where that index is shown."""
        amounts = (each.value for each in self.readings if each.index.outcome.is_money)
        return next((int(np.rint(amount)) for amount in amounts if amount is not None), None)


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """A customer's worth on a business date; `worth` is None for who has not bought yet."""

    customer_id: str
    worth: Worth | None
    purchases: int
    lifecycle: Lifecycle
    currency: str | None
    business_date: date
    model_version: str
    release_id: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Appraiser:
    """Scores one customer on the present facts."""

    pool: asyncpg.Pool
    catalog: Catalog
    day: BusinessDay
    fallback_currency: str | None

    async def score(self, customer_id: str) -> ScoreReport:
        """Score a customer by our own id; raises UnknownCustomer or NoModelYet."""
        moment = self.day.moment()
        profile = await find_profile(self.pool, customer_id)
        if profile is None:
            raise UnknownCustomer
        programme = await self.catalog.value_key(None)
        snapshot = await read_snapshot(
            self.pool, [profile.profile_id], programme, moment.today, columns=LEARNT_COLUMNS
        )
        if snapshot.release_id is None:
            raise NoModelYet
        release = await self.catalog.value_release(snapshot.release_id)
        levels = await self.catalog.levels(
            release.model_version, moment.today, seen=snapshot.levels_seen
        )
        bought = order_dates(snapshot.days)
        worth = None
        if bought:
            worth = worth_of(snapshot.days, moment.today, release, levels.at(moment.today)[1])
        return ScoreReport(
            customer_id=profile.customer_id or customer_id,
            worth=worth,
            purchases=int(snapshot.days.orders.sum()),
            lifecycle=lifecycle(bought, moment.today),
            currency=await base_currency(self.pool) or self.fallback_currency,
            business_date=moment.today,
            model_version=release.model_version,
            release_id=release.release_id,
            now=moment.now,
        )


def order_dates(days: CustomerDays) -> list[date]:
    """List the dates with an order, of one customer."""
    return [day_of(number) for number in days.date[days.orders > 0].tolist()]


def worth_of(days: CustomerDays, today: date, release: Release, level: float) -> Worth:
    """Appraise one customer on all facts up to a date."""
    model = release.model
    if not isinstance(model, ValueModel):
        raise NoModelYet
    seen = model.indices.columns.union(VALUE_COLUMNS)
    tomorrow = day_number(today) + 1
    X = features(days, tomorrow, release.history_start, columns=seen)
    months = model.months
    offered = features(days, tomorrow, release.history_start, months=months) if months else X
    scores = model.score(offered, start=tomorrow)
    value, low, high = (int(np.rint(each[0])) for each in (scores.value, scores.low, scores.high))
    return Worth(
        value=value,
        low=low,
        high=high,
        probability_to_buy=float(scores.p_buy[0]),
        season_free=float(scores.raw[0]) / level,
        horizon_days=model.manifest.horizon_days,
        has_season=bool(model.season.factors),
        readings=tuple(reading_of(index, X, value) for index in model.indices.items),
    )


def reading_of(index: Index, X: FloatArray, most: int) -> Reading:
    """Read one index off one customer's features: X (1, n_features).

    Nobody grows by more than they are expected to spend (`most`): the two come from models of
    their own, which disagree on that for 8 to 17 % of three shops' customers.
    """
    if index.gauge is None:
        return Reading(index, None, None, index.reason)
    if not index.outcome.concerns(X)[0]:
        return Reading(index, None, None, "only_after_one_purchase")
    value = float(index.gauge.values(X)[0])
    told = min(value, float(most)) if index.outcome.is_money else value
    return Reading(index, told, index.gauge.level(value), None)
