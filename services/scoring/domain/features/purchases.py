"""Computes the features from packed days: the same bits for one customer and for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, IntArray
from services.scoring.domain.features.table import FEATURES, HALF_LIVES, WINDOWS

FloatArray = NDArray[np.float64]

# Past 60 half-lives a day weighs less than 1e-18 of today: it is dropped from the decayed sums.
_DECAY_REACH = 60


def _decay_table(half_life: int) -> FloatArray:
    # A table, not np.exp2: a vectorised exponential may round differently by position in the
    # array, and one customer must get the same bits alone and in bulk.
    ages = range(half_life * _DECAY_REACH)
    return np.array([2.0 ** (-age / half_life) for age in ages] + [0.0])


_DECAY = {half_life: _decay_table(half_life) for half_life in HALF_LIVES}


@dataclass(frozen=True, slots=True)
class _View:
    """Rows of each asked customer before the cut-off, and their order days among them."""

    days: CustomerDays
    cutoff: IntArray
    customer: IntArray
    start: IntArray
    stop: IntArray
    visit_rows: IntArray
    visits_before: IntArray
    first_visit: IntArray
    visit_stop: IntArray


def features(
    days: CustomerDays,
    cutoff: NDArray[np.integer] | int,
    history_start: int,
    *,
    customers: NDArray[np.integer] | None = None,
    columns: Sequence[int] | None = None,
) -> FloatArray:
    """Compute every feature of each customer from the rows before the cut-off.

    With `columns` (positions in FEATURES) only these need be computed; the others may be 0.

    Shape: (n, n_features), float64, columns in FEATURES order. `cutoff` is one day number or
    one per row of the answer; `customers` are positions in `days` (default: all, in order;
    repeat a position to see a customer at several dates). `history_start` is the shop's first
    day: a rate is never spread over days before it, and who never bought has it as recency. An
    undefined value (the gap of a customer with one order) is 0. Each row depends on its own
    customer only, to the bit.
    """
    asked = np.arange(len(days)) if customers is None else np.asarray(customers, dtype=np.int64)
    view = _view(days, np.broadcast_to(np.asarray(cutoff, dtype=np.int64), asked.shape), asked)
    table = np.empty((len(FEATURES), len(asked)))
    basics = len(FEATURES) - 2 * len(WINDOWS) - 2 * len(HALF_LIVES)
    table[:basics] = _basics(view, history_start)
    table[basics : basics + 2 * len(WINDOWS)] = _window_sums(view)
    table[basics + 2 * len(WINDOWS) :] = _decayed_sums(view)
    return np.ascontiguousarray(table.T)


def _view(days: CustomerDays, cutoff: IntArray, asked: IntArray) -> _View:
    start = days.offsets[asked]
    visits = days.orders > 0
    visits_before = _prefix(visits.astype(np.int64))
    stop = _rows_before(days, asked, cutoff)
    return _View(
        days=days,
        cutoff=cutoff,
        customer=asked,
        start=start,
        stop=stop,
        visit_rows=np.flatnonzero(visits),
        visits_before=visits_before,
        first_visit=visits_before[start],
        visit_stop=visits_before[stop],
    )


def _rows_before(days: CustomerDays, customer: IntArray, cutoff: IntArray) -> IntArray:
    """Find where each customer's dates reach the cut-off."""
    if len(days) == 1:  # serving: no keys to build
        return np.searchsorted(days.date, cutoff)
    owner = np.repeat(np.arange(len(days)), np.diff(days.offsets))
    keys = (owner << 32) + days.date
    found = np.searchsorted(keys, (customer << 32) + cutoff)
    return np.clip(found, days.offsets[customer], days.offsets[customer + 1])


def _prefix(values: NDArray[np.integer]) -> IntArray:
    """Sum the first 0, 1, ... n values: a range then sums exactly, in any layout."""
    sums = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def _ratio(
    top: NDArray[np.number], bottom: NDArray[np.number], where: NDArray[np.bool_]
) -> FloatArray:
    result = np.zeros(len(where))
    np.divide(top, bottom, out=result, where=where)
    return result


