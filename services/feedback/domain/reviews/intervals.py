"""How far a figure of a quarter may be off by chance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

_NORMAL: Final = NormalDist()
#: Of all comparisons of one review: with nothing wrong, one review in twenty finds something.
ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True)
class Sums:
    """How many were measured, the sum of what was measured, and the sum of its squares."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float:
        """Give the mean; of nothing it is 0."""
        return self.total / self.n if self.n else 0.0

    @property
    def mean_variance(self) -> float:
        """Give the variance of the mean; needs two."""
        spread = max(self.squares - self.total * self.mean, 0.0) / max(self.n - 1, 1)
        return spread / max(self.n, 1)


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and the ends it lies between, were it measured again."""

    value: float
    low: float
    high: float


def added(parts: Iterable[Sums]) -> Sums:
    """Add what was measured apart."""
    some = list(parts)
    return Sums(
        sum(each.n for each in some),
        sum(each.total for each in some),
        sum(each.squares for each in some),
    )


def mean_change(now: Sums, before: Sums, alpha: float) -> Interval:
    """Give the difference of two means (Welch, normal: both have dozens at least)."""
    value = now.mean - before.mean
    reach = _z(alpha) * sqrt(now.mean_variance + before.mean_variance)
    return Interval(value, value - reach, value + reach)


def relative_change(now: Sums, before: Sums, alpha: float) -> Interval:
    """Give the change of a mean as a share of the former one (delta method); that is above 0."""
    ratio = now.mean / before.mean
    variance = (now.mean_variance + ratio**2 * before.mean_variance) / before.mean**2
    reach = _z(alpha) * sqrt(variance)
    return Interval(ratio - 1, ratio - 1 - reach, ratio - 1 + reach)


def share(hits: int, n: int, alpha: float = ALPHA) -> Interval:
    """Give a share with Wilson's score interval (1927); n is above 0."""
    z, p = _z(alpha), hits / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Interval(p, max(centre - reach, 0.0), min(centre + reach, 1.0))


def _z(alpha: float) -> float:
    return _NORMAL.inv_cdf(1 - alpha / 2)
