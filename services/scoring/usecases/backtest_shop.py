"""Judge the value model on the shop in the database, and keep what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable
from uuid import UUID

import asyncpg
import numpy as np

from services.scoring.domain.days import day_number, join_days, mask_behaviour, without_empty_rows
from services.scoring.errors import CannotTrain
from services.scoring.model.backtests.backtest import Extras, run_backtest
from services.scoring.model.backtests.document import Currency, Judged, document_of
from services.scoring.model.backtests.known_then import DaysThen, days_known_then
from services.scoring.model.backtests.population import NamedDays
from services.scoring.model.backtests.report import render_report
from services.scoring.model.learning.plan import HORIZON_DAYS
from services.scoring.queries.bases.whole_base import Span, first_business_day, read_base
from services.scoring.queries.models.evaluations import add_evaluation, latest_evaluation
from services.scoring.queries.models.models import live_version
from services.scoring.queries.people.consents import withdrawn_among
from services.scoring.queries.people.profiles import base_currency
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.base_days import LEARNT_COLUMNS
from shared.contracts.backtest import BacktestDocument

Tell = Callable[[float, str], None]
_READ = 0.1
NOT_KEPT = "backtest"


@runtime_checkable
class AsKnown(Protocol):
    """Says what was known at an instant; the owner of the events does."""

    async def count_late(self, pool: asyncpg.Pool, since: datetime, before: date) -> int:
        """Count what was received since an instant about days before a date."""

    def changed(
        self, pool: asyncpg.Pool, since: datetime, before: date
    ) -> AsyncIterator[tuple[UUID, Mapping[date, Mapping[str, int]]]]:
        """Give the days before a date, as they were then, of each customer they differ for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to judge: by default the last horizon before today, and earlier cut-offs too."""

    cutoff: date | None = None
    until: date | None = None
    earlier: int = 0
    known_then: AsKnown | None = None


@dataclass(frozen=True, slots=True)
class Backtester:
    """What judging a shop needs: a patient pool, the day, the currency where the shop is silent."""

    pool: asyncpg.Pool
    day: BusinessDay
    fallback_currency: str | None = None

    async def judge(self, wanted: Wanted, tell: Tell) -> Judged:
        """Backtest on the facts and keep the result with the live model, if there is one.

        Raises CannotTrain where there is nothing to judge, ModelError where dates or history
        forbid it.
        """
        moment = self.day.moment()
        version = await live_version(self.pool)
        until = wanted.until or moment.today
        cutoff = wanted.cutoff or until - timedelta(days=await self._horizon(version, until))
        tell(0.0, "reading the purchases")
        shop = await read_shop(self.pool, until)
        extras = Extras(wanted.earlier, await self._known_then(shop, cutoff, wanted.known_then))
        found = await asyncio.to_thread(
            lambda: run_backtest(
                shop.named,
                cutoff,
                until,
                extras=extras,
                progress=lambda done, text: tell(_READ + (1 - _READ) * done, text),
            )
        )
        code = await base_currency(self.pool) or self.fallback_currency
        document = document_of(
            found,
            kind="backtest",
            model_version=version or NOT_KEPT,
            measured_at=moment.now,
            currency=Currency.of(code),
        )
        await self._keep(version, document, moment.today)
        return Judged(found, document, is_kept=version is not None)

    async def _horizon(self, version: str | None, until: date) -> int:
        """Take the live model's horizon, else the default, else half of what history there is."""
        found = await latest_evaluation(self.pool, version) if version else None
        wanted: int = found.manifest["horizon_days"] if found else HORIZON_DAYS
        start = await first_business_day(self.pool)
        if start is None or start >= until:
            raise CannotTrain("There are no purchases before today.")
        return max(1, min(wanted, (until - start).days // 2))

    async def _known_then(
        self, shop: Shop, cutoff: date, asked: AsKnown | None
    ) -> tuple[NamedDays, int] | None:
        if asked is None:
            return None
        since = self.day.midnight_of(cutoff)
        place = {profile_id: index for index, profile_id in enumerate(shop.profile_ids)}
        changed = {
            place[profile_id]: days
            async for profile_id, days in asked.changed(self.pool, since, cutoff)
            if profile_id in place
        }
        left_out = await asked.count_late(self.pool, since, cutoff)
        return await known_to(self.pool, shop, cutoff, changed), left_out

    async def _keep(self, version: str | None, document: BacktestDocument, today: date) -> None:
        if version is None:
            return
        # What people decided was compared with this model when it was trained.
        before = await latest_evaluation(self.pool, version)
        heard = (before.metrics or {}).get("judgements") if before else None
        written = document.model_dump(mode="json") | {"judgements": heard}
        page = render_report(BacktestDocument.model_validate(written)).encode()
        await add_evaluation(self.pool, version, written, business_date=today, report=page)


@dataclass(frozen=True, slots=True)
class Shop:
    """Every customer that is not merged away, by profile and by name."""

    profile_ids: list[UUID]
    named: NamedDays


async def known_to(pool: asyncpg.Pool, shop: Shop, cutoff: date, changed: DaysThen) -> NamedDays:
    """Put what was known at a cut-off in place, blank where consent is withdrawn today."""
    days = days_known_then(shop.named.days, day_number(cutoff), changed)
    withdrawn = await withdrawn_among(pool, [shop.profile_ids[place] for place in changed])
    blank = np.array([profile_id in withdrawn for profile_id in shop.profile_ids], dtype=bool)
    return NamedDays(shop.named.customer_ids, without_empty_rows(mask_behaviour(days, blank)))


async def read_shop(pool: asyncpg.Pool, until: date) -> Shop:
    """Read everybody's days before a date; who has no customer id is named by the profile.

    The columns are those a training reads, so that the indices are judged on what they see.
    """
    last = until - timedelta(days=1)
    span = Span(last, until, "", 0, LEARNT_COLUMNS)
    chunks = [chunk async for chunk in read_base(pool, span)]
    customers = [customer for chunk in chunks for customer in chunk.customers]
    names = [customer.customer_id or str(customer.profile_id) for customer in customers]
    days = without_empty_rows(join_days([chunk.days for chunk in chunks]))
    return Shop([customer.profile_id for customer in customers], NamedDays(names, days))
