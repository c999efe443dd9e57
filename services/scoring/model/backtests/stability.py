"""Whether the model was as right at earlier cut-offs as at the last one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.scoring.model.evaluation import Accuracy, Difference
from services.scoring.model.learning.plan import SHORTEST_HISTORY_DAYS

EARLIER = 3
# Each is a training of its own; at a third of the horizon apart they share most of their days.
_PARTS = (1, 2, 3)
_SHORTEST_STEP_DAYS = 7


@dataclass(frozen=True, slots=True)
class CutoffFigures:
    """Figures at one cut-off (day numbers), and the lead over decayed spend."""

    cutoff: int
    until: int
    customers: int
    accuracy: Accuracy
    lead: Difference | None


def earlier_cutoffs(first: int, cutoff: int, horizon_days: int, *, most: int) -> list[int]:
    """Choose earlier cut-offs that can be trained: a horizon apart, else parts of it.

    The latest first. Each has twice the shortest history a training takes before it.
    """
    earliest = first + 2 * SHORTEST_HISTORY_DAYS
    found: list[int] = []
    for part in _PARTS:
        step = max(_SHORTEST_STEP_DAYS, horizon_days // part)
        found = [c for k in range(1, most + 1) if (c := cutoff - k * step) >= earliest]
        if len(found) >= min(most, 2):
            break
    return found


def figures_at_cutoffs(
    cutoffs: list[int], judge: Callable[[int], CutoffFigures | None]
) -> list[CutoffFigures]:
    """Judge each cut-off that can be trained, and give them in order of time."""
    found = (judge(cutoff) for cutoff in sorted(cutoffs))
    return [each for each in found if each is not None]
