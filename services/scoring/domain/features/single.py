"""Computes the features of purchases for a few customers, in plain Python: ten times sooner.

The table and `purchases.py` define them; a property test holds both to the same bytes. For one
customer of twenty days NumPy's calls alone take longer than the sums.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, compress
from math import sqrt
from typing import Final, NamedTuple

import numpy as np

from services.scoring.domain.days import CustomerDays
from services.scoring.domain.features.purchase_table import (
    BASICS,
    DECAYED,
    HALF_LIVES,
    WINDOWED,
    WINDOWS,
)
from services.scoring.domain.features.table import FEATURES
from services.scoring.domain.features.view import FloatArray, decay_table

#: Positions in FEATURES of what this module computes.
COVERED: Final = frozenset(range(len(BASICS) + len(WINDOWED) + len(DECAYED)))
#: From so many rows on, the vectorised path is as fast.
MOST_ROWS: Final = 8
_DECAY: Final = tuple(tuple(decay_table(half_life).tolist()) for half_life in HALF_LIVES)


class _Rows(NamedTuple):
    """One customer's days before a cut-off, and what each order day brought."""

    cutoff: int
    dates: list[int]
    net: list[int]
    visited: list[bool]
    visit_dates: list[int]
    sales: list[int]
    lines: int
    returns: int
    returned: int


def few_rows(
    days: CustomerDays,
    cutoffs: Sequence[int],
    history_start: int,
    customers: Sequence[int],
    wanted: frozenset[int],
) -> FloatArray:
    """Compute features of a few rows; `wanted` must be COVERED, the other columns stay 0.

    Shape: (n, n_features), as `features` gives it.
    """
    table = np.zeros((len(customers), len(FEATURES)))
    unwanted = _unwanted(wanted)
    for row, cutoff, place in zip(table, cutoffs, customers, strict=True):
        seen = _seen(days, place, cutoff)
        row[: len(COVERED)] = [*_basics(seen, history_start), *_windowed(seen), *_decayed(seen)]
        if unwanted:
            row[unwanted] = 0.0
    return table


@lru_cache(maxsize=64)
def _unwanted(wanted: frozenset[int]) -> list[int]:
    return sorted(COVERED - wanted)


def _seen(days: CustomerDays, place: int, cutoff: int) -> _Rows:
    first, last = int(days.offsets[place]), int(days.offsets[place + 1])
    dates: list[int] = days.date[first:last].tolist()
    stop = bisect_left(dates, cutoff)
    last = first + stop
    visited = [count > 0 for count in days.orders[first:last].tolist()]
    return _Rows(
        cutoff=cutoff,
        dates=dates[:stop],
        net=days.net_booked[first:last].tolist(),
        visited=visited,
        visit_dates=list(compress(dates, visited)),
        sales=list(compress(days.sales_net[first:last].tolist(), visited)),
        lines=sum(compress(days.lines[first:last].tolist(), visited)),
        returns=sum(days.returns[first:last].tolist()),
        returned=sum(days.returns_net[first:last].tolist()),
    )


def _over(top: float, bottom: float) -> float:
    # Whole numbers become floats first, as in NumPy: beyond 2^53 Python's own division differs.
    return float(top) / float(bottom)


def _basics(seen: _Rows, history_start: int) -> list[float]:
    visits, sales, net = seen.visit_dates, seen.sales, sum(seen.net)
    count, sold = len(visits), sum(sales)
    history = max(seen.cutoff - history_start, 0)
    if not count:
        return [history, 0, 0, net, *[0] * 10, seen.returns, seen.returned, 0, 0]
    first, last, again = visits[0], visits[-1], count > 1
    tenure, recency, span = min(seen.cutoff - first, history), seen.cutoff - last, last - first
    mean, gap = _over(sold, count), _over(span, count - 1) if again else 0.0
    return [
        recency,
        tenure,
        count,
        net,
        mean,
        max(sales),
        span,
        gap,
        _over(recency, gap) if again else 0.0,
        _over(count, tenure) if tenure > 0 else 0.0,
        _over(net, tenure) if tenure > 0 else 0.0,
        _spread(sales, mean),
        sales[-1],
        last - visits[-2] if again else 0,
        seen.returns,
        seen.returned,
        _over(seen.returned, sold) if sold > 0 else 0.0,
        _over(seen.lines, count),
    ]


def _spread(sales: list[int], mean: float) -> float:
    squares = 0.0
    for amount in sales:  # one after another: sum() of floats compensates from Python 3.12 on
        apart = amount - mean
        squares += apart * apart
    return sqrt(squares / len(sales))


def _windowed(seen: _Rows) -> list[float]:
    net, visits = [0, *accumulate(seen.net)], [0, *accumulate(seen.visited)]
    found: list[float] = []
    for window in WINDOWS:
        since = bisect_left(seen.dates, seen.cutoff - window)
        found += (net[-1] - net[since], visits[-1] - visits[since])
    return found


def _decayed(seen: _Rows) -> list[float]:
    ages = [seen.cutoff - day for day in seen.dates]
    found: list[float] = []
    for table in _DECAY:
        last = len(table) - 1
        is_beyond = bool(ages) and ages[0] > last
        places = [min(age, last) for age in ages] if is_beyond else ages
        found += _weighed(table, places, seen)
    return found


def _weighed(table: Sequence[float], places: Sequence[int], seen: _Rows) -> tuple[float, float]:
    net = visits = 0.0
    for place, amount, is_visit in zip(places, seen.net, seen.visited, strict=True):
        weight = table[place]
        net += amount * weight  # one after another, as bincount adds
        if is_visit:
            visits += weight
    return net, visits
