"""What the season does to the level of spend, where history is long enough to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike

from services.scoring.domain.days import CustomerDays, IntArray
from services.scoring.domain.features.season_free import month_of
from services.scoring.model.curves import FloatArray
from services.scoring.model.plan import TrainingPlan

#: Two years: every month then lies at least once in the middle of a full year.
LEAST_DAYS: Final = 730
_YEAR: Final = 365
_MONTHS: Final = 12
# No month of a real shop is this far from its year; beyond it there is a fault in the data.
_LEAST, _MOST = 0.05, 20.0
# A month this many times over or under the usual one stands out of the noise of a small shop.
_OUTSTANDING: Final = 1.5


@dataclass(frozen=True, slots=True)
class Season:
    """How far each month lies from its year, January first; empty where history is short.

    `trained` is what is left of the season, on average, in the money the level was learnt from.
    """

    factors: tuple[float, ...] = ()
    trained: float = 1.0

    @property
    def outstanding(self) -> tuple[float, ...]:
        """Give the factors of months that stand out, 1 for the others; empty where none does.

        Money is divided by them before customers are compared. The median month counts as usual:
        a threefold December pushes all others below their year's mean.
        """
        if not self.factors:
            return ()
        usual = float(np.median(self.factors))
        parts = tuple(each / usual for each in self.factors)
        is_out = [not 1 / _OUTSTANDING < part < _OUTSTANDING for part in parts]
        if not any(is_out):
            return ()
        return tuple(part if out else 1.0 for part, out in zip(parts, is_out, strict=True))

    def ratio(self, start: int, horizon_days: int) -> float:
        """Give the level of [start, start + horizon_days) as a part of the learnt level.

        Only the level of money is scaled by it, never the rank. 1 where there is no season.
        """
        if not self.factors:
            return 1.0
        return _mean_over(self.factors, start, horizon_days) / self.trained

    def document(self) -> dict[str, Any]:
        """Write it as JSON values."""
        return {"factors": list(self.factors), "trained": self.trained} if self.factors else {}


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
    found = Season(tuple((factors / factors.mean()).tolist()))
    left = np.asarray(found.factors) / (found.outstanding or 1.0)
    windows = [_mean_over(left, cutoff, plan.horizon_days) for cutoff in plan.cutoffs]
    return replace(found, trained=float(np.mean(windows)))


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
    if set(document) != {"factors", "trained"}:
        raise ValueError(f"season has {sorted(document)}")
    factors = tuple(float(factor) for factor in document["factors"])
    trained = float(document["trained"])
    if len(factors) != _MONTHS or not all(_LEAST / 2 < each < 2 * _MOST for each in factors):
        raise ValueError("a season has twelve factors")
    if not _LEAST / 2 < trained < 2 * _MOST:
        raise ValueError("the season of the training days is out of range")
    return Season(factors, trained)
