"""Explain one customer's score and tier: the decision a tier read makes, and why."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from services.scoring.domain.days import CustomerDays, day_number
from services.scoring.domain.feature_words import Past
from services.scoring.domain.features import FEATURE_NAMES, features
from services.scoring.domain.tiers.classes import ClassRelease
from services.scoring.domain.tiers.decide import Grid, decide
from services.scoring.domain.tiers.decision import Decision
from services.scoring.domain.tiers.programme import ValueProgramme
from services.scoring.domain.tiers.release import Release
from services.scoring.domain.why.explanation import PartGroup, grouped, parts_of
from services.scoring.domain.why.figures import Currency
from services.scoring.domain.why.flip import (
    Fall,
    Ground,
    RiseSearch,
    find_fall,
    find_rise,
    usual_lines,
)
from services.scoring.errors import NoModelYet, NotByModel, UnknownCustomer
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.people.profiles import base_currency, find_profile
from services.scoring.queries.tiers.facts import Snapshot, read_snapshot
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.usecases.asking.ask_score import Worth, worth_of
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog
from shared.money import exponent_of

_ORDER_DAYS = FEATURE_NAMES.index("order_days")
_TENURE = FEATURE_NAMES.index("tenure")


@dataclass(frozen=True, slots=True)
class Why:
    """A score taken apart: `base` and the groups' contributions add up to `log_score`."""

    log_score: float
    base: float
    groups: list[PartGroup]
    worth: Worth
    typical_value: int
    past: Past


@dataclass(frozen=True, slots=True)
class Flips:
    """What would change the tier; None where nothing lies above or below."""

    rise: RiseSearch | None
    fall: Fall | None
    lines: int


@dataclass(frozen=True, slots=True)
class ExplanationReport:
    """Everything an explanation says; `why` is None for who has not bought yet."""

    customer_id: str
    programme: ValueProgramme
    release: Release
    decision: Decision
    has_one_order: bool
    why: Why | None
    flips: Flips
    currency: Currency
    business_date: date
    now: datetime


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains one customer on the present facts."""

    pool: asyncpg.Pool
    catalog: Catalog
    day: BusinessDay
    fallback_currency: str | None

    async def explain(self, customer_id: str, programme: str | None) -> ExplanationReport:
        """Explain a customer by our own id; raises Unknown{Programme,Customer} or NoModelYet."""
        key = await self.catalog.value_key(programme)
        moment = self.day.moment()
        profile = await find_profile(self.pool, customer_id)
        if profile is None:
            raise UnknownCustomer
        snapshot = await read_snapshot(self.pool, [profile.profile_id], key, moment.today)
        if not snapshot.customers:
            raise UnknownCustomer  # erased between the two statements
        if snapshot.release_id is None:
            raise NoModelYet
        grid = await self._grid(snapshot, snapshot.release_id, moment)
        code = await base_currency(self.pool) or self.fallback_currency
        currency = Currency(code, 10 ** exponent_of(code or "XXX"))
        name = profile.customer_id or customer_id
        # Some milliseconds: tier reads need not wait for them.
        return await asyncio.to_thread(explain, name, snapshot, grid, currency, moment)

    async def _grid(self, snapshot: Snapshot, release_id: int, moment: Moment) -> Grid:
        release = await self.catalog.value_release(release_id)
        if isinstance(release, ClassRelease):
            raise NotByModel
        levels = await self.catalog.levels(
            release.model_version, moment.today, seen=snapshot.levels_seen
        )
        return Grid(release, levels, moment.today, self.day.midnight_of, moment.now)


def explain(
    customer_id: str, snapshot: Snapshot, grid: Grid, currency: Currency, moment: Moment
) -> ExplanationReport:
    """Explain one customer as read in one snapshot: no other fact is looked at."""
    release, days = grid.release, snapshot.days
    model = release.model
    if not isinstance(model, ValueModel):
        raise NoModelYet
    decision = decide(snapshot.customers, days, grid)[0]
    ground = Ground(
        days=days,
        today=grid.today,
        release=release,
        level=grid.levels.at(grid.today)[1],
        # what is earned: a pin or a grant needs no orders
        rank=decision.rank if decision.earned is None else decision.earned,
        unit=currency.minor_per_unit,
        mean_spend=model.level,
    )
    return ExplanationReport(
        customer_id=customer_id,
        programme=release.programme,
        release=release,
        decision=decision,
        has_one_order=int(ground.known.orders.sum()) == 1,
        why=_why(days, grid, model) if decision.course else None,
        flips=_flips(ground, decision),
        currency=currency,
        business_date=grid.today,
        now=moment.now,
    )


def _why(days: CustomerDays, grid: Grid, model: ValueModel) -> Why:
    tomorrow = day_number(grid.today) + 1
    X = features(days, tomorrow, grid.release.history_start, months=model.months)
    explained = model.explain(X)
    row = X[0].tolist()
    parts = parts_of(model.columns, explained.parts[0].tolist(), row, model.typical)
    scores = model.score(X, start=tomorrow)
    log_score = math.log(float(scores.raw[0]))
    return Why(
        log_score=log_score,
        base=explained.base,
        groups=grouped(parts),
        typical_value=round(float(scores.value[0]) * math.exp(explained.base - log_score)),
        worth=worth_of(days, grid.today, grid.release, grid.levels.at(grid.today)[1]),
        past=Past(row[_ORDER_DAYS], row[_TENURE]),
    )


def _flips(ground: Ground, decision: Decision) -> Flips:
    course = decision.course
    return Flips(
        rise=find_rise(ground),
        fall=find_fall(ground, course.standing) if course else None,
        lines=usual_lines(ground.known),
    )
