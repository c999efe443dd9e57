"""Simulated shops under an experiment: rare, skewed purchases of customers with habits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.feedback.domain.experiments.moments import Moments

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SimulatedShop:
    """Customers buy at a rate of their own (gamma), for lognormal amounts; most do not buy.

    `effect`: by which part the treatment raises everybody's rate. With `tail` amounts are Pareto
    of that index instead: below 2 their variance is infinite, no mean of them is ever normal.
    `cap`: what of a customer's spend counts at most.
    """

    customers: int = 3_000
    held_out: float = 0.5
    rate: float = 0.02
    shape: float = 0.6
    days: int = 28
    days_before: int = 56
    effect: float = 0.0
    tail: float | None = None
    cap: float = inf

    @property
    def truth(self) -> float:
        """Give the true difference of the means per customer."""
        return self.effect * self.rate * self.days * self.mean_amount

    @property
    def mean_amount(self) -> float:
        return float(np.exp(0.5)) if self.tail is None else self.tail / (self.tail - 1)

    def raised(self, effect: float) -> SimulatedShop:
        return replace(self, effect=effect)


@dataclass(frozen=True, slots=True)
class Played:
    """What the customers of one simulated experiment spent, and before."""

    outcome: Array
    before: Array
    is_held_out: NDArray[np.bool_]

    def arm(self, *, is_held_out: bool) -> Moments:
        chosen = self.is_held_out == is_held_out
        return moments_of(self.outcome[chosen], self.before[chosen])

    @property
    def everybody(self) -> Moments:
        return moments_of(self.outcome, self.before)


def play(shop: SimulatedShop, seed: int) -> Played:
    """Play one experiment."""
    random = np.random.default_rng(seed)
    rate = random.gamma(shop.shape, shop.rate / shop.shape, shop.customers)
    is_held_out = random.random(shop.customers) < shop.held_out
    raised = np.where(is_held_out, 1.0, 1.0 + shop.effect)
    return Played(
        outcome=_spent(random, shop, rate * raised * shop.days),
        before=_spent(random, shop, rate * shop.days_before),
        is_held_out=is_held_out,
    )


@dataclass(frozen=True, slots=True)
class Days:
    """An experiment by days: what was spent since joining up to each day, and who joined when."""

    spent: Array
    before: Array
    is_held_out: NDArray[np.bool_]
    joined: NDArray[np.int64]

    def arm(self, day: int, *, is_held_out: bool) -> Moments:
        """Sum up an arm at the end of a day."""
        chosen = (self.is_held_out == is_held_out) & (self.joined <= day)
        return moments_of(self.spent[chosen, day], self.before[chosen])

    def customer_days(self, day: int) -> float:
        """Count the days seen by the end of a day."""
        return float(np.maximum(day + 1 - self.joined, 0).sum())


def play_daily(shop: SimulatedShop, seed: int, *, joining_days: int) -> Days:
    """Play day by day; customers join evenly over the first days."""
    random = np.random.default_rng(seed)
    rate = random.gamma(shop.shape, shop.rate / shop.shape, shop.customers)
    is_held_out = random.random(shop.customers) < shop.held_out
    joined = random.integers(0, joining_days, shop.customers)
    spent = np.zeros((shop.customers, shop.days))
    raised = np.where(is_held_out, 1.0, 1.0 + shop.effect)
    orders = random.poisson(rate * raised * shop.days)
    who = np.repeat(np.arange(shop.customers), orders)
    day = random.integers(0, shop.days, who.size)
    counts = day >= joined[who]
    np.add.at(spent, (who[counts], day[counts]), _amounts(random, shop, int(counts.sum())))
    before = _spent(random, shop, rate * shop.days_before)
    return Days(spent.cumsum(axis=1), before, is_held_out, joined)


def moments_of(outcome: Array, before: Array) -> Moments:
    """Sum up powers as the statement does."""
    y, x = outcome, before
    return Moments(
        n=y.size,
        events=int((y != 0).sum()),
        **{
            name: float(value.sum())
            for name, value in {
                "y": y, "x": x, "yy": y * y, "xy": x * y, "xx": x * x, "yyy": y * y * y,
                "yyx": y * y * x, "yxx": y * x * x, "xxx": x * x * x,
            }.items()
        },
    )  # fmt: skip


def _spent(random: np.random.Generator, shop: SimulatedShop, expected: Array) -> Array:
    orders = random.poisson(expected)
    who = np.repeat(np.arange(shop.customers), orders)
    amounts = _amounts(random, shop, who.size)
    return np.minimum(np.bincount(who, weights=amounts, minlength=shop.customers), shop.cap)


def _amounts(random: np.random.Generator, shop: SimulatedShop, count: int) -> Array:
    if shop.tail is None:
        return random.lognormal(0.0, 1.0, count)
    return 1.0 + random.pareto(shop.tail, count)


PLAIN: Final = SimulatedShop()
