"""How far a difference between two arms may be off."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log, sqrt
from statistics import NormalDist
from typing import Final

from services.feedback.domain.experiments.moments import Sample

_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class Difference:
    """Treatment minus control: its value, standard error, degrees of freedom and skewness."""

    value: float
    error: float
    freedom: float
    skewness: float


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where a value may lie."""

    low: float
    high: float

    @property
    def has_zero(self) -> bool:
        """Tell whether nothing at all is among the possible values."""
        return self.low <= 0 <= self.high


def difference(treatment: Sample, control: Sample) -> Difference:
    """Subtract the means of two arms (Welch: each arm has a variance of its own).

    `skewness` is that of the estimate itself, from both arms' customers together: while it is far
    from 0 no normal interval holds. An arm's own skewness would tell whether its mean happens to be
    low: judging only then made intervals miss the truth (coverage 0.91 instead of 0.95).
    """
    parts = [arm.variance / arm.n for arm in (treatment, control)]
    variance = sum(parts)
    value = treatment.mean - control.mean
    if variance <= 0:
        return Difference(value, 0.0, inf, 0.0)
    below = sum(
        part**2 / (arm.n - 1) for part, arm in zip(parts, (treatment, control), strict=True)
    )
    return Difference(value, sqrt(variance), variance**2 / below, _skewness(treatment, control))


def _skewness(treatment: Sample, control: Sample) -> float:
    """Tell how skewed a difference of means of so many is; 0 for arms of one size."""
    arms, n = (treatment, control), treatment.n + control.n
    third = sum(arm.n * arm.third for arm in arms) / n
    variance = sum(arm.n * arm.variance for arm in arms) / n
    error = sqrt(variance * (1 / treatment.n + 1 / control.n))
    return third * (1 / treatment.n**2 - 1 / control.n**2) / error**3


def fixed(found: Difference, alpha: float) -> Interval:
    """Give the interval that may be looked at once, at the horizon that was set before."""
    return _around(found, student_quantile(1 - alpha / 2, found.freedom))


def sequential(found: Difference, alpha: float, progress: float) -> Interval:
    """Give the interval that may be looked at on any day: it covers the truth on all of them.

    `progress`: how much of the planned customer-days was seen; the interval is tightest for its
    size at 1. Robbins' normal mixture in its asymptotic form: Waudby-Smith, Arbour, Sinha, Kennedy,
    Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences" (Annals of
    Statistics 2024), eq. (4), with n*rho**2 = progress * tuning. A customer's days are no fresh
    customers; where they go together, successive estimates do so the more, and the chance that any
    of them leaves the boundary is the smaller (Slepian's inequality).
    """
    if progress <= 0:
        return Interval(-inf, inf)
    seen = progress * _tuning(alpha)
    return _around(found, sqrt((1 + 1 / seen) * (log(1 + seen) - 2 * log(alpha))))


def student_quantile(probability: float, freedom: float) -> float:
    """Find a quantile of Student's t from 20 degrees of freedom on, to 1e-4.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
    """
    z = _NORMAL.inv_cdf(probability)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )


def _tuning(alpha: float) -> float:
    """Set n*rho**2 so that the boundary is tightest at progress 1 (the same paper, appendix)."""
    doubt = -2 * log(alpha)
    return doubt + log(doubt) + 1


def _around(found: Difference, widths: float) -> Interval:
    reach = widths * found.error
    return Interval(found.value - reach, found.value + reach)
