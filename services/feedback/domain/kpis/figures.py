"""The value of a KPI over some days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from services.feedback.domain.kpis.definition import Kind, Kpi, Unit


class Daily(NamedTuple):
    """A KPI of a slice on a business date; `histogram` counts values where a median is asked."""

    day: date
    kpi: str
    slice_key: str
    numerator: int
    denominator: int
    histogram: Mapping[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A value and what it was made of; `day`: of a level, its date.

    Money is whole units in `value`, minor units in the fraction.
    """

    value: float | None
    numerator: int
    denominator: int | None
    day: date | None = None


def figure_of(kpi: Kpi, days: Sequence[Daily], decimals: int = 2) -> Figure | None:
    """Make the value of some days, in their order; None where none of them has any data.

    `decimals` are those of the shop's currency.
    """
    if not days:
        return None
    if kpi.kind is Kind.LEVEL:
        last = days[-1]
        return _of(kpi, last, decimals, last.day)
    numerator = sum(each.numerator for each in days)
    denominator = sum(each.denominator for each in days)
    if kpi.is_median:
        return Figure(_median(days), numerator, denominator)
    whole = Daily(days[0].day, kpi.key, days[0].slice_key, numerator, denominator)
    return _of(kpi, whole, decimals, None)


def _of(kpi: Kpi, whole: Daily, decimals: int, day: date | None) -> Figure:
    numerator, denominator = whole.numerator, whole.denominator
    unit = 10**decimals if kpi.unit is Unit.MONEY else 1
    if kpi.denominator is None:
        return Figure(numerator / unit, numerator, None, day)
    if denominator <= 0:
        return Figure(None, numerator, denominator, day)
    value = kpi.factor * (numerator / denominator - kpi.less) / unit
    return Figure(value, numerator, denominator, day)


def _median(days: Iterable[Daily]) -> float | None:
    counts: Counter[int] = Counter()
    for each in days:
        counts.update(each.histogram or {})
    return median_of(counts)


def median_of(counts: Mapping[int, int]) -> float | None:
    """Find the middle value of {value: how many}, the mean of the two middle ones if even."""
    total = sum(counts.values())
    if total == 0:
        return None
    wanted = ((total - 1) // 2, total // 2)
    return sum(_at(counts, place) for place in wanted) / 2


def _at(counts: Mapping[int, int], place: int) -> int:
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if place < seen:
            return value
    raise IndexError(place)
