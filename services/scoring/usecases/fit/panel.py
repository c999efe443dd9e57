"""Ask models about a random sample of customers, and judge the answers when their time has come."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import asyncpg
import numpy as np

from services.scoring.domain.days import CustomerDays, day_number, join_days, take_customers
from services.scoring.domain.features import features
from services.scoring.domain.life.drift import Realised, SampleRole, panel_to_judge
from services.scoring.model.curves import FloatArray
from services.scoring.model.evaluation import Difference
from services.scoring.model.learning.samples import seen_before
from services.scoring.model.realised import Rivalry, Said, lead_of, realised, rivalry
from services.scoring.model.season import Season
from services.scoring.model.value_model import Manifest, ValueModel
from services.scoring.queries.models.samples import (
    Panel,
    Sample,
    Scored,
    add_samples,
    outcomes,
    pairs,
    panels,
    sample_of_base,
)
from services.scoring.queries.tiers.facts import read_snapshot

MOST_IN_PANEL: Final = 5_000
PANEL_EVERY_DAYS: Final = 7
#: Live model and challenger are compared on the pairs of so many dates.
COMPARED_DAYS: Final = 28
_YEAR_DAYS: Final = 364
# The same twice the time of a recent buyer, so that no window is cut short by the shop's first day.
_HISTORY_BEFORE_DAYS: Final = 182
# One statement holds a connection for some 0.2 s.
_CHUNK: Final = 1_000


@dataclass(frozen=True, slots=True)
class Buyers:
    """Customers with an order up to a business date, all of whose facts are known."""

    profile_ids: Sequence[UUID]
    days: CustomerDays
    business_date: date

    def features_for(self, model: ValueModel) -> FloatArray:
        """Compute what a model sees of them: (n, n_features)."""
        start = day_number(model.manifest.trained_from)
        tomorrow = day_number(self.business_date) + 1
        return features(self.days, tomorrow, start, months=model.months)

    def a_year_ago(self, model: ValueModel) -> FloatArray | None:
        """Compute what it would have seen 52 weeks before; None where history is too short."""
        start = day_number(model.manifest.trained_from)
        then = day_number(self.business_date) + 1 - _YEAR_DAYS
        if then - start < _HISTORY_BEFORE_DAYS:
            return None
        known = seen_before(self.days, then)
        return features(self.days, then, start, customers=known, months=model.months)


@dataclass(frozen=True, slots=True)
class Judged:
    """A panel and what came of it."""

    panel: Panel
    found: Realised


@dataclass(frozen=True, slots=True)
class Rivals:
    """How live model and challenger compare: as they speak, and as it came out."""

    versions: tuple[str, str]
    said: Rivalry | None
    lead: Difference | None
    judged: int


async def buyers_of(pool: asyncpg.Pool, business_date: date, *, most: int) -> Buyers:
    """Read a fixed random sample of the base as of the end of a business date."""
    asked = await sample_of_base(pool, most=most)
    ids: list[UUID] = []
    parts: list[CustomerDays] = []
    for start in range(0, len(asked), _CHUNK):
        chunk = asked[start : start + _CHUNK]
        snapshot = await read_snapshot(pool, chunk, "", business_date)
        ordered = np.concatenate(([0], np.cumsum(snapshot.days.orders)))[snapshot.days.offsets]
        bought = np.flatnonzero(np.diff(ordered) > 0)
        parts.append(take_customers(snapshot.days, bought))
        ids += [snapshot.customers[place].profile_id for place in bought.tolist()]
    return Buyers(ids, join_days(parts), business_date)


async def ask_panel(
    pool: asyncpg.Pool, buyers: Buyers, models: Sequence[tuple[SampleRole, ValueModel]]
) -> None:
    """Keep what models say of the first customers of the sample, if a week has passed."""
    if not await _is_due(pool, buyers.business_date, models):
        return
    ids = buyers.profile_ids[:MOST_IN_PANEL]
    some = Buyers(ids, take_customers(buyers.days, np.arange(len(ids))), buyers.business_date)
    for role, model in models:
        samples = await asyncio.to_thread(_samples, some, model)
        version = model.manifest.version
        scored = Scored(version, buyers.business_date, role, samples)
        await add_samples(pool, scored, replace=True)


async def _is_due(
    pool: asyncpg.Pool, today: date, models: Sequence[tuple[SampleRole, ValueModel]]
) -> bool:
    """Say whether some model was not asked within a week; then all are, on the same facts."""
    since = today - timedelta(days=PANEL_EVERY_DAYS)
    lately = {
        (panel.role, panel.model_version)
        for panel in await panels(pool)
        if panel.business_date > since
    }
    return any((role, model.manifest.version) not in lately for role, model in models)


def _samples(buyers: Buyers, model: ValueModel) -> list[Sample]:
    start = day_number(buyers.business_date) + 1
    return samples_of(buyers.profile_ids, model, buyers.features_for(model), start=start)


def samples_of(
    profile_ids: Sequence[UUID], model: ValueModel, X: FloatArray, *, start: int
) -> list[Sample]:
    """Score customers, X (n, n_features), over the model's own horizon from day `start` on."""
    scores = model.score(X, start=start)
    columns = (scores.raw, scores.value, scores.low, scores.high, scores.p_buy)
    numbers = zip(*(column.tolist() for column in columns), strict=True)
    return [Sample(one, *said) for one, said in zip(profile_ids, numbers, strict=True)]


