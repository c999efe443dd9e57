"""What the season does to the level of spend, where history is long enough to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from services.scoring.domain.days import CustomerDays, IntArray
from services.scoring.domain.features.season_free import month_of
from services.scoring.model.curves import FloatArray
from services.scoring.model.learning.plan import TrainingPlan

#: Two years: every month then lies at least once in the middle of a full year.
LEAST_DAYS: Final = 730
_YEAR: Final = 365
_MONTHS: Final = 12
# No month of a real shop is this far from its year; beyond it there is a fault in the data.
_LEAST, _MOST = 0.05, 20.0
# log 1.5: so far over or under the usual, a month stands out of the noise of a small shop.
_OUTSTANDING: Final = 0.405
_ENOUGH: Final = 30  # order days of a month for its median


@dataclass(frozen=True, slots=True)
class Season:
    """How far each month's spend lies from its year, January first; empty where history is short.

    `outstanding` says how many times its usual size an order day has in months that stand out
    every year, 1 for the others; empty where none does. Money is divided by it before customers
    are compared. `trained` is what is left of the season, on average, in the money the level was
    learnt from.
    """

    factors: tuple[float, ...] = ()
    outstanding: tuple[float, ...] = ()
    trained: float = 1.0

    def ratio(self, start: int, horizon_days: int) -> float:
        """Give the level of [start, start + horizon_days) as a part of the learnt level.

        Only the level of money is scaled by it, never the rank. 1 where there is no season.
        """
        if not self.factors:
            return 1.0
        return _mean_over(self.factors, start, horizon_days) / self.trained

    def part_due(self, start: int, days: int, horizon_days: int) -> float:
        """Give the part of a horizon's money that falls into its first days."""
        level = self.ratio(start, days) / self.ratio(start, horizon_days)
        return level * days / horizon_days

    def document(self) -> dict[str, Any]:
        """Write it as JSON values."""
        if not self.factors:
            return {}
        named = {"factors": self.factors, "outstanding": self.outstanding}
        return {**{name: list(each) for name, each in named.items()}, "trained": self.trained}


EMPTY: Final = Season()


def fit_season(days: CustomerDays, plan: TrainingPlan) -> Season:
    """Measure each month against its year from what known customers spent before `plan.today`.

    Ratio to the centred moving average of a year (Persons 1919), so that growth is not taken for
    a season. First order days are left out: predictions are for customers already seen. EMPTY
    below two years of history, or where a year's spend is not positive.
    """
    if plan.history_days < LEAST_DAYS:
        return EMPTY
    daily = _spend_by_day(days, plan)
    half = _YEAR // 2
    sums = np.concatenate(([0.0], np.cumsum(daily)))
    trend = (sums[_YEAR:] - sums[:-_YEAR]) / _YEAR  # trend[i] is centred on day i + half
    if (trend <= 0).any():
        return EMPTY
    months = month_of(plan.history_start + half + np.arange(len(trend)))
    spent = np.bincount(months, weights=daily[half : half + len(trend)], minlength=_MONTHS)
    usual = np.bincount(months, weights=trend, minlength=_MONTHS)
    factors = np.clip(spent / usual, _LEAST, _MOST)
    factors /= factors.mean()
    outstanding = _outstanding(days, plan)
    left = factors / (outstanding or 1.0)
    windows = [_mean_over(left, cutoff, plan.horizon_days) for cutoff in plan.cutoffs]
    return Season(tuple(factors.tolist()), outstanding, float(np.mean(windows)))


def _outstanding(days: CustomerDays, plan: TrainingPlan) -> tuple[float, ...]:
    """Find the months whose order days are of another size, every time they came.

    Only the size of an order day: who buys more often in December has bought more often, and
    dividing that away cost .007 Gini on a shop with three times as many orders in December.
    Medians, so that one large order makes no season; growth from year to year is taken out.
    """
    rows = np.flatnonzero((days.orders > 0) & (days.sales_net > 0) & (days.date < plan.today))
    if not len(rows):
        return ()
    months = days.date[rows].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    first = int(months.min()) // _MONTHS * _MONTHS  # a January
    sizes = _log_medians(days.sales_net[rows], months - first)
    a_year = sizes[_MONTHS:] - sizes[:-_MONTHS]
    if not np.isfinite(a_year).any():
        return ()
    flat = sizes - np.nanmedian(a_year) / _MONTHS * np.arange(len(sizes))
    by_year = (flat - np.nanmedian(flat)).reshape(-1, _MONTHS)
    known = np.isfinite(by_year)
    least = np.where(known, by_year, np.inf).min(axis=0)
    most = np.where(known, by_year, -np.inf).max(axis=0)
    is_out = (known.sum(axis=0) > 1) & ((least >= _OUTSTANDING) | (most <= -_OUTSTANDING))
    if not is_out.any():
        return ()
    mean = np.where(known, by_year, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return tuple(np.clip(np.exp(np.where(is_out, mean, 0.0)), _LEAST, _MOST).tolist())


def _log_medians(sizes: IntArray, months: IntArray) -> FloatArray:
    """Give the log of the median order day of each month from the first January, in whole years.

    NaN where a month has too few order days.
    """
    years = int(months.max()) // _MONTHS + 1
    logs = np.full(years * _MONTHS, np.nan)
    for month, count in enumerate(np.bincount(months)):
        if count >= _ENOUGH:
            logs[month] = np.log(np.median(sizes[months == month]))
    return logs


def _spend_by_day(days: CustomerDays, plan: TrainingPlan) -> FloatArray:
    first = np.repeat(days.date[np.minimum(days.offsets[:-1], len(days.date) - 1)], _counts(days))
    counted = (days.date > first) & (days.date < plan.today) & (days.date >= plan.history_start)
    place = days.date[counted] - plan.history_start
    booked = days.net_booked[counted].astype(np.float64)
    return np.bincount(place, weights=booked, minlength=plan.history_days).astype(np.float64)


def _counts(days: CustomerDays) -> IntArray:
    return np.diff(days.offsets)


def _mean_over(factors: ArrayLike, start: int, horizon_days: int) -> float:
    window = month_of(np.arange(start, start + horizon_days))
    return float(np.asarray(factors)[window].mean())


def read(document: Mapping[str, Any]) -> Season:
    """Read what `document` wrote; raises ValueError for anything else."""
    if not document:
        return EMPTY
    if set(document) != {"factors", "outstanding", "trained"}:
        raise ValueError(f"season has {sorted(document)}")
    factors = tuple(float(factor) for factor in document["factors"])
    outstanding = tuple(float(factor) for factor in document["outstanding"])
    trained = float(document["trained"])
    if len(factors) != _MONTHS or len(outstanding) not in {0, _MONTHS}:
        raise ValueError("a season has twelve factors")
    if not all(_LEAST / 20 < each < 20 * _MOST for each in (*factors, *outstanding, trained)):
        raise ValueError("a factor of the season is out of range")
    return Season(factors, outstanding, trained)
