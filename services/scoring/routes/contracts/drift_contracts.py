"""How a model stands, and from where on that is a finding, on the wire."""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field

from services.scoring.domain.life import drift
from shared.contracts.drift import DriftReport
from shared.wire import ReplyModel


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


class DriftAnswer(DriftReport):
    """Whether the live model still fits, and what that rests on."""

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
