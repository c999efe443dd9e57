"""What came of tasks: rates over counts of states and outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.feedback.domain.care.task import TALKED, TRIED, Outcome, TaskState

_UNDONE = (TaskState.OPEN, TaskState.CLAIMED)


@dataclass(slots=True)
class Tally:
    """Counts of tasks by state and outcome; costs in minor units."""

    states: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    cost: int = 0
    open_cost: int = 0
    currency: str | None = None

    def add(self, state: str, outcome: str | None, tasks: int, cost: int) -> None:
        """Count some tasks."""
        self.states[state] = self.states.get(state, 0) + tasks
        if outcome is not None:
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + tasks
        if state == TaskState.DONE:
            self.cost += cost
        if state in _UNDONE:
            self.open_cost += cost

    @property
    def tasks(self) -> int:
        """Count all."""
        return sum(self.states.values())

    @property
    def reached_rate(self) -> float | None:
        """Give who was spoken to, of those somebody tried to reach; None where nobody tried."""
        return _share(_sum(self.outcomes, TALKED), _sum(self.outcomes, TRIED))

    @property
    def response_rate(self) -> float | None:
        """Give who accepted, of those who were spoken to; None where nobody was."""
        return _share(self.outcomes.get(Outcome.ACCEPTED, 0), _sum(self.outcomes, TALKED))


def _sum(counts: Mapping[str, int], names: Iterable[str]) -> int:
    return sum(counts.get(name, 0) for name in names)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