def _picked(
    values: NDArray[np.integer], rows: IntArray, where: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Pick values at rows, 0 where there is none."""
    result = np.zeros(len(rows), dtype=np.int64)
    result[where] = values[rows[where]]
    return result


def _basics(view: _View, history_start: int) -> FloatArray:
    days, cutoff = view.days, view.cutoff
    count = view.visit_stop - view.first_visit
    bought, again = count > 0, count > 1
    visit_date, visit_net = days.date[view.visit_rows], days.sales_net[view.visit_rows]
    last = _picked(visit_date, view.visit_stop - 1, bought)
    previous = _picked(visit_date, view.visit_stop - 2, again)
    first = _picked(visit_date, view.first_visit, bought)
    history = np.maximum(cutoff - history_start, 0)
    tenure = np.where(bought, np.minimum(cutoff - first, history), 0)
    recency = np.where(bought, cutoff - last, history)
    span = last - first
    gap = _ratio(span, count - 1, again)
    net = _between(_prefix(days.net_booked), view.start, view.stop)
    visit_sums = _prefix(visit_net)
    sold = _between(visit_sums, view.first_visit, view.visit_stop)
    lines = _between(_prefix(days.lines[view.visit_rows]), view.first_visit, view.visit_stop)
    returned = _between(_prefix(days.returns_net), view.start, view.stop)
    return np.stack(
        [
            recency,
            tenure,
            count,
            net,
            _ratio(sold, count, bought),
            _largest(visit_net, view.first_visit, view.visit_stop),
            span,
            gap,
            _ratio(recency, gap, again),
            _ratio(count, tenure, tenure > 0),
            _ratio(net, tenure, tenure > 0),
            _spread(visit_net, sold, view),
            _picked(visit_net, view.visit_stop - 1, bought),
            np.where(again, last - previous, 0),
            _between(_prefix(days.returns), view.start, view.stop),
            returned,
            _ratio(returned, sold, sold > 0),
            _ratio(lines, count, bought),
        ]
    )


def _between(sums: IntArray, start: IntArray, stop: IntArray) -> IntArray:
    return sums[stop] - sums[start]


def _largest(values: IntArray, start: IntArray, stop: IntArray) -> IntArray:
    result = np.zeros(len(start), dtype=np.int64)
    some = stop > start
    if some.any():
        pairs = np.stack([start[some], stop[some]], axis=1).ravel()
        padded = np.append(values, 0)  # so that a stop at the very end is a valid index
        result[some] = np.maximum.reduceat(padded, pairs)[::2]
    return result


def _expand(start: IntArray, stop: IntArray) -> tuple[IntArray, IntArray]:
    """List the rows of every range, with the position of the range each belongs to."""
    counts = stop - start
    owner = np.repeat(np.arange(len(counts)), counts)
    shift = start - np.concatenate(([0], np.cumsum(counts)[:-1]))
    return np.arange(len(owner)) + shift[owner], owner


def _sum_by_owner(owner: IntArray, weights: FloatArray, n: int) -> FloatArray:
    # bincount adds one row after another; np.sum and add.reduceat add in pairs, so their
    # last bit depends on where in the array a customer lies.
    return np.bincount(owner, weights=weights, minlength=n).astype(np.float64, copy=False)


def _spread(visit_net: IntArray, sold: IntArray, view: _View) -> FloatArray:
    """Compute the standard deviation of what an order day brought."""
    n = len(view.start)
    rows, owner = _expand(view.first_visit, view.visit_stop)
    count = view.visit_stop - view.first_visit
    mean = _ratio(sold, count, count > 0)
    squares = _sum_by_owner(owner, np.square(visit_net[rows] - mean[owner]), n)
    return np.sqrt(_ratio(squares, count, count > 0))


def _window_sums(view: _View) -> FloatArray:
    net = _prefix(view.days.net_booked)
    sums: list[IntArray] = []
    for window in WINDOWS:
        since = _rows_before(view.days, view.customer, view.cutoff - window)
        sums.append(_between(net, since, view.stop))
        sums.append(_between(view.visits_before, since, view.stop))
    return np.stack(sums).astype(np.float64)


def _decayed_sums(view: _View) -> FloatArray:
    n = len(view.start)
    rows, owner = _expand(view.start, view.stop)
    ages = view.cutoff[owner] - view.days.date[rows]
    net = view.days.net_booked[rows].astype(np.float64)
    visited = (view.days.orders[rows] > 0).astype(np.float64)
    sums: list[FloatArray] = []
    for half_life in HALF_LIVES:
        table = _DECAY[half_life]
        weights = table[np.minimum(ages, len(table) - 1)]
        sums.append(_sum_by_owner(owner, net * weights, n))
        sums.append(_sum_by_owner(owner, visited * weights, n))
    return np.stack(sums)
