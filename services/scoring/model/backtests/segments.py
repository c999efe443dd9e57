"""Where the model fails: the same figures among kinds of customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.scoring.model.backtests.population import Population
from services.scoring.model.evaluation import Accuracy, Difference
from services.scoring.model.interval import COVERAGE

FEWEST_CUSTOMERS = 30
FEWEST_BUYERS = 10
_ROUNDS = 100
_LEAST_BIAS, _MOST_BIAS = 0.5, 2.0
_COVERAGE_SLACK = 0.1

Mask = NDArray[np.bool_]
#: dimension, its column, (segment, first value): a segment ends where the next begins
_STEPS: tuple[tuple[str, str, tuple[tuple[str, float], ...]], ...] = (
    ("orders", "order_days", (("none", 0), ("one", 1), ("two_three", 2), ("four_more", 4))),
    ("recency", "recency", (("30", 0), ("90", 31), ("180", 91), ("older", 181))),
    ("tenure", "tenure", (("90", 0), ("365", 91), ("older", 366))),
    ("returns", "returns", (("none", 0), ("some", 1))),
)


@dataclass(frozen=True, slots=True)
class Segment:
    """Figures among some customers; money per customer in minor units, NaN where too few."""

    dimension: str
    name: str
    customers: int
    bought: float
    predicted: float
    spent: float
    accuracy: Accuracy
    coverage: float
    lead: Difference | None
    flags: tuple[str, ...]


def segments_of(found: Population) -> list[Segment]:
    """Measure every segment that holds somebody, but not everybody."""
    return [
        _segment(dimension, name, found.take(mask))
        for dimension, name, mask in _masks(found)
        if 0 < mask.sum() < len(found)
    ]


def _masks(found: Population) -> Iterator[tuple[str, str, Mask]]:
    for dimension, column, steps in _STEPS:
        yield from _stepped(dimension, found.column(column), steps)
    yield from _sizes(found)
    yield from _channels(found)


def _stepped(
    dimension: str, values: NDArray[np.float64], steps: tuple[tuple[str, float], ...]
) -> Iterator[tuple[str, str, Mask]]:
    ends = [start for _, start in steps[1:]] + [np.inf]
    for (name, start), end in zip(steps, ends, strict=True):
        yield dimension, name, (values >= start) & (values < end)


def _sizes(found: Population) -> Iterator[tuple[str, str, Mask]]:
    """Thirds of the buyers by what their order days bring."""
    basket, buys = found.column("mean_order_day"), found.column("order_days") > 0
    if not buys.any():
        return
    small, large = np.quantile(basket[buys], [1 / 3, 2 / 3])
    yield "size", "small", buys & (basket <= small)
    yield "size", "middle", buys & (basket > small) & (basket <= large)
    yield "size", "large", buys & (basket > large)


def _channels(found: Population) -> Iterator[tuple[str, str, Mask]]:
    """Online, offline, both; nothing to tell apart where all is one channel."""
    orders, online = found.column("order_days"), found.online
    offline_only, online_only = (orders > 0) & (online == 0), (orders > 0) & (online >= orders)
    if offline_only.any() and (online > 0).any():
        yield "channel", "offline", offline_only
        yield "channel", "online", online_only
        yield "channel", "both", (online > 0) & ~online_only


def _segment(dimension: str, name: str, group: Population) -> Segment:
    is_enough = len(group) >= FEWEST_CUSTOMERS and group.bought.sum() >= FEWEST_BUYERS
    accuracy = group.accuracy() if is_enough else UNMEASURED
    lead = group.lead_over(group.decayed, rounds=_ROUNDS) if is_enough else None
    coverage = group.coverage() if is_enough else float("nan")
    return Segment(
        dimension=dimension,
        name=name,
        customers=len(group),
        bought=float(group.bought.mean()),
        predicted=float(group.scores.value.mean()),
        spent=float(group.spend.mean()),
        accuracy=accuracy,
        coverage=coverage,
        lead=lead,
        flags=tuple(_flags(accuracy.bias, coverage, lead, int(group.bought.sum()))),
    )


UNMEASURED = Accuracy(*(float("nan") for _ in range(7)))


def _flags(bias: float, coverage: float, lead: Difference | None, buyers: int) -> Iterator[str]:
    """Say what is wrong; a figure that was not measured is not wrong."""
    if lead is not None and lead.is_worse:
        yield "behind_decayed"
    if bias < _LEAST_BIAS or bias > _MOST_BIAS:
        yield "money_off"
    off = abs(coverage - COVERAGE)
    if off > max(_COVERAGE_SLACK, 2 * (COVERAGE * (1 - COVERAGE) / max(buyers, 1)) ** 0.5):
        yield "range_off"
