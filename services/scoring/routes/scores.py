"""Scores over HTTP."""

from typing import Any, Final

from fastapi import APIRouter, Depends

from services.scoring.deps import Appraisal
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.ask_score import ScoreReport, Worth
from shared.auth import require
from shared.contracts.common import Money
from shared.contracts.tier import ScoreAnswer
from shared.money import format_minor
from shared.problem_handlers import problem_responses

EXAMPLE: Final[dict[str, Any]] = {
    "customer_id": "c-1",
    "known": True,
    "value": {"amount": "312.40", "currency": "CNY"},
    "low": {"amount": "120.00", "currency": "CNY"},
    "high": {"amount": "890.00", "currency": "CNY"},
    "probability_to_buy": 0.41,
    "potential": None,
    "season_free_score": 1.8,
    "lifecycle": "active",
    "horizon_days": 91,
    "business_date": "2026-11-22",
    "model_version": "2026-11-21-1",
    "release": "r-17",
    "as_of": "2026-11-22T01:00:00Z",
}

router = APIRouter(tags=["scores"], dependencies=[Depends(require("score:read"))])


@router.get(
    "/v1/customers/{customer_id}/score",
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE}}},
        **problem_responses(400, 401, 403, 404, 409, 422, 503),
    },
)
async def score(appraiser: Appraisal, customer_id: str) -> ScoreAnswer:
    """Tell expected net spend over the horizon, its interval, and the chance to buy."""
    return answer_of(await appraiser.score(customer_id_of(customer_id)))


def answer_of(report: ScoreReport) -> ScoreAnswer:
    """Put a report into its wire form."""
    worth = report.worth
    return ScoreAnswer(
        customer_id=report.customer_id,
        known=True,
        **(_money(worth, report.currency or "XXX") if worth else {}),
        probability_to_buy=worth.probability_to_buy if worth else None,
        season_free_score=worth.season_free if worth else None,
        lifecycle=report.lifecycle,
        horizon_days=worth.horizon_days if worth else None,
        business_date=report.business_date,
        model_version=report.model_version,
        release=f"r-{report.release_id}",
        as_of=report.now,
    )


def _money(worth: Worth, currency: str) -> dict[str, Money]:
    amounts = {"value": worth.value, "low": worth.low, "high": worth.high}
    return {
        name: Money(amount=format_minor(minor, currency), currency=currency)
        for name, minor in amounts.items()
    }
