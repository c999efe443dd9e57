"""What is kept of many customers: power sums from which means, spreads and adjustments follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over the customers of an arm: y is the outcome, x the same before, yyx is y*y*x.

    `n` customers, `events` of them with an outcome other than 0.
    """

    n: int
    events: int
    y: float
    x: float
    yy: float
    xy: float
    xx: float
    yyy: float
    yyx: float
    yxx: float
    xxx: float


@dataclass(frozen=True, slots=True)
class Sample:
    """An outcome in an arm: size, mean, variance (n - 1) and third central moment."""

    n: int
    events: int
    mean: float
    variance: float
    third: float

    @property
    def spread(self) -> float:
        """Give the standard deviation."""
        return float(self.variance**0.5)


def slope_of(arms: Sequence[Moments]) -> float:
    """Regress the outcome on the same before, within arms; 0 where nothing went before.

    Source: Deng, Xu, Kohavi, Walker (WSDM 2013), "Improving the sensitivity of online controlled
    experiments by utilizing pre-experiment data" (CUPED).
    """
    below = sum(_spread(arm.xx, arm.x, arm.x, arm.n) for arm in arms if arm.n)
    above = sum(_spread(arm.xy, arm.x, arm.y, arm.n) for arm in arms if arm.n)
    total = sum(arm.xx for arm in arms)
    # what is left of sums that cancel out is no spread
    return above / below if below > 1e-12 * total else 0.0


def sample_of(arm: Moments, slope: float = 0.0, centre: float = 0.0) -> Sample:
    """Describe y - slope * (x - centre) in an arm."""
    if not arm.n:
        return Sample(0, 0, 0.0, 0.0, 0.0)
    mean = (arm.y - slope * arm.x) / arm.n
    square = (arm.yy - 2 * slope * arm.xy + slope**2 * arm.xx) / arm.n
    cube = (arm.yyy - 3 * slope * arm.yyx + 3 * slope**2 * arm.yxx - slope**3 * arm.xxx) / arm.n
    variance = max(0.0, square - mean**2)
    return Sample(
        n=arm.n,
        events=arm.events,
        mean=mean + slope * centre,
        variance=variance * arm.n / (arm.n - 1) if arm.n > 1 else 0.0,
        third=cube - 3 * mean * square + 2 * mean**3,
    )


def adjusted(arms: Sequence[Moments]) -> list[Sample]:
    """Describe the outcome of every arm with what the time before explains taken out."""
    slope = slope_of(arms)
    customers = sum(arm.n for arm in arms)
    centre = sum(arm.x for arm in arms) / customers if customers else 0.0
    return [sample_of(arm, slope, centre) for arm in arms]


def _spread(product: float, left: float, right: float, n: int) -> float:
    return product - left * right / n
