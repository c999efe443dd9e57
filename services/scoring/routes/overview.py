"""The whole base in short: tiers and stages, flows, changes, concentration, freshness."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query

from services.scoring.deps import Appraisal, Day, Pool
from services.scoring.routes import overview_answers as answers
from services.scoring.routes.programmes import Key
from services.scoring.usecases.overview import read
from services.scoring.usecases.overview.tally import SPANS
from shared.auth import require
from shared.contracts.overview import (
    Concentration,
    Distribution,
    DistributionHistory,
    Grain,
    Migration,
    Status,
    TierChanges,
)
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses
from shared.wire import BusinessDate

READING: Final = [Depends(require("reports:read", "score:read"))]
router = APIRouter(prefix="/v1", tags=["overview"], dependencies=READING)
ASKING: Final = problem_responses(400, 401, 403, 422, 503)
ASKING_ONE: Final = problem_responses(400, 401, 403, 404, 422, 503)
MOST_DAYS: Final = 3660
USUAL_DAYS: Final = 30
USUAL_HISTORY_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Between:
    """From which date to which; `to` is today, and `from` some days before, where not given."""

    first: Annotated[BusinessDate | None, Query(alias="from")] = None
    last: Annotated[BusinessDate | None, Query(alias="to")] = None

    def dates(self, today: date, usual_days: int) -> tuple[date, date]:
        """Give both dates; raises Problem 422."""
        last = self.last or max(today, self.first or today)
        first = self.first or last - timedelta(days=usual_days)
        if not first <= last or (last - first).days >= MOST_DAYS:
            words = f"must not be after to, and at most {MOST_DAYS} days before it"
            raise Problem(INVALID, errors=[FieldFault("/query/from", "out_of_range", words)])
        return first, last


Asked = Annotated[Between, Depends(Between)]


@router.get("/programmes/{programme}/distribution", responses=ASKING_ONE)
async def distribution(pool: Pool, worth: Appraisal, programme: Key) -> Distribution:
    """Tell how many customers hold which tier in which stage of life, and what they will spend.

    Counted in the background: every few seconds on a small base, every few minutes on one of a
    million customers; `counted_at` says when.
    """
    found = await read.read_distribution(pool, programme, worth.fallback_currency)
    return answers.distribution_of(found)


@router.get("/programmes/{programme}/distribution/history", responses=ASKING_ONE)
async def history(
    worth: Appraisal,
    day: Day,
    asked: Asked,
    programme: Key,
    grain: Annotated[Grain, Query()] = "day",
) -> DistributionHistory:
    """Tell customers by tier and stage over time, at the end of each day, week or month."""
    dates = asked.dates(day.moment().today, USUAL_HISTORY_DAYS)
    found = await read.read_history(worth.pool, programme, (dates, grain), worth.fallback_currency)
    return answers.history_of((dates, grain), found)


@router.get("/programmes/{programme}/migration", responses=ASKING_ONE)
async def migration(pool: Pool, day: Day, asked: Asked, programme: Key) -> Migration:
    """Tell who went from which tier to which, between the ends of two dates.

    Each night counts the flows of 7, 30, 90, 180 and 365 days up to its date. The span nearest to
    what is asked for is told, with its dates: however large the base is, that is one look.
    """
    first, last = asked.dates(day.moment().today, USUAL_DAYS)
    found = await read.read_flows(pool, programme, last, (last - first).days)
    return answers.migration_of(programme, SPANS, found)


@router.get("/programmes/{programme}/changes", responses=ASKING_ONE)
async def changes(
    pool: Pool,
    day: Day,
    programme: Key,
    minutes: Annotated[int, Query(ge=1, le=1440)] = 60,
) -> TierChanges:
    """Tell who rose, fell and came in, minute by minute, and the last 20 who moved.

    At most 100,000 changes are looked at: more come only where a whole base is decided anew.
    """
    return answers.changes_of(programme, await read.read_changes(pool, day, programme, minutes))


@router.get("/value/concentration", responses=ASKING)
async def value_concentration(
    pool: Pool, day: Day, until: Annotated[BusinessDate | None, Query()] = None
) -> Concentration:
    """Tell how unevenly expected value and net spend lie among customers; counted once a date."""
    found = await read.read_concentration(pool, until or day.moment().today)
    return answers.concentration_of(found)


@router.get("/status", responses=problem_responses(400, 401, 403, 503))
async def status(pool: Pool, day: Day) -> Status:
    """Tell how fresh everything is, what is in force, and the model in one sentence."""
    return answers.status_of(await read.read_freshness(pool, day))
