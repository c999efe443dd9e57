"""Scores over HTTP."""

from dataclasses import asdict
from typing import Any, Final

from fastapi import APIRouter, Depends

from services.scoring.deps import Appraisal
from services.scoring.domain.index_words import NAMES, REASONS, RULES, SHORT_HISTORY, claim
from services.scoring.domain.tiers.words import ONE_PURCHASE
from services.scoring.domain.why.figures import Words
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.asking.ask_score import Reading, ScoreReport, Worth
from shared.auth import require
from shared.contracts.common import LocalText, Money
from shared.contracts.tier import IndexAccuracy, IndexAnswer, Reason, ScoreAnswer
from shared.money import format_minor
from shared.problem_handlers import problem_responses

_DIGITS: Final = 4
_ACCURACY: Final[dict[str, Any]] = {
    "metric": "auc",
    "customers": 3412,
    "value": 0.7984,
    "low": 0.7815,
    "high": 0.8166,
    "baseline": "order_days",
    "baseline_name": {"en": "Days with a purchase so far", "zh": "累计购买天数"},
    "baseline_value": 0.7832,
    "lead": 0.0152,
    "lead_low": 0.0065,
    "lead_high": 0.0238,
    "bias": 0.94,
}
EXAMPLE: Final[dict[str, Any]] = {
    "customer_id": "c-1",
    "known": True,
    "value": {"amount": "312.40", "currency": "CNY"},
    "low": {"amount": "120.00", "currency": "CNY"},
    "high": {"amount": "890.00", "currency": "CNY"},
    "probability_to_buy": 0.41,
    "potential": {"amount": "85.20", "currency": "CNY"},
    "season_free_score": 1.8,
    "confidence": "normal",
    "confidence_reason": None,
    "season": {"code": SHORT_HISTORY[0], "text": SHORT_HISTORY[1]},
    "indices": [
        {
            "key": "loyalty",
            "name": {"en": "Loyalty", "zh": "忠诚度"},
            "claim": claim("loyalty", 91),
            "shown": True,
            "value": 0.37,
            "amount": None,
            "level": "high",
            "accuracy": _ACCURACY,
            "reason": None,
        },
        {
            "key": "influence",
            "name": {"en": "Influence", "zh": "影响力"},
            "claim": claim("influence", 91),
            "shown": False,
            "value": None,
            "amount": None,
            "level": None,
            "accuracy": None,
            "reason": {"code": "not_recorded", "text": REASONS["not_recorded"]},
        },
    ],
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
    """Tell expected net spend over the horizon, its interval, the chance to buy, and indices."""
    return answer_of(await appraiser.score(customer_id_of(customer_id)))


def answer_of(report: ScoreReport) -> ScoreAnswer:
    """Put a report into its wire form."""
    worth, currency = report.worth, report.currency or "XXX"
    return ScoreAnswer(
        customer_id=report.customer_id,
        known=True,
        **(_worth(worth, currency) if worth else {}),
        **(_confidence(report.purchases) if worth else {}),
        lifecycle=report.lifecycle,
        business_date=report.business_date,
        model_version=report.model_version,
        release=f"r-{report.release_id}",
        as_of=report.now,
    )


def _worth(worth: Worth, currency: str) -> dict[str, Any]:
    return {
        "value": _money(worth.value, currency),
        "low": _money(worth.low, currency),
        "high": _money(worth.high, currency),
        "potential": None if worth.potential is None else _money(worth.potential, currency),
        "probability_to_buy": worth.probability_to_buy,
        "season_free_score": worth.season_free,
        "season": None if worth.has_season else _reason(*SHORT_HISTORY),
        "indices": [_index(each, worth.horizon_days, currency) for each in worth.readings],
        "horizon_days": worth.horizon_days,
    }


def _confidence(purchases: int) -> dict[str, Any]:
    if purchases > 1:
        return {"confidence": "normal"}
    return {"confidence": "low", "confidence_reason": _reason(*ONE_PURCHASE)}


def _index(reading: Reading, horizon_days: int, currency: str) -> IndexAnswer:
    outcome, value = reading.index.outcome, reading.value
    is_amount = outcome.is_money and value is not None
    return IndexAnswer(
        key=outcome.key,
        name=_words(NAMES[outcome.key]),
        claim=_words(claim(outcome.key, horizon_days)),
        shown=value is not None,
        value=None if outcome.is_money else value,
        amount=_money(round(value or 0), currency) if is_amount else None,
        level=reading.level,
        accuracy=_accuracy(reading),
        reason=_reason(reading.reason, REASONS[reading.reason]) if reading.reason else None,
    )


def _accuracy(reading: Reading) -> IndexAccuracy | None:
    proof = reading.index.proof
    if proof is None:
        return None
    figures: dict[str, Any] = {
        name: round(value, _DIGITS) if isinstance(value, float) else value
        for name, value in asdict(proof).items()
        if name in IndexAccuracy.model_fields
    }
    return IndexAccuracy(
        **figures,
        baseline=proof.rule,
        baseline_name=_words(RULES[proof.rule]),
        baseline_value=round(proof.rule_value, _DIGITS),
    )


def _money(minor: int, currency: str) -> Money:
    return Money(amount=format_minor(minor, currency), currency=currency)


def _reason(code: str, words: Words) -> Reason:
    return Reason(code=code, text=_words(words))


def _words(words: Words) -> LocalText:
    return LocalText(en=words["en"], zh=words["zh"])
