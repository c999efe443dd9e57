"""Which customers buy on which day: every customer keeps a clock that runs on season days."""

import numpy as np

from deploy.demo.population import Population
from deploy.demo.season import Ints, day_weights
from deploy.demo.spec import ShopSpec

_PURPOSE = 2
_NEVER = 1 << 30
_NOBODY: Ints = np.empty(0, dtype=np.int64)


class Rhythm:
    """Advances the customers' clocks day by day; days must be asked in order.

    Time runs faster in December: gaps are drawn in season days (the running sum of the day
    weights), so heterogeneous gamma gaps and the calendar need no thinning. One pass over N
    numbers a day keeps a million customers at about a millisecond a day.
    """

    def __init__(self, spec: ShopSpec, crowd: Population) -> None:
        self._crowd = crowd
        self._rng = spec.random(_PURPOSE)
        self._until = np.cumsum(day_weights(spec))
        self._next_day = np.where(crowd.joined <= crowd.left, crowd.joined, _NEVER)
        began = np.concatenate([[0.0], self._until])[crowd.joined]
        self._clock = began + self._rng.random(began.size) * (self._until[crowd.joined] - began)

    def buyers(self, offset: int) -> Ints:
        """Rows of those who buy on a day of the span, as often as they buy."""
        rounds = [_NOBODY]
        due = np.flatnonzero(self._next_day == offset)
        while due.size:
            rounds.append(due)
            self._advance(due, offset)
            due = due[self._next_day[due] == offset]
        return np.concatenate(rounds)

    def _advance(self, due: Ints, offset: int) -> None:
        crowd = self._crowd
        shape = crowd.regularity[due]
        rate = crowd.rate[due] * np.exp(crowd.growth[due] * offset)
        self._clock[due] += self._rng.gamma(shape, 1 / shape) / rate
        day = np.searchsorted(self._until, self._clock[due], side="right")
        ends = (day > crowd.left[due]) | (day >= self._until.size)
        self._next_day[due] = np.where(ends, _NEVER, day)
