"""Say whether the live model still fits: measured every night, and when first asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from time import monotonic
from typing import Any, Final

import asyncpg

from services.scoring.domain.life.drift import SampleRole as Role
from services.scoring.domain.life.drift import Status
from services.scoring.domain.life.drift_words import NO_MODEL
from services.scoring.domain.programmes.ladder import is_cut_by_share
from services.scoring.domain.tiers.programme import value_programme
from services.scoring.errors import ReleaseBroken
from services.scoring.model.drift import Drift, measure_drift
from services.scoring.model.errors import ArtefactRefused
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.models.drift import (
    StoredReport,
    forget_reports,
    latest_report,
    shadow_role,
    store_report,
)
from services.scoring.queries.models.models import live_version
from services.scoring.queries.models.samples import forget_samples
from services.scoring.queries.releases.releases import programmes
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.fit.drift_document import (
    document_of,
    judged_document,
    of_version,
    rivals_document,
)
from services.scoring.usecases.fit.panel import (
    Buyers,
    Rivals,
    ask_panel,
    buyers_of,
    compare_with,
    judge_panels,
)
from services.scoring.usecases.fit.shadow import end_shadow, load_challenger, load_model

#: Customers looked at by night, and by a request that finds no report.
NIGHTLY: Final = 20_000
WHEN_ASKED: Final = 2_000
#: A dashboard may ask every second; the comparison reads thousands of pairs.
COMPARED_FOR_S: Final = 30.0
_REPORTS_KEPT_DAYS: Final = 400
_FORGOTTEN_AT_ONCE: Final = 50_000


@dataclass(slots=True)
class DriftWatch:
    """Measures drift; reports are rows, so any process may compute one and all may read it."""

    pool: asyncpg.Pool
    signing_key: bytes
    day: BusinessDay
    seconds: Callable[[], float] = monotonic
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)
    _done: tuple[str, date] | None = None
    _compared: tuple[float, Rivals] | None = None

    async def latest(self) -> StoredReport | None:
        """Give the live model's newest report, computing the first; None without a model."""
        version = await live_version(self.pool)
        if version is None:
            return None
        async with self._one_at_a_time:  # many may ask at once, one computes
            known = await latest_report(self.pool, version)
            return known or await self._report(version, WHEN_ASKED)

    async def told(self) -> dict[str, Any]:
        """Give the newest report as it is told, with how the challenger stands at this moment."""
        report = await self.latest()
        if report is None:
            return {"status": Status.NO_MODEL, "sentence": dict(NO_MODEL)}
        shadow = await self._shadow()
        if shadow is not None:
            shadow |= of_version(report.document["challenger"], shadow["model_version"])
        return {
            **report.document,
            "model_version": report.model_version,
            "business_date": report.business_date,
            "computed_at": report.computed_at,
            "shadow": shadow,
        }

    async def nightly(self) -> bool:
        """Report on the business date that has ended, once a day and model; say if it did."""
        version = await live_version(self.pool)
        today = self.day.moment().today
        if version is None or self._done == (version, today):
            return False
        await self._report(version, NIGHTLY)
        await forget_samples(self.pool, today, most=_FORGOTTEN_AT_ONCE)
        await forget_reports(self.pool, today - timedelta(days=_REPORTS_KEPT_DAYS))
        self._done = (version, today)
        return True

    async def _report(self, version: str, most: int) -> StoredReport:
        model = await self._live_model(version)
        business_date = self.day.moment().today - timedelta(days=1)
        buyers = await buyers_of(self.pool, business_date, most=most)
        drift = await asyncio.to_thread(_measured, model, buyers)
        if most == NIGHTLY:
            await ask_panel(self.pool, buyers, await self._asked(model))
        season = model.season  # the shop's, whichever model was asked
        whole, partial = await judge_panels(self.pool, Role.PANEL, business_date, season)
        others = await judge_panels(self.pool, Role.PANEL_CHALLENGER, business_date, season)
        document = {**document_of(drift, whole, partial), "challenger": judged_document(*others)}
        return await store_report(self.pool, version, business_date, document)

    async def _live_model(self, version: str) -> ValueModel:
        try:
            return await load_model(self.pool, version, self.signing_key)
        except ArtefactRefused as error:
            raise ReleaseBroken from error

    async def _asked(self, live: ValueModel) -> list[tuple[Role, ValueModel]]:
        rival = await self._challenger(live.manifest.version)
        beside = [] if rival is None else [(Role.PANEL_CHALLENGER, rival)]
        return [(Role.PANEL, live), *beside]

    async def _challenger(self, live: str) -> ValueModel | None:
        """Load the challenger; one that has become the live model is none any more."""
        rival = await load_challenger(self.pool, self.signing_key)
        if rival is not None and rival.manifest.version == live:
            await end_shadow(self.pool, actor="tierline", reason="it is live")
            return None
        return rival

    async def _shadow(self) -> dict[str, Any] | None:
        """Compare the live model and its challenger; None without one."""
        version, role = await live_version(self.pool), await shadow_role(self.pool)
        if version is None or role is None:
            return None
        rival = await self._challenger(version)
        if rival is None:
            return None
        async with self._one_at_a_time:
            found = await self._comparison(version, rival)
        return {"since": role.since, **rivals_document(found)}

    async def _comparison(self, version: str, rival: ValueModel) -> Rivals:
        """Compare with the live model, at most once in COMPARED_FOR_S."""
        pair = (version, rival.manifest.version)
        if self._compared is not None:
            at, known = self._compared
            if known.versions == pair and self.seconds() - at < COMPARED_FOR_S:
                return known
        live = await self._live_model(version)
        today, shares = self.day.moment().today, await self._enter_shares()
        found = await compare_with(self.pool, (live.manifest, rival.manifest), today, shares)
        self._compared = (self.seconds(), found)
        return found

    async def _enter_shares(self) -> tuple[float, ...]:
        """Read at which shares the first value programme cuts its tiers."""
        for row in await programmes(self.pool):
            if is_cut_by_share(row.document):
                found = value_programme(row.programme_key, row.version, row.document)
                return tuple(tier.enter_share for tier in found.tiers)
        return (1.0,)


def _measured(model: ValueModel, buyers: Buyers) -> Drift:
    return measure_drift(model, buyers.features_for(model), buyers.a_year_ago(model))
