"""Shows all that is seen of one customer up to a date: what the model is offered, and more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import asyncpg

from services.scoring.domain.days import COLUMNS, day_number
from services.scoring.domain.features import EVERY_COLUMN, FEATURE_NAMES, FEATURES, features
from services.scoring.domain.seen.buyer_type import BuyerType, buyer_type
from services.scoring.domain.seen.feature_sheet import (
    Channel,
    Reading,
    channel_of,
    never_seen_before,
    read_sheet,
)
from services.scoring.domain.seen.habits import EARLY_DAYS, HABITS, habits_of
from services.scoring.errors import UnknownCustomer
from services.scoring.queries.bases.census import read_census
from services.scoring.queries.people.consents import withdrawn_among
from services.scoring.queries.people.habits import goods_before, order_times_before
from services.scoring.queries.people.profiles import base_currency, find_profile
from services.scoring.queries.tiers.facts import Snapshot, read_snapshot
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog


@dataclass(frozen=True, slots=True)
class FeatureSheet:
    """Every feature of a customer on all facts up to a business date."""

    customer_id: str
    business_date: date
    is_withdrawn: bool
    readings: list[Reading]
    buyer_type: BuyerType
    channel: Channel | None
    currency: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class FeatureDesk:
    """Computes the features of one customer."""

    pool: asyncpg.Pool
    catalog: Catalog
    day: BusinessDay

    async def sheet(self, customer_id: str, on: date | None) -> FeatureSheet:
        """Show a customer as of the end of a business date, or today; raises UnknownCustomer."""
        moment = self.day.moment()
        today = on or moment.today
        profile = await find_profile(self.pool, customer_id)
        if profile is None:
            raise UnknownCustomer
        values = {
            **await self._values_of_days(profile.profile_id, today),
            **await self._habits(profile.profile_id, today),
        }
        is_withdrawn = bool(await withdrawn_among(self.pool, [profile.profile_id]))
        never_seen = never_seen_before(await read_census(self.pool), today + timedelta(days=1))
        return FeatureSheet(
            customer_id=profile.customer_id or customer_id,
            business_date=today,
            is_withdrawn=is_withdrawn,
            readings=read_sheet(
                (*FEATURES, *HABITS), values, never_seen, is_withdrawn=is_withdrawn
            ),
            buyer_type=buyer_type(values, is_withdrawn=is_withdrawn),
            channel=channel_of(values),
            currency=await base_currency(self.pool),
            now=moment.now,
        )

    async def _values_of_days(self, profile_id: UUID, today: date) -> dict[str, float]:
        programme = await self.catalog.value_key(None)
        snapshot = await read_snapshot(self.pool, [profile_id], programme, today, columns=COLUMNS)
        cutoff = day_number(today) + 1
        start = await self._history_start(snapshot, cutoff)
        row = features(snapshot.days, cutoff, start, columns=EVERY_COLUMN)[0]
        return dict(zip(FEATURE_NAMES, row.tolist(), strict=True))

    async def _history_start(self, snapshot: Snapshot, cutoff: int) -> int:
        """Give the shop's first day as the live model knows it, else the customer's own."""
        if snapshot.release_id is None:
            return min(snapshot.days.date.tolist(), default=cutoff)
        return (await self.catalog.value_release(snapshot.release_id)).history_start

    async def _habits(self, profile_id: UUID, today: date) -> dict[str, float]:
        cutoff = today + timedelta(days=1)
        goods = await goods_before(self.pool, profile_id, cutoff, early_days=EARLY_DAYS)
        times = await order_times_before(self.pool, profile_id, cutoff, self.day.zone)
        return habits_of(goods, times)
