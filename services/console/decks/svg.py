"""Charts of an HTML deck as SVG of our own: no script, no request, sharp on paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Final, assert_never

from services.console.decks import look
from services.console.decks.scale import Scale, scale_of
from services.console.decks.slide import Chart, Series, Shape

_WIDTH, _HEIGHT = 720, 360
_RIGHT, _TOP, _BOTTOM = 28, 32, 76
_PLOT_H: Final = _HEIGHT - _TOP - _BOTTOM
#: Room for figures, or for the names of bars that lie.
_FIGURES, _NAMES = 76, 210
_SPARE: Final = 44
_LEGEND_ROW: Final = 3
#: Of more columns or months, some are not named.
_NAMED: Final = 9
#: Longer names of bars and columns are cut; the table of figures has them whole.
_NAME: Final = 26


@dataclass(frozen=True, slots=True)
class _Paper:
    """A chart and where its figures lie."""

    chart: Chart
    scale: Scale

    @property
    def left(self) -> float:
        """Find where the plot begins."""
        return _NAMES if self.chart.shape is Shape.BAR else _FIGURES

    @property
    def width(self) -> float:
        """Tell how wide the plot is."""
        return _WIDTH - self.left - _RIGHT

    def y(self, value: float) -> float:
        """Find a value's height in the picture."""
        return _TOP + _PLOT_H * (1 - self.scale.place(value))

    def x(self, value: float) -> float:
        """Find a value's place across, for charts that lie down."""
        return self.left + self.width * self.scale.place(value)


def svg_of(chart: Chart, label: str) -> str:
    """Draw a chart; `label` is its name for whoever cannot see it."""
    paper = _Paper(chart, scale_of(chart))
    body = "".join((*_grid(paper), *_drawn(paper), *_legend(paper)))
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_height(chart)}" role="img" font-size="12"'
        f' fill="#{look.INK}" aria-label="{escape(label)}">'
        f"<title>{escape(label)}</title><desc>{escape(chart.description)}</desc>{body}</svg>"
    )


def _height(chart: Chart) -> int:
    """Leave no empty room where nothing stands below the names of columns."""
    is_bare = len(chart.series) < 2 and not chart.x_title
    return _HEIGHT - _SPARE if is_bare else _HEIGHT


def _drawn(paper: _Paper) -> Iterator[str]:
    match paper.chart.shape:
        case Shape.COLUMN | Shape.STACKED:
            return _columns(paper)
        case Shape.BAR:
            return _bars(paper)
        case Shape.LINE:
            return _lines(paper)
        case Shape.XY:
            return _curves(paper)
    assert_never(paper.chart.shape)


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#{look.LINE}"/>'


def _grid(paper: _Paper) -> Iterator[str]:
    is_lying = paper.chart.shape is Shape.BAR
    for value, words in paper.scale.ticks:
        if is_lying:
            x = paper.x(value)
            yield _line(x, _TOP, x, _TOP + _PLOT_H)
            yield _text(x, _TOP + _PLOT_H + 16, words)
        else:
            y = paper.y(value)
            yield _line(paper.left, y, paper.left + paper.width, y)
            yield _text(paper.left - 6, y + 4, words, "end")
    if paper.chart.x_title:
        yield _text(paper.left + paper.width / 2, _TOP + _PLOT_H + 37, paper.chart.x_title)
    if paper.chart.y_title:
        yield _text(4, 15, paper.chart.y_title, "start")


def _colour(number: int) -> str:
    return f"#{look.COLOURS[number % len(look.COLOURS)]}"


def _box(x: float, y: float, width: float, height: float, number: int) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}"'
        f' height="{max(height, 0):.1f}" fill="{_colour(number)}"/>'
    )


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _columns(paper: _Paper) -> Iterator[str]:
    chart = paper.chart
    step = paper.width / max(len(chart.categories), 1)
    every = 1 + len(chart.categories) // _NAMED
    for place, name in enumerate(chart.categories):
        left = paper.left + place * step
        if place % every == 0:
            yield _text(left + step / 2, _TOP + _PLOT_H + 16, _short(name))
        values = [series.values[place] for series in chart.series]
        if chart.shape is Shape.STACKED:
            yield from _stack(paper, left + step * 0.15, step * 0.7, values)
        else:
            yield from _side_by_side(paper, left + step * 0.15, step * 0.7, values)


