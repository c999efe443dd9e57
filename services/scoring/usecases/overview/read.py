"""Read the whole base in short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import asyncpg

from services.scoring.domain.life.gate import Lead
from services.scoring.domain.life.job_kinds import BRING_UP, PROMOTE, PUBLISH, TRAIN
from services.scoring.domain.overview.found import (
    Change,
    Count,
    Flow,
    InForce,
    Minute,
    OpenJob,
    StoredConcentration,
    Waiting,
)
from services.scoring.domain.overview.model_words import InShort, Method, best_of
from services.scoring.domain.programmes.ladder import Rung, rungs_of
from services.scoring.domain.records import ModelRow
from services.scoring.queries.models.drift import latest_report
from services.scoring.queries.models.models import find_model, live_version
from services.scoring.queries.overview import changes, concentration, counts, flows, freshness
from services.scoring.queries.people.profiles import base_currency
from services.scoring.usecases.asking.ask_backtest import backtest_of
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.programmes.look_up import require_programme
from shared.contracts.backtest import BacktestLead, Contender

_DECIDING: Final = [TRAIN, PROMOTE, BRING_UP, PUBLISH]
_LOOKED_BACK: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ladder:
    """A programme and its tiers, the lowest first."""

    programme: str
    rungs: Sequence[Rung]

    @property
    def ranks(self) -> Mapping[str, int]:
        """Give each tier's rank."""
        return {rung.key: rung.rank for rung in self.rungs}


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of a programme, and the currency of what is expected."""

    ladder: Ladder
    counts: Sequence[Count]
    currency: str | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """When everything happened last, what is in force, and what is under way."""

    now: datetime
    today: date
    event: datetime | None
    decision: datetime | None
    sweep: datetime | None
    releases: Sequence[InForce]
    model: InShort | None
    drift: str | None
    waiting: Waiting
    jobs: Sequence[OpenJob]


@dataclass(frozen=True, slots=True)
class Recent:
    """Changes of tier after one instant up to another."""

    first: datetime
    now: datetime
    minutes: Sequence[Minute]
    last: Sequence[Change]


async def ladder_of(pool: asyncpg.Pool, programme: str) -> Ladder:
    """Find a programme's tiers; raises UnknownProgramme."""
    found = await require_programme(pool, programme)
    return Ladder(programme, sorted(rungs_of(found.shown.document), key=lambda rung: rung.rank))


async def read_distribution(
    pool: asyncpg.Pool, programme: str, fallback_currency: str | None
) -> Counted:
    """Read the newest counts; raises UnknownProgramme."""
    ladder = await ladder_of(pool, programme)
    found = await counts.newest_counts(pool, programme)
    return Counted(ladder, found, await base_currency(pool) or fallback_currency)


async def read_history(
    pool: asyncpg.Pool,
    programme: str,
    asked: tuple[tuple[date, date], str],
    fallback_currency: str | None,
) -> Counted:
    """Read counts of some dates by day, week or month; raises UnknownProgramme."""
    ladder = await ladder_of(pool, programme)
    found = await counts.counts_between(pool, programme, *asked)
    return Counted(ladder, found, await base_currency(pool) or fallback_currency)


async def read_flows(pool: asyncpg.Pool, programme: str, to: date, days: int) -> Sequence[Flow]:
    """Read the flows of the nearest span that was counted; raises UnknownProgramme."""
    await require_programme(pool, programme)
    return await flows.nearest_flows(pool, programme, to, days)


async def read_changes(
    pool: asyncpg.Pool, day: BusinessDay, programme: str, minutes: int
) -> Recent:
    """Read changes of the last minutes; raises UnknownProgramme."""
    ladder, now = await ladder_of(pool, programme), day.moment().now
    first = now - timedelta(minutes=minutes)
    found, last = await changes.recent_changes(pool, programme, ladder.ranks, (first, now))
    return Recent(first, now, found, last)


async def read_concentration(pool: asyncpg.Pool, until: date) -> StoredConcentration | None:
    """Read how unevenly value lay among customers, as last counted up to a date."""
    return await concentration.newest_concentration(pool, until)


async def read_freshness(pool: asyncpg.Pool, day: BusinessDay) -> Freshness:
    """Read when everything happened last."""
    moment = day.moment()
    version = await live_version(pool)
    row = None if version is None else await find_model(pool, version)
    report = None if version is None else await latest_report(pool, version)
    return Freshness(
        now=moment.now,
        today=moment.today,
        event=await freshness.last_event(pool),
        decision=await freshness.last_decision(pool, moment.now - _LOOKED_BACK),
        sweep=await freshness.last_sweep(pool, version),
        releases=await freshness.in_force(pool),
        model=None if row is None else await _in_short(pool, row),
        drift=None if report is None else str(report.document["status"]),
        waiting=await freshness.waiting(pool),
        jobs=await freshness.open_jobs(pool, _DECIDING),
    )


async def _in_short(pool: asyncpg.Pool, row: ModelRow) -> InShort:
    """Read what was measured of a model last: what the page of its accuracy shows too."""
    own, *others = (await backtest_of(pool, row.version)).contenders
    until = date.fromisoformat(str(row.manifest["trained_until"])[:10])
    best = best_of(method for each in others if (method := _method(each)) is not None)
    return InShort(row.version, until, own.accuracy.gini, best, own.accuracy.bias)


def _method(found: Contender) -> Method | None:
    gini = found.accuracy.gini
    if gini is None:
        return None
    return Method({"en": found.name.en, "zh": found.name.zh}, gini, _lead(found.lead))


def _lead(found: BacktestLead | None) -> Lead | None:
    if found is None or found.gini is None or found.gini_low is None or found.gini_high is None:
        return None
    return Lead(found.gini, found.gini_low, found.gini_high)
