"""Which rows a customer has before a cut-off, and sums over them that are exact in any layout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, IntArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

# Past 60 half-lives a day weighs less than 1e-18 of today: it is dropped from the decayed sums.
_DECAY_REACH = 60


@dataclass(frozen=True, slots=True)
class View:
    """Rows [start, stop) of each asked customer before the cut-off, and their order days.

    `visit_rows` are the rows with an order, `visits_before` how many lie before each row;
    positions [first_visit, visit_stop) of `visit_rows` are those of the asked customer.
    """

    days: CustomerDays
    cutoff: IntArray
    history_start: int
    customer: IntArray
    start: IntArray
    stop: IntArray
    visit_rows: IntArray
    visits_before: IntArray
    first_visit: IntArray
    visit_stop: IntArray

    @property
    def visits(self) -> IntArray:
        """Count each asked customer's order days."""
        return self.visit_stop - self.first_visit

    def since(self, window_days: int) -> IntArray:
        """Find the first row of the last `window_days` days before the cut-off."""
        return rows_before(self.days, self.customer, self.cutoff - window_days)


def view_of(days: CustomerDays, cutoff: IntArray, asked: IntArray, history_start: int) -> View:
    """Find the rows of asked customers before their cut-offs."""
    start = days.offsets[asked]
    visits = days.orders > 0
    visits_before = prefix(visits)
    stop = rows_before(days, asked, cutoff)
    return View(
        days=days,
        cutoff=cutoff,
        history_start=history_start,
        customer=asked,
        start=start,
        stop=stop,
        visit_rows=np.flatnonzero(visits),
        visits_before=visits_before,
        first_visit=visits_before[start],
        visit_stop=visits_before[stop],
    )


def rows_before(days: CustomerDays, customer: IntArray, cutoff: IntArray) -> IntArray:
    """Find where each customer's dates reach the cut-off."""
    if len(days) == 1:  # serving: no keys to build
        return np.searchsorted(days.date, cutoff)
    owner = np.repeat(np.arange(len(days)), np.diff(days.offsets))
    keys = (owner << 32) + days.date
    found = np.searchsorted(keys, (customer << 32) + cutoff)
    return np.clip(found, days.offsets[customer], days.offsets[customer + 1])


def prefix(values: NDArray[np.integer] | BoolArray) -> IntArray:
    """Sum the first 0, 1, ... n values: a range then sums exactly, in any layout."""
    sums = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=sums[1:])
    return sums


def between(sums: IntArray, start: IntArray, stop: IntArray) -> IntArray:
    """Sum ranges of what `sums` is the prefix of."""
    return sums[stop] - sums[start]


def ratio(top: NDArray[np.number], bottom: NDArray[np.number], where: BoolArray) -> FloatArray:
    """Divide where it is defined, 0 elsewhere."""
    result = np.zeros(len(where))
    np.divide(top, bottom, out=result, where=where)
    return result


def picked(values: NDArray[np.integer], rows: IntArray, where: BoolArray) -> IntArray:
    """Pick values at rows, 0 where there is none."""
    result = np.zeros(len(rows), dtype=np.int64)
    result[where] = values[rows[where]]
    return result


def largest(values: IntArray, start: IntArray, stop: IntArray) -> IntArray:
    """Find the largest value of each range, 0 for an empty one."""
    result = np.zeros(len(start), dtype=np.int64)
    some = stop > start
    if some.any():
        pairs = np.stack([start[some], stop[some]], axis=1).ravel()
        padded = np.append(values, 0)  # so that a stop at the very end is a valid index
        result[some] = np.maximum.reduceat(padded, pairs)[::2]
    return result


def expand(start: IntArray, stop: IntArray) -> tuple[IntArray, IntArray]:
    """List the rows of every range, with the position of the range each belongs to."""
    counts = stop - start
    owner = np.repeat(np.arange(len(counts)), counts)
    shift = start - np.concatenate(([0], np.cumsum(counts)[:-1]))
    return np.arange(len(owner)) + shift[owner], owner


def sum_by_owner(owner: IntArray, weights: NDArray[np.number] | BoolArray, n: int) -> FloatArray:
    """Add up weights by owner, one row after another."""
    # bincount adds one row after another; np.sum and add.reduceat add in pairs, so their
    # last bit depends on where in the array a customer lies.
    return np.bincount(owner, weights=weights, minlength=n).astype(np.float64, copy=False)


def decay_table(half_life: int) -> FloatArray:
    """Weigh ages in days 0, 1, ...: 2^(-age / half-life), 0 past the last."""
    # A table, not np.exp2: a vectorised exponential may round differently by position in the
    # array, and one customer must get the same bits alone and in bulk.
    ages = range(half_life * _DECAY_REACH)
    return np.array([2.0 ** (-age / half_life) for age in ages] + [0.0])
