"""Draws axes, curves, dots and whiskers as SVG text: no script, nothing from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 28, 16, 52
_TICKS = 5
_FEW_DECADES = 3
_TEXT, _GRID, _EDGE = "#3d4450", "#e3e6ea", "#8a919c"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high` with labelled ticks; `is_log` needs both above 0."""

    title: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    is_log: bool = False

    def part(self, value: float) -> float:
        """Place a value between 0 and 1; what lies outside is put on the edge."""
        if self.is_log:
            value, low, high = (math.log(max(x, self.low)) for x in (value, self.low, self.high))
        else:
            low, high = self.low, self.high
        return min(1.0, max(0.0, (value - low) / (high - low)))


def share_axis(title: str, *, low: float = 0.0, high: float = 1.0) -> Axis:
    """Make an axis of shares, labelled in percent."""
    steps = _nice(low, high)
    return Axis(title, low, high, tuple((value, f"{value * 100:.0f} %") for value in steps))


def money_axis(title: str, values: Iterable[float]) -> Axis:
    """Make an axis of money: logarithmic where all values are above 0, else from 0."""
    found = [value for value in values if math.isfinite(value)] or [1.0]
    low, high = min(found), max(found)
    if low <= 0 or high / low < 10:
        top = max(high, 1e-9) * 1.05
        return Axis(title, 0.0, top, tuple((v, f"{v:,.0f}") for v in _nice(0.0, top)))
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = [
        m * 10.0**power
        for power in range(first, last + 1)
        for m in ((1, 2, 5) if last - first <= _FEW_DECADES else (1, 3))
    ]
    shown = [value for value in decades if low / 1.5 <= value <= high * 1.5]
    ticks = tuple((value, f"{value:,.0f}" if value >= 1 else f"{value:g}") for value in shown)
    return Axis(title, min(low, shown[0]) / 1.1, max(high, shown[-1]) * 1.1, ticks, is_log=True)


def _nice(low: float, high: float) -> list[float]:
    """Choose about five round values from low to high."""
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]


@dataclass(frozen=True, slots=True)
class Plot:
    """Two axes and the room between them."""

    x: Axis
    y: Axis

    def at(self, point: Point) -> Point:
        """Place a point on the page."""
        across, up = self.x.part(point[0]), self.y.part(point[1])
        return (
            round(_LEFT + across * (WIDTH - _LEFT - _RIGHT), 1),
            round(HEIGHT - _BOTTOM - up * (HEIGHT - _TOP - _BOTTOM), 1),
        )

    def line(self, points: Sequence[Point], color: str, *, dash: str = "", wide: float = 2) -> str:
        """Draw a line through points."""
        path = " ".join(f"{x},{y}" for x, y in map(self.at, points))
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        return (
            f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{wide}"'
            f' stroke-linejoin="round"{dashed}/>'
        )

    def dot(self, point: Point, color: str, *, is_hollow: bool = False) -> str:
        """Draw a dot."""
        x, y = self.at(point)
        fill = "#fff" if is_hollow else color
        return f'<circle cx="{x}" cy="{y}" r="5" fill="{fill}" stroke="{color}" stroke-width="2"/>'

    def whisker(self, x: float, low: float, high: float, color: str) -> str:
        """Draw an interval upright at x."""
        (a, bottom), (_, top) = self.at((x, low)), self.at((x, high))
        return (
            f'<path d="M{a},{bottom}V{top}M{a - 4},{bottom}h8M{a - 4},{top}h8"'
            f' stroke="{color}" stroke-width="1.6" fill="none"/>'
        )

    def drawing(self, label: str, *parts: str) -> str:
        """Draw the axes with their grid, and the parts on them."""
        inner = "\n".join((*self._grid(), *self._titles(), *parts))
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}"'
            f' font-size="13" fill="{_TEXT}">\n{inner}\n</svg>'
        )

    def _grid(self) -> Iterable[str]:
        right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
        for value, label in self.x.ticks:
            x, _ = self.at((value, self.y.low))
            yield f'<path d="M{x},{_TOP}V{bottom}" stroke="{_GRID}"/>'
            yield f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{escape(label)}</text>'
        for value, label in self.y.ticks:
            _, y = self.at((self.x.low, value))
            yield f'<path d="M{_LEFT},{y}H{right}" stroke="{_GRID}"/>'
            yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{escape(label)}</text>'
        yield f'<path d="M{_LEFT},{_TOP}V{bottom}H{right}" fill="none" stroke="{_EDGE}"/>'

    def _titles(self) -> Iterable[str]:
        middle, down = (_LEFT + WIDTH - _RIGHT) / 2, (_TOP + HEIGHT - _BOTTOM) / 2
        yield (
            f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">'
            f"{escape(self.x.title)}</text>"
        )
        yield (
            f'<text transform="translate(14 {down}) rotate(-90)" text-anchor="middle">'
            f"{escape(self.y.title)}</text>"
        )