def _stack(paper: _Paper, left: float, width: float, values: list[float | None]) -> Iterator[str]:
    up = down = 0.0
    for number, value in enumerate(values):
        if not value:
            continue
        start = up if value > 0 else down
        low, high = sorted((start, start + value))
        yield _box(left, paper.y(high), width, paper.y(low) - paper.y(high), number)
        up, down = (start + value, down) if value > 0 else (up, start + value)


def _side_by_side(
    paper: _Paper, left: float, width: float, values: list[float | None]
) -> Iterator[str]:
    each = width / max(len(values), 1)
    for number, value in enumerate(values):
        if value is None:
            continue
        low, high = sorted((0.0, value))
        x = left + number * each
        yield _box(x, paper.y(high), each * 0.92, paper.y(low) - paper.y(high), number)
        yield _text(x + each / 2, paper.y(high) - 4, paper.scale.words(value))


def _bars(paper: _Paper) -> Iterator[str]:
    chart = paper.chart
    step = _PLOT_H / max(len(chart.categories), 1)
    for place, name in enumerate(chart.categories):
        middle = _TOP + (place + 0.5) * step
        yield _text(paper.left - 6, middle + 4, _short(name), "end")
        each = step * 0.7 / max(len(chart.series), 1)
        for number, series in enumerate(chart.series):
            value = series.values[place]
            if value is None:
                continue
            low, high = sorted((0.0, value))
            top = middle - step * 0.35 + number * each
            yield _box(paper.x(low), top, paper.x(high) - paper.x(low), each, number)
            yield _text(paper.x(high) + 4, top + each / 2 + 4, paper.scale.words(value), "start")


def _lines(paper: _Paper) -> Iterator[str]:
    chart = paper.chart
    names = chart.categories
    step = paper.width / max(len(names), 1)
    every = 1 + len(names) // _NAMED
    for place, name in enumerate(names):
        if place % every == 0:
            yield _text(paper.left + (place + 0.5) * step, _TOP + _PLOT_H + 16, _short(name))
    for number, series in enumerate(chart.series):
        xs = [paper.left + (place + 0.5) * step for place in range(len(names))]
        yield from _path(paper, xs, series, number)


def _curves(paper: _Paper) -> Iterator[str]:
    for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        # Lower than other names: the figures beside the axis begin at the same corner.
        yield _text(paper.left + share * paper.width, _TOP + _PLOT_H + 20, f"{share:.0%}")
    for number, series in enumerate(paper.chart.series):
        yield from _path(paper, [paper.left + x * paper.width for x in series.xs], series, number)


def _path(paper: _Paper, xs: list[float], series: Series, number: int) -> Iterator[str]:
    """Draw one line; where a figure is missing it stops, and begins again after."""
    steps, is_down = [], False
    for x, value in zip(xs, series.values, strict=True):
        if value is not None:
            steps.append(f"{'L' if is_down else 'M'}{x:.1f} {paper.y(value):.1f}")
        is_down = value is not None
    if steps:
        way = "".join(steps)
        yield f'<path d="{way}" fill="none" stroke="{_colour(number)}" stroke-width="2.5"/>'


def _legend(paper: _Paper) -> Iterator[str]:
    if len(paper.chart.series) < 2:
        return
    step = paper.width / _LEGEND_ROW
    for number, series in enumerate(paper.chart.series):
        row, place = divmod(number, _LEGEND_ROW)
        x, y = paper.left + place * step, _HEIGHT - 34 + row * 18
        yield _box(x, y, 11, 11, number)
        yield _text(x + 16, y + 10, _short(series.name), "start")
