"""Appraise a page of customers at once: the same features and model as one customer's score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import asyncpg
import numpy as np

from services.scoring.domain.days import CustomerDays, day_number
from services.scoring.domain.features import VALUE_COLUMNS, features
from services.scoring.domain.seen.lifecycle import Lifecycle, lifecycle
from services.scoring.domain.tiers.inputs import order_days_of
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.release import Release
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.releases.releases import levels_until, live_release_id
from services.scoring.queries.tiers.facts import read_snapshot
from services.scoring.usecases.releases.catalog import Catalog

_YEAR_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Scale:
    """What turns scores into money: a live release, its model, and the levels of dates."""

    release: Release
    model: ValueModel
    levels: Levels
    today: date

    @property
    def horizon_days(self) -> int:
        """Count the days that values are expected in."""
        return self.model.manifest.horizon_days

    @property
    def unit(self) -> float:
        """Give the minor units that a season-free score of 1 stands for today."""
        season = self.model.season.ratio(day_number(self.today) + 1, self.horizon_days)
        return self.levels.at(self.today)[1] * self.model.level * season


@dataclass(frozen=True, slots=True)
class Appraised:
    """What one customer is worth and bought; money in minor units, None before a purchase."""

    value: int | None
    probability_to_buy: float | None
    stage: Lifecycle
    last_purchase: date | None
    net_spend: int


async def read_scale(
    pool: asyncpg.Pool, catalog: Catalog, programme: str, today: date
) -> Scale | None:
    """Look up by what a value programme scores now; None before there is a model."""
    release_id = await live_release_id(pool, programme)
    if release_id is None:
        return None
    release = await catalog.value_release(release_id)
    if not isinstance(release.model, ValueModel):
        return None
    known = await levels_until(pool, release.model_version, today)
    return Scale(release, release.model, Levels.of(known), today)


async def appraise(
    pool: asyncpg.Pool, scale: Scale, profile_ids: Sequence[UUID]
) -> dict[UUID, Appraised]:
    """Appraise customers on all facts up to the scale's date; who is gone is left out."""
    if not profile_ids:
        return {}
    programme = scale.release.programme.key
    snapshot = await read_snapshot(pool, profile_ids, programme, scale.today)
    people = [customer.profile_id for customer in snapshot.customers]
    return dict(zip(people, appraised(snapshot.days, scale), strict=True))


def appraised(days: CustomerDays, scale: Scale) -> list[Appraised]:
    """Appraise every customer of some days, in their order."""
    tomorrow = day_number(scale.today) + 1
    count = len(days)
    X = features(
        days,
        np.full(count, tomorrow, dtype=np.int64),
        scale.release.history_start,
        customers=np.arange(count),
        columns=VALUE_COLUMNS,
        months=scale.model.months,
    )
    scores = scale.model.score(X, start=tomorrow)
    spent = _spent(days, tomorrow)
    return [
        Appraised(
            value=round(value) if dates else None,
            probability_to_buy=chance if dates else None,
            stage=lifecycle(dates, scale.today),
            last_purchase=dates[-1] if dates else None,
            net_spend=net,
        )
        for value, chance, dates, net in zip(
            scores.value.tolist(),
            scores.p_buy.tolist(),
            order_days_of(days, scale.today),
            spent,
            strict=True,
        )
    ]


def _spent(days: CustomerDays, tomorrow: int) -> list[int]:
    """Sum up the net spend of the last 365 days, returns on their own day."""
    counted = np.where(days.date >= tomorrow - _YEAR_DAYS, days.net_booked, 0)
    sums = np.concatenate(([0], np.cumsum(counted)))[days.offsets]
    return [int(net) for net in np.diff(sums)]
