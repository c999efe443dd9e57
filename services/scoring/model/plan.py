"""Which dates a model is trained at, chosen from the length of the shop's history."""

from __future__ import annotations

from dataclasses import dataclass

from services.scoring.model.errors import TrainingRefused

HORIZON_DAYS = 91
SHORTEST_HORIZON_DAYS = 14
SHORTEST_HISTORY_DAYS = 42
CUTOFFS = 4


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """Day numbers: the model may know nothing from `today` on; cut-offs are the latest first."""

    history_start: int
    today: int
    horizon_days: int
    cutoffs: tuple[int, ...]

    @property
    def history_days(self) -> int:
        """Count the days the shop has known."""
        return self.today - self.history_start


def plan_training(
    history_start: int, today: int, *, horizon_days: int | None = None
) -> TrainingPlan:
    """Choose horizon and cut-offs: 91 days and four monthly cut-offs where history allows.

    The horizon is a third of a shorter history, at least 14 days. The last cut-off lies one
    horizon before today, the others a third of a horizon apart, each with at least half a
    horizon of history before it. Raises TrainingRefused below 42 days of history.
    """
    history = today - history_start
    if history < SHORTEST_HISTORY_DAYS:
        raise TrainingRefused(
            f"Training needs {SHORTEST_HISTORY_DAYS} days of history before the business date; "
            f"there are {max(history, 0)}."
        )
    horizon = horizon_days or min(HORIZON_DAYS, max(SHORTEST_HORIZON_DAYS, history // 3))
    cutoffs = _cutoffs(history_start, today, horizon)
    if not cutoffs:
        raise TrainingRefused(
            f"A horizon of {horizon} days needs {horizon + horizon // 2} days of history; "
            f"there are {history}."
        )
    return TrainingPlan(history_start, today, horizon, cutoffs)


def plan_self_check(plan: TrainingPlan) -> TrainingPlan | None:
    """Plan the model's own backtest, or None where history is too short for one.

    It is trained as if today were the plan's last cut-off, and judged there.
    """
    today = plan.cutoffs[0]
    cutoffs = _cutoffs(plan.history_start, today, plan.horizon_days)
    if not cutoffs:
        return None
    return TrainingPlan(plan.history_start, today, plan.horizon_days, cutoffs)


def _cutoffs(history_start: int, today: int, horizon: int) -> tuple[int, ...]:
    step = horizon // 3
    earliest = history_start + horizon // 2
    candidates = (today - horizon - k * step for k in range(CUTOFFS))
    return tuple(cutoff for cutoff in candidates if cutoff >= earliest)
