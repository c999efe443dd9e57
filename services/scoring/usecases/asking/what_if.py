"""What a customer's tier would be if they bought or waited, and what would change it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.days import CustomerDays
from services.scoring.domain.programmes.ladder import Rung, rungs_of
from services.scoring.domain.status.deciding import Instant
from services.scoring.domain.tiers.answer import time_tail
from services.scoring.domain.tiers.classes import ClassRelease
from services.scoring.domain.tiers.decide import Grid
from services.scoring.domain.tiers.decision import Customer
from services.scoring.domain.why.figures import Currency
from services.scoring.domain.why.flip import Ground, Order, RiseSearch, find_rise, most_units
from services.scoring.domain.why.flip import Rise as Way
from services.scoring.domain.why.made_up import (
    Drop,
    Purchase,
    Search,
    earned_rank,
    status_drop,
    status_with,
    value_drop,
    value_rise,
    value_with,
)
from services.scoring.errors import NoModelYet, UnknownCustomer
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.people.profiles import base_currency, find_profile
from services.scoring.queries.tiers.facts import Snapshot
from services.scoring.queries.tiers.status_facts import read_status
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.decide_now import Decider
from services.scoring.usecases.releases.catalog import Catalog
from shared.money import exponent_of

_NOON: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class MadeUp:
    """What is made up: purchases from today on, and how many days pass."""

    purchases: Sequence[Purchase]
    days_passed: int


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as a tier read gives it, encoded, and the rank it rests on beneath pins."""

    answer: bytes
    earned: int


@dataclass(frozen=True, slots=True)
class WhatIfReport:
    """The tier now and then, and what would change it as things are now.

    `rise`: of value programmes, None at the top; `drop`: None at the bottom.
    """

    customer_id: str
    on: date
    before: Told
    after: Told
    rise: RiseSearch | None
    drop: Drop | None
    rungs: dict[int, Rung]
    is_status: bool
    currency: Currency


@dataclass(frozen=True, slots=True)
class WhatIfs:
    """Decides made-up facts; stores nothing."""

    pool: asyncpg.Pool
    catalog: Catalog
    day: BusinessDay
    decider: Decider
    fallback_currency: str | None

    async def currency(self) -> Currency:
        """Name the shop's currency."""
        code = await base_currency(self.pool) or self.fallback_currency
        return Currency(code, 10 ** exponent_of(code or "XXX"))

    async def ask(self, customer_id: str, programme: str | None, made_up: MadeUp) -> WhatIfReport:
        """Decide a customer; raises Unknown{Programme,Customer} and NoModelYet."""
        key = await self.catalog.programme_key(programme)
        profile = await find_profile(self.pool, customer_id)
        if profile is None:
            raise UnknownCustomer
        is_status = self.catalog.is_status(key)
        find = self._status if is_status else self._value
        found = await find(profile.profile_id, key, made_up)
        row = await self.catalog.programme_row(key)
        return WhatIfReport(
            customer_id=profile.customer_id or customer_id,
            on=self.day.moment().today + timedelta(days=made_up.days_passed),
            before=found.before,
            after=found.after,
            rise=found.rise,
            drop=found.drop,
            rungs={rung.rank: rung for rung in rungs_of(row.document)},
            is_status=is_status,
            currency=await self.currency(),
        )

    async def _value(self, profile_id: UUID, programme: str, made_up: MadeUp) -> _Found:
        moment = self.day.moment()
        snapshot = await self.decider.snapshot([profile_id], programme, moment)
        if not snapshot.customers:
            raise UnknownCustomer  # erased between the two statements
        if snapshot.release_id is None:
            raise NoModelYet
        release = await self.catalog.value_release(snapshot.release_id)
        grid = await self.decider.grid(release, snapshot, moment)
        currency = await self.currency()
        # some tens of milliseconds: tier reads need not wait for them
        return await asyncio.to_thread(_decide_value, snapshot, grid, made_up, currency)

    async def _status(self, profile_id: UUID, programme: str, made_up: MadeUp) -> _Found:
        moment = self.day.moment()
        snapshot = await read_status(self.pool, [profile_id], programme, moment.today)
        if not snapshot.customers:
            raise UnknownCustomer
        if snapshot.release_id is None:
            raise NoModelYet
        release = await self.decider.status.release(snapshot.release_id)
        (customer,) = snapshot.customers
        now = Instant(moment.now, moment.today, self.day.midnight_of)
        then = _later(now, made_up.days_passed)
        timed = [(self._at(each.on, now), each) for each in made_up.purchases]

        def decide_both() -> _Found:
            before = status_with(customer, release, (), now)
            after = status_with(customer, release, timed, then)
            return _Found(
                Told(before.answer + time_tail(now.now), before.rank),
                Told(after.answer + time_tail(then.now), after.rank),
                None,
                status_drop(customer, release, now, before.rank),
            )

        return await asyncio.to_thread(decide_both)

    def _at(self, on: date, now: Instant) -> datetime:
        """Give the instant of a made-up order: now, or noon of a later date."""
        return now.now if on <= now.today else self.day.midnight_of(on) + _NOON


@dataclass(frozen=True, slots=True)
class _Found:
    before: Told
    after: Told
    rise: RiseSearch | None
    drop: Drop | None


def _later(now: Instant, days: int) -> Instant:
    """Give the end of a later date, so that all of it has happened; now where no day passes."""
    if not days:
        return now
    on = now.today + timedelta(days=days)
    end = now.midnight_of(on + timedelta(days=1)) - timedelta(microseconds=1)
    return Instant(end, on, now.midnight_of)


def _later_grid(grid: Grid, days: int) -> Grid:
    if not days:
        return grid
    return replace(grid, today=grid.today + timedelta(days=days), now=None)


def _decide_value(snapshot: Snapshot, grid: Grid, made_up: MadeUp, currency: Currency) -> _Found:
    (customer,), days = snapshot.customers, snapshot.days
    before = value_with(customer, days, (), grid)
    later = _later_grid(grid, made_up.days_passed)
    after = value_with(customer, days, made_up.purchases, later)
    ground = _ground(grid, days, earned_rank(before), currency)
    is_by_class = isinstance(grid.release, ClassRelease)
    return _Found(
        Told(before.answer + time_tail(grid.instant), earned_rank(before)),
        Told(after.answer + time_tail(later.instant), earned_rank(after)),
        _class_rise(customer, grid, ground) if is_by_class else find_rise(ground),
        value_drop(customer, days, grid, ground.rank),
    )


def _ground(grid: Grid, days: CustomerDays, rank: int, currency: Currency) -> Ground:
    model = grid.release.model
    if not isinstance(model, ValueModel):
        raise NoModelYet
    return Ground(
        days=days,
        today=grid.today,
        release=grid.release,
        level=grid.levels.at(grid.today)[1],
        rank=rank,
        unit=currency.minor_per_unit,
        mean_spend=model.level,
    )


def _class_rise(customer: Customer, grid: Grid, ground: Ground) -> RiseSearch | None:
    """Search the smallest order by deciding: conditions know no mark to compare a score with."""
    if ground.top:
        return None
    most = most_units(ground)
    found = value_rise(customer, ground.known, grid, Search(ground.unit, most, ground.rank))
    way = None if found is None else Way(found.rank, Order(found.units * ground.unit, 1))
    return RiseSearch(by_amount=way, most=most * ground.unit, by_orders=None)
