"""Lives and steadiness over HTTP: a customer's stages, and how much a programme's tiers flap."""

from datetime import date, datetime
from typing import Any, Final

from fastapi import APIRouter, Depends
from pydantic import Field

from services.scoring.deps import Day, Known, Pool
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.asking.ask_lifecycle import LifeReport, ask_lifecycle
from services.scoring.usecases.asking.ask_stability import StabilityReport, ask_stability
from shared.auth import require
from shared.contracts.stability import StabilityAnswer
from shared.problem_handlers import problem_responses
from shared.wire import ReplyModel

router = APIRouter()
FAULTS: Final = problem_responses(400, 401, 403, 404, 422, 503)
_DIGITS: Final = 6
EXAMPLE_LIFE: Final[dict[str, Any]] = {
    "customer_id": "c-1",
    "stage": "at_risk",
    "since": "2026-10-30",
    "rhythm_days": 21.0,
    "changes_on": "2026-12-01",
    "order_days": 9,
    "stages": [
        {"stage": "new", "since": "2026-03-02"},
        {"stage": "active", "since": "2026-04-02"},
        {"stage": "at_risk", "since": "2026-10-30"},
    ],
    "business_date": "2026-11-22",
    "as_of": "2026-11-22T01:00:00Z",
}
EXAMPLE_STABILITY: Final[dict[str, Any]] = {
    "programme": "value",
    "from": "2026-08-24T01:00:00Z",
    "to": "2026-11-22T01:00:00Z",
    "within_days": 30,
    "customers": 2000,
    "moved": 412,
    "moves": 530,
    "flapped": 18,
    "flap_rate": 0.009,
}


class LifeStage(ReplyModel):
    """A stage, and the business date it began on."""

    stage: str
    since: date


class LifeAnswer(ReplyModel):
    """A customer's life with the shop by their own rhythm."""

    customer_id: str
    stage: str
    since: date | None = Field(description="null for who has not bought yet")
    rhythm_days: float | None = Field(description="the median gap between days with an order")
    changes_on: date | None = Field(description="if nothing is bought until then")
    order_days: int
    stages: list[LifeStage]
    business_date: date
    as_of: datetime


@router.get(
    "/v1/customers/{customer_id}/lifecycle",
    tags=["scores"],
    dependencies=[Depends(require("score:read"))],
    responses={200: {"content": {"application/json": {"example": EXAMPLE_LIFE}}}, **FAULTS},
)
async def lifecycle(pool: Pool, day: Day, customer_id: str) -> LifeAnswer:
    """Tell the stage of a customer's life, since when, what comes next, and the stages before."""
    return _life(await ask_lifecycle(pool, day, customer_id_of(customer_id)))


@router.get(
    "/v1/programmes/{programme}/stability",
    tags=["programmes"],
    dependencies=[Depends(require("tier:read"))],
    responses={200: {"content": {"application/json": {"example": EXAMPLE_STABILITY}}}, **FAULTS},
)
async def stability(pool: Pool, catalog: Known, day: Day, programme: str) -> StabilityAnswer:
    """Tell how steady a programme's tiers were in the last 90 days: moves, and the flap rate.

    Up to the last midnight, as the worker has counted it for the release in force; up to now where
    it has not yet. `to` says which.
    """
    return _steadiness(await ask_stability(pool, catalog, day, programme))


def _life(report: LifeReport) -> LifeAnswer:
    course = report.course
    return LifeAnswer(
        customer_id=report.customer_id,
        stage=course.present.value,
        since=course.stages[-1].since if course.stages else None,
        rhythm_days=course.rhythm_days,
        changes_on=course.changes_on,
        order_days=report.order_days,
        stages=[LifeStage(stage=each.stage.value, since=each.since) for each in course.stages],
        business_date=report.business_date,
        as_of=report.now,
    )


def _steadiness(report: StabilityReport) -> StabilityAnswer:
    found, span = report.found, report.span
    return StabilityAnswer(
        programme=report.programme,
        **{"from": span.start, "to": span.end},
        within_days=span.within_days,
        customers=found.customers,
        moved=found.moved,
        moves=found.moves,
        flapped=found.flapped,
        flap_rate=round(found.flap_rate, _DIGITS),
    )
