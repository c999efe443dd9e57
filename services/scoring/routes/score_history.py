"""Scores over time over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from services.scoring.domain.programmes.ladder import Rung
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.asking.score_history import Historian, Point, ScoreCourse
from shared.auth import require
from shared.contracts.common import LocalText, Money
from shared.contracts.score_history import EXAMPLE_SCORE_HISTORY, ScoreHistory, ScorePoint
from shared.contracts.tier import Tier
from shared.money import format_minor
from shared.problem_handlers import problem_responses

router = APIRouter(tags=["scores"], dependencies=[Depends(require("score:read"))])


def _historian(request: Request) -> Historian:
    found: Historian = request.app.state.historian
    return found


@router.get(
    "/v1/customers/{customer_id}/score/history",
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE_SCORE_HISTORY}}},
        **problem_responses(400, 401, 403, 404, 409, 422, 503),
    },
)
async def score_history(
    historian: Annotated[Historian, Depends(_historian)],
    customer_id: str,
    months: Annotated[int, Query(ge=1, le=60)] = 12,
) -> ScoreHistory:
    """Tell the score at the end of each of the last months and today, by the model in force now."""
    return answer_of(await historian.course(customer_id_of(customer_id), months))


def answer_of(course: ScoreCourse) -> ScoreHistory:
    """Put a course into its wire form."""
    release, currency = course.scale.release, course.currency or "XXX"
    return ScoreHistory(
        customer_id=course.customer_id,
        points=[_point(each, currency) for each in course.points],
        horizon_days=course.scale.horizon_days,
        model_version=release.model_version,
        release=f"r-{release.release_id}",
        as_of=course.now,
    )


def _point(point: Point, currency: str) -> ScorePoint:
    tier = point.tier
    return ScorePoint(
        on=point.on,
        value=_money(point.value, currency),
        low=_money(point.low, currency),
        high=_money(point.high, currency),
        probability_to_buy=point.probability_to_buy,
        lifecycle=point.stage.value,
        tier=None if tier is None else _tier(tier),
    )


def _tier(rung: Rung) -> Tier:
    return Tier(key=rung.key, rank=rung.rank, name=LocalText(**rung.name))


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(amount=format_minor(minor, currency), currency=currency)
