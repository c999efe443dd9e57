"""Make past decisions again from what they rested on, and compare: each must come out the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

import asyncpg
import numpy as np

from services.scoring.domain import past_facts
from services.scoring.domain.days import mask_behaviour
from services.scoring.domain.past_facts import FactsThen
from services.scoring.domain.status.deciding import Instant, decide_status
from services.scoring.domain.status.decision import StatusCustomer
from services.scoring.domain.status.engine.history import Grant, Pin
from services.scoring.domain.status.release import StatusRelease
from services.scoring.domain.tiers.decide import Grid, decide
from services.scoring.domain.tiers.decision import Customer, Versions
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.release import Release
from services.scoring.queries.people.consents import PURPOSE
from services.scoring.queries.tiers.past_decisions import (
    PastDecision,
    controls_then,
    levels_then,
    profile_words,
    sample_history,
)
from services.scoring.queries.tiers.status_facts import controls_of, enrolment
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog
from shared.clock import business_date


class KnowsThen(Protocol):
    """Who folds a customer's facts as of a past version: ingest, where it is installed."""

    async def facts_at(self, pool: asyncpg.Pool, customer: UUID, version: int) -> FactsThen:
        """Give a customer's facts as a version of theirs knew them."""
        ...


@dataclass(frozen=True, slots=True)
class Again:
    """A past decision and what comes out now; `has_same_inputs`: to the bit."""

    past: PastDecision
    tier_now: str
    has_same_inputs: bool

    @property
    def is_same(self) -> bool:
        """Tell whether the same tier came out."""
        return self.tier_now == self.past.tier_to


@dataclass(frozen=True, slots=True)
class _Then:
    """What a past decision rested on."""

    past: PastDecision
    known: FactsThen
    pins: tuple[Pin, ...]
    grants: tuple[Grant, ...]
    today: date


@dataclass(frozen=True, slots=True)
class Examiner:
    """Decides again what was told."""

    pool: asyncpg.Pool
    catalog: Catalog
    day: BusinessDay
    knows: KnowsThen

    async def examine(
        self,
        programme: str | None,
        *,
        seed: str,
        limit: int,
        done: Callable[[int], Awaitable[None]],
    ) -> list[Again]:
        """Draw past decisions and make each of them again."""
        found = []
        for past in await sample_history(self.pool, programme, seed=seed, limit=limit):
            found.append(await self.again(past))
            await done(len(found))
        return found

    async def again(self, past: PastDecision) -> Again:
        """Make one past decision again."""
        then = await self._then(past)
        release = await self.catalog.release(past.release_id)
        if isinstance(release, StatusRelease):
            tier, digest = await self._status(then, release)
        else:
            tier, digest = await self._value(then, release)
        return Again(past, tier, digest == past.inputs_hash)

    async def _then(self, past: PastDecision) -> _Then:
        known = await self.knows.facts_at(self.pool, past.profile_id, past.customer_version)
        pins, grants = controls_of(await controls_then(self.pool, past, known))
        paid = past_facts.paid_grants(known.facts, past.programme_key)
        today = business_date(past.business_instant, self.day.zone)
        # in the order in which one statement reads them
        both = sorted([*grants, *paid], key=lambda grant: grant.grant_id)
        return _Then(past, known, tuple(pins), tuple(both), today)

    async def _status(self, then: _Then, release: StatusRelease) -> tuple[str, bytes | None]:
        past, facts = then.past, then.known.facts
        customer_id, enrolled_at = await profile_words(self.pool, past.profile_id)
        customer = StatusCustomer(
            profile_id=past.profile_id,
            customer_id=customer_id,
            versions=Versions(past.customer_version, past.control_version),
            enrolled_at=enrolment(enrolled_at),
            rows=past_facts.entry_rows(facts),
            pins=then.pins,
            grants=then.grants,
            order_days=past_facts.order_days(facts, then.today),
        )
        instant = Instant(past.business_instant, then.today, self.day.midnight_of)
        decided = decide_status([customer], release, instant)[0]
        return decided.tier_key, decided.inputs_hash

    async def _value(self, then: _Then, release: Release) -> tuple[str, bytes | None]:
        past, facts = then.past, then.known.facts
        known = await levels_then(self.pool, release.model_version, then.today, past.decided_at)
        grid = Grid(
            release, Levels.of(known), then.today, self.day.midnight_of, past.business_instant
        )
        customer = Customer(
            profile_id=past.profile_id,
            customer_id=None,
            versions=Versions(past.customer_version, past.control_version),
            moments=past_facts.moments(facts, release.reference_date, then.today),
            pins=then.pins,
            grants=then.grants,
            categories=past_facts.categories(facts, then.today),
        )
        is_withdrawn = then.known.consents.get(PURPOSE) is False
        days = mask_behaviour(past_facts.packed(facts, then.today), np.array([is_withdrawn]))
        decided = decide([customer], days, grid)[0]
        return decided.tier_key, decided.inputs_hash
