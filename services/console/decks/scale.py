"""From figures to places on an axis: round steps that hold zero and everything drawn."""

from dataclasses import dataclass
from math import floor, log10
from typing import Final

from services.console.decks.slide import Chart, NumberForm, Shape

_STEPS: Final = 5
_ROUND: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high` with a line every `step`."""

    low: float
    high: float
    step: float
    form: NumberForm

    def place(self, value: float) -> float:
        """Find a value between 0 (the low end) and 1 (the high end)."""
        return (value - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """List the lines with what stands beside them."""
        lines = round((self.high - self.low) / self.step)
        values = [self.low + number * self.step for number in range(lines + 1)]
        return [(value, self.words(value)) for value in values]

    def words(self, value: float) -> str:
        """Write a value short enough for an axis."""
        match self.form:
            case "share":
                return f"{value:.0%}" if self.step >= 0.01 else f"{value:.1%}"
            case "decimal":
                return f"{value:.1f}"
            case _:
                return (
                    f"{value:,.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.1f}"
                )


def scale_of(chart: Chart) -> Scale:
    """Find an axis that holds zero and all that a chart draws."""
    low, high = _ends(chart)
    low, high = min(0.0, low), max(0.0, high)
    if low == high:
        high = 1.0
    step = _step((high - low) / _STEPS)
    return Scale(_down(low, step), -_down(-high, step), step, chart.form)


def _ends(chart: Chart) -> tuple[float, float]:
    if chart.shape is Shape.STACKED:
        columns = zip(*(series.values for series in chart.series), strict=True)
        sums = [
            (sum(min(v or 0.0, 0.0) for v in column), sum(max(v or 0.0, 0.0) for v in column))
            for column in columns
        ]
        return min((a for a, _ in sums), default=0.0), max((b for _, b in sums), default=0.0)
    drawn = [v for series in chart.series for v in series.values if v is not None]
    return min(drawn, default=0.0), max(drawn, default=0.0)


def _step(least: float) -> float:
    """Find the next round step that is not smaller."""
    power = 10.0 ** floor(log10(least))
    return next(power * each for each in _ROUND if power * each >= least * (1 - 1e-9))


def _down(value: float, step: float) -> float:
    return floor(value / step + 1e-9) * step
