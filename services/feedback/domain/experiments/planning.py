"""How small an effect an experiment can see, and how many customers or days it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf, sqrt
from statistics import NormalDist

from services.feedback.domain.experiments.interval import Difference, fixed, sequential
from services.feedback.domain.experiments.moments import Moments, adjusted, sample_of


@dataclass(frozen=True, slots=True)
class Wish:
    """What is planned: the hold-out's share of 1, error and power, and how it is looked at."""

    held_out: float
    alpha: float
    power: float
    is_sequential: bool
    customers: int | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What so many days can show: `detectable` in the metric's unit, with `customers` met."""

    days: int
    customers: int
    mean: float
    spread: float
    adjusted_spread: float
    detectable: float
    needed_customers: int | None

    @property
    def detectable_percent(self) -> float:
        """Give the smallest effect that is seen in per cent of the mean."""
        return 100 * self.detectable / self.mean if self.mean > 0 else inf


def outlook(
    base: Moments, days: int, wish: Wish, *, effect_percent: float | None = None
) -> Outlook:
    """Tell what an experiment of so many days can see, from what the audience did lately.

    Source: Lehr's two-sample formula with unequal arms: (z_alpha + z_power) * standard error.
    """
    plain, exact = sample_of(base), adjusted((base,))[0]
    customers = base.n if wish.customers is None else wish.customers
    reach = _reach(wish) * exact.spread
    parts = 1 / wish.held_out + 1 / (1 - wish.held_out)
    effect = plain.mean * (effect_percent or 0) / 100
    needed = ceil((reach / effect) ** 2 * parts) if effect > 0 else None
    return Outlook(
        days=days,
        customers=customers,
        mean=plain.mean,
        spread=plain.spread,
        adjusted_spread=exact.spread,
        # an audience that did nothing shows nothing, however many there are
        detectable=reach * sqrt(parts / customers) if customers and reach else inf,
        needed_customers=needed,
    )


def fewest_days(outlooks: Sequence[Outlook], effect_percent: float | None) -> int | None:
    """Choose the shortest time in which an effect is seen; None where none is long enough."""
    if effect_percent is None:
        return None
    enough = [each.days for each in outlooks if each.detectable_percent <= effect_percent]
    return min(enough, default=None)


def _reach(wish: Wish) -> float:
    """Tell how many standard errors off 0 an effect must be to be called with that power."""
    unit = Difference(0.0, 1.0, inf, 0.0)
    interval = sequential(unit, wish.alpha, 1.0) if wish.is_sequential else fixed(unit, wish.alpha)
    return interval.high + NormalDist().inv_cdf(wish.power)
