"""One customer's score over time, as scoring answers it."""

from datetime import date, datetime
from typing import Any, Final

from pydantic import Field

from shared.contracts.common import Money
from shared.contracts.tier import Tier
from shared.wire import ReplyModel


class ScorePoint(ReplyModel):
    """What was to be expected at the end of a date; no amounts before the first purchase.

    Given a purchase, four of five such customers spend between `low` and `high`.
    """

    on: date
    value: Money | None
    low: Money | None
    high: Money | None
    probability_to_buy: float | None
    lifecycle: str
    tier: Tier | None = Field(description="what was told then; null before anything was")


class ScoreHistory(ReplyModel):
    """The score at the end of each month and today: past facts, the model in force now."""

    customer_id: str
    points: list[ScorePoint]
    horizon_days: int
    model_version: str
    release: str
    as_of: datetime


EXAMPLE_SCORE_HISTORY: Final[dict[str, Any]] = {
    "customer_id": "c-1",
    "points": [
        {
            "on": "2026-10-31",
            "value": {"amount": "298.10", "currency": "CNY"},
            "low": {"amount": "115.00", "currency": "CNY"},
            "high": {"amount": "850.00", "currency": "CNY"},
            "probability_to_buy": 0.44,
            "lifecycle": "active",
            "tier": {"key": "high", "rank": 2, "name": {"en": "High value", "zh": "高价值"}},
        },
        {
            "on": "2026-11-22",
            "value": {"amount": "312.40", "currency": "CNY"},
            "low": {"amount": "120.00", "currency": "CNY"},
            "high": {"amount": "890.00", "currency": "CNY"},
            "probability_to_buy": 0.41,
            "lifecycle": "active",
            "tier": {"key": "high", "rank": 2, "name": {"en": "High value", "zh": "高价值"}},
        },
    ],
    "horizon_days": 91,
    "model_version": "2026-11-21-1",
    "release": "r-17",
    "as_of": "2026-11-22T01:00:00Z",
}
