"""What is told of a KPI: its value, the one before, its target, and points for a chart."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from services.feedback.domain.kpis.definition import Kind, Kpi
from services.feedback.domain.kpis.figures import Daily, Figure, figure_of
from services.feedback.domain.kpis.periods import Period, period_named
from services.feedback.domain.kpis.targets import Status, Target, status_of

_DAY = attrgetter("day")


@dataclass(frozen=True, slots=True)
class Known:
    """Up to when something is known, and the decimals of the shop's currency.

    `is_today_counted`: False while counting today takes longer than a statement may.
    """

    today: date
    rolled_up_to: date | None
    decimals: int
    is_today_counted: bool = True

    def counts(self, day: date) -> bool:
        """Tell whether what happened on a date was counted: each night, and today at each read."""
        if day == self.today:
            return self.is_today_counted
        return self.rolled_up_to is not None and day <= self.rolled_up_to


@dataclass(frozen=True, slots=True)
class View:
    """The dates asked for, their named parts, and what is known."""

    dates: Period
    parts: Sequence[tuple[str, Period]]
    known: Known


@dataclass(frozen=True, slots=True)
class Point:
    """A part of the dates; `target` and `status` where one was set for exactly this period."""

    period: str
    dates: Period
    figure: Figure | None
    target: float | None
    status: Status | None


@dataclass(frozen=True, slots=True)
class Aim:
    """The target of the shortest period around the last date, and how that period stands now."""

    target: Target
    dates: Period
    actual: Figure | None
    status: Status


@dataclass(frozen=True, slots=True)
class Item:
    """A KPI of a slice."""

    kpi: Kpi
    slice_key: str
    actual: Figure | None
    previous: Figure | None
    aim: Aim | None
    points: tuple[Point, ...]

    @property
    def change(self) -> float | None:
        """Give what was added to the value before, in its own unit."""
        now, then = self.actual, self.previous
        if now is None or then is None or now.value is None or then.value is None:
            return None
        return now.value - then.value


@dataclass(frozen=True, slots=True)
class Series:
    """The days of a KPI of a slice, in their order, and its targets."""

    kpi: Kpi
    slice_key: str
    days: Sequence[Daily]
    targets: Sequence[Target]

    def figure(self, dates: Period, known: Known) -> Figure | None:
        """Make the value of some dates.

        A level is that of their last date that was rolled up, of today that of the last night: a
        row that is missing then is no older one. A total is 0 where nothing happened.
        """
        if self.kpi.kind is Kind.LEVEL:
            found = self._between(_level_date(dates, known))
        else:
            found = self._between(dates)
        figure = figure_of(self.kpi, found, known.decimals)
        if figure is None and self.kpi.is_total and known.counts(dates.first):
            return Figure(0.0, 0, None)
        return figure

    def _between(self, dates: Period | None) -> Sequence[Daily]:
        if dates is None:
            return ()
        low = bisect_left(self.days, dates.first, key=_DAY)
        return self.days[low : bisect_right(self.days, dates.last, key=_DAY)]


def _level_date(dates: Period, known: Known) -> Period | None:
    if known.rolled_up_to is None:
        return None
    day = min(dates.last, known.rolled_up_to)
    is_there = dates.has(day) or dates.has(known.today)
    return Period(day, day) if is_there else None


def item_of(series: Series, view: View) -> Item:
    """Put together what is told of one KPI of one slice."""
    known = view.known
    return Item(
        series.kpi,
        series.slice_key,
        series.figure(view.dates, known),
        series.figure(view.dates.before(), known),
        _aim(series, view),
        tuple(_point(series, name, part, known) for name, part in view.parts),
    )


def _point(series: Series, name: str, part: Period, known: Known) -> Point:
    figure = series.figure(part, known)
    whole = period_named(name)
    aims = [each for each in series.targets if each.period == name]
    if not aims:
        return Point(name, part, figure, None, None)
    target = aims[0].value
    # A part cut short at its beginning is not what the target is about.
    is_whole = part.first == whole.first and part.last >= min(whole.last, known.today)
    status = status_of(series.kpi, target, whole, figure, known.today) if is_whole else None
    return Point(name, part, figure, target, status)


def _aim(series: Series, view: View) -> Aim | None:
    last = min(view.dates.last, view.known.today)
    around = [(period_named(each.period), each) for each in series.targets]
    around = [(period, each) for period, each in around if period.has(last)]
    if not around:
        return None
    period, target = min(around, key=lambda found: found[0].days)
    so_far = Period(period.first, min(period.last, view.known.today))
    actual = series.figure(so_far, view.known)
    status = status_of(series.kpi, target.value, period, actual, view.known.today)
    return Aim(target, so_far, actual, status)
