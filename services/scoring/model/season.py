"""What the season does to the level of spend, where history is long enough to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.scoring.domain.days import CustomerDays
from services.scoring.model.plan import TrainingPlan


@dataclass(frozen=True, slots=True)
class Season:
    """Factors of the level by season; none where history is short."""

    def document(self) -> dict[str, Any]:
        """Write it as JSON values."""
        return {}


EMPTY: Final = Season()


def fit_season(days: CustomerDays, plan: TrainingPlan) -> Season:
    """Measure the season of the shop's spend."""
    del days, plan
    return EMPTY


def read(document: Mapping[str, Any]) -> Season:
    """Read what `document` wrote; raises ValueError for anything else."""
    if document:
        raise ValueError("season are not empty")
    return EMPTY
