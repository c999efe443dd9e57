"""How a model stands, on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, Literal

from pydantic import Field

from services.scoring.domain.life import drift
from shared.contracts.common import LocalText
from shared.wire import ReplyModel

State = Literal["steady", "watch", "alarm", "too_early", "no_model", "not_judged"]


class Thresholds(ReplyModel):
    """From where on a finding is a watch or an alarm."""

    psi_watch: float = drift.PSI_WATCH
    psi_alarm: float = drift.PSI_ALARM
    ratio_watch: tuple[float, float] = drift.RATIO_WATCH
    ratio_alarm: tuple[float, float] = drift.RATIO_ALARM
    gini_fall_watch: float = drift.GINI_WATCH
    gini_fall_alarm: float = drift.GINI_ALARM
    coverage: tuple[float, float] = drift.COVERAGE
    chance_error: float = drift.CHANCE_ERROR


class Population(ReplyModel):
    """Who was looked at. These move with the age and season of a shop: shown, not judged."""

    customers: int
    recent_buyers: int
    share_recent: float
    share_recent_at_training: float
    level_ratio: float | None


class ShiftAnswer(ReplyModel):
    """One number's distribution against that of training.

    Status `not_judged`: the number grows with the age of any shop. `psi_year_ago` is the distance
    from the same days of a year ago: what is near them is a season, and no alarm.
    """

    name: str
    psi: float
    noise: float
    psi_year_ago: float | None
    outside_training_range: float
    status: State


class RealisedAnswer(ReplyModel):
    """What a random sample spent beside what was predicted; money in minor units."""

    model_version: str
    business_date: date
    status: State
    is_partial: bool
    days: int
    horizon_days: int
    customers: int
    predicted: float
    spent: float
    ratio: float
    ratio_ends: tuple[float, float]
    gini: float
    gini_ends: tuple[float, float]
    gini_at_training: float | None
    hit20: float
    coverage: float | None
    chance_error: float | None


class Compared(ReplyModel):
    """Live model and challenger on the same customers and facts of the last four weeks."""

    customers: int
    agreement: float = Field(description="Spearman's rank correlation of the two scores")
    differing: float = Field(description="Share of customers who would be in another tier")
    value_ratio: float = Field(description="The challenger's money over the live model's")


class Lead(ReplyModel):
    """The challenger's lead over the live model, with the 95 % interval of a paired bootstrap."""

    gini: float
    gini_low: float
    gini_high: float
    hit20: float
    hit20_low: float
    hit20_high: float


class ShadowAnswer(ReplyModel):
    """A challenger scored beside the live model; `lead` once its horizon has passed."""

    model_version: str
    since: datetime
    compared: Compared | None
    judged: int
    lead: Lead | None
    better: Literal["challenger", "champion", "undecided"] | None
    realised: RealisedAnswer | None = None
    under_way: RealisedAnswer | None = None


class ShadowNamed(ReplyModel):
    """Which model is the challenger, and since when."""

    model_version: str
    since: datetime


class DriftAnswer(ReplyModel):
    """Whether the live model still fits, and what that rests on."""

    status: State
    sentence: LocalText
    model_version: str | None = None
    business_date: date | None = None
    computed_at: datetime | None = None
    psi_max: float | None = None
    population: Population | None = None
    score: ShiftAnswer | None = None
    features: list[ShiftAnswer] = Field(default_factory=list)
    realised: RealisedAnswer | None = None
    under_way: RealisedAnswer | None = None
    shadow: ShadowAnswer | None = None
    thresholds: Thresholds = Field(default_factory=Thresholds)


_SHIFT: Final = {
    "name": "season_free_score",
    "psi": 0.021,
    "noise": 0.034,
    "psi_year_ago": 0.028,
    "outside_training_range": 0.001,
    "status": "steady",
}
EXAMPLE_DRIFT: Final[dict[str, Any]] = {
    "status": "steady",
    "sentence": {
        "en": "The model still fits: customers buy as on the days it learnt from. Customers spent"
        " 97 for every 100 predicted over 91 days.",
        "zh": "模型仍然适用：顾客的购买行为与其学习时期一致。在91天内，每预测100，顾客实际消费97。",
    },
    "model_version": "2026-08-01-1",
    "business_date": "2026-11-21",
    "computed_at": "2026-11-22T00:10:00Z",
    "psi_max": 0.043,
    "population": {
        "customers": 20000,
        "recent_buyers": 9120,
        "share_recent": 0.456,
        "share_recent_at_training": 0.502,
        "level_ratio": 1.04,
    },
    "score": _SHIFT,
    "features": [_SHIFT | {"name": "net_28d", "psi": 0.043}],
    "realised": {
        "model_version": "2026-08-01-1",
        "business_date": "2026-08-21",
        "status": "steady",
        "is_partial": False,
        "days": 91,
        "horizon_days": 91,
        "customers": 5000,
        "predicted": 1204331.0,
        "spent": 1168201.0,
        "ratio": 0.97,
        "ratio_ends": [0.91, 1.03],
        "gini": 0.71,
        "gini_ends": [0.69, 0.73],
        "gini_at_training": 0.72,
        "hit20": 0.56,
        "coverage": 0.79,
        "chance_error": 0.02,
    },
    "under_way": None,
    "shadow": None,
    "thresholds": Thresholds().model_dump(mode="json"),
}
