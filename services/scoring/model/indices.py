"""The other outcomes a model claims, each tested against its naive rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.scoring.domain.days import CustomerDays
from services.scoring.model.plan import TrainingPlan


@dataclass(frozen=True, slots=True)
class Indices:
    """Every index with what was measured of it."""

    def document(self) -> dict[str, Any]:
        """Write it as JSON values."""
        return {}


EMPTY: Final = Indices()


def fit_indices(days: CustomerDays, plan: TrainingPlan) -> Indices:
    """Fit every index and test it on a cut-off it has not seen."""
    del days, plan
    return EMPTY


def read(document: Mapping[str, Any]) -> Indices:
    """Read what `document` wrote; raises ValueError for anything else."""
    if document:
        raise ValueError("indices are not empty")
    return EMPTY