async def judge_panels(
    pool: asyncpg.Pool, role: SampleRole, business_date: date, season: Season
) -> tuple[Judged | None, Judged | None]:
    """Judge the newest panel whose horizon has passed, and the oldest that is under way.

    Of one under way the shop's season says how much is due: before a December three times as
    dear, a right model came to .57 of an even part.
    """
    asked = [panel for panel in await panels(pool) if panel.role is role]
    spans = [(panel.business_date, panel.horizon_days) for panel in asked]
    places = panel_to_judge(spans, business_date)
    whole, partial = [
        None if place is None else await _judge(pool, asked[place], business_date, season)
        for place in places
    ]
    return whole, partial


async def _judge(pool: asyncpg.Pool, panel: Panel, today: date, season: Season) -> Judged | None:
    days = min((today - panel.business_date).days, panel.horizon_days)
    rows = await outcomes(pool, panel, panel.business_date + timedelta(days=days))
    if not rows:
        return None
    *columns, spent = np.array(rows, dtype=np.float64).T
    horizon = panel.horizon_days
    due = season.part_due(day_number(panel.business_date) + 1, days, horizon)
    found = await asyncio.to_thread(
        realised, Said(*columns), spent, days=days, horizon_days=horizon, due=due
    )
    return Judged(panel, found)


async def compare_with(
    pool: asyncpg.Pool, pair: tuple[Manifest, Manifest], today: date, shares: tuple[float, ...]
) -> Rivals:
    """Compare live model and challenger: as they speak these weeks, and as it came out."""
    champion, challenger = pair
    versions, horizon = (champion.version, challenger.version), champion.horizon_days
    longer = horizon / challenger.horizon_days
    lately = (today - timedelta(days=COMPARED_DAYS), today)
    newest = await pairs(pool, versions, lately, horizon)
    over = today - timedelta(days=horizon + 1)  # today's purchases are still coming in
    ended = await pairs(pool, versions, (over - timedelta(days=COMPARED_DAYS), over), horizon)
    return Rivals(
        versions=versions,
        said=await asyncio.to_thread(_rivalry, newest, longer, shares) if newest else None,
        lead=await asyncio.to_thread(_lead, ended) if ended else None,
        judged=len(ended),
    )


def _rivalry(
    rows: list[tuple[float, ...]], longer: float, enter_shares: tuple[float, ...]
) -> Rivalry:
    raw, value, raw_other, value_other, _ = np.array(rows).T
    return rivalry((raw, value), (raw_other, value_other * longer), enter_shares)


def _lead(rows: list[tuple[float, ...]]) -> Difference | None:
    raw, _, raw_other, _, spent = np.array(rows).T
    return lead_of(raw, raw_other, spent)
