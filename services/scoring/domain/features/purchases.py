"""Computes the features of purchases: 36 numbers, the same bits for one customer and for all."""

from __future__ import annotations

import numpy as np

from services.scoring.domain.days import IntArray
from services.scoring.domain.features.purchase_table import HALF_LIVES, WINDOWS
from services.scoring.domain.features.view import (
    FloatArray,
    View,
    between,
    decay_table,
    expand,
    largest,
    picked,
    prefix,
    ratio,
    sum_by_owner,
)

_DECAY = {half_life: decay_table(half_life) for half_life in HALF_LIVES}


def basics(view: View) -> FloatArray:
    """Compute BASICS: (n_features, n)."""
    days, cutoff, count = view.days, view.cutoff, view.visits
    bought, again = count > 0, count > 1
    visit_date, visit_net = days.date[view.visit_rows], days.sales_net[view.visit_rows]
    last = picked(visit_date, view.visit_stop - 1, bought)
    previous = picked(visit_date, view.visit_stop - 2, again)
    first = picked(visit_date, view.first_visit, bought)
    history = np.maximum(cutoff - view.history_start, 0)
    tenure = np.where(bought, np.minimum(cutoff - first, history), 0)
    recency = np.where(bought, cutoff - last, history)
    span = last - first
    gap = ratio(span, count - 1, again)
    net = between(prefix(days.net_booked), view.start, view.stop)
    sold = between(prefix(visit_net), view.first_visit, view.visit_stop)
    lines = between(prefix(days.lines[view.visit_rows]), view.first_visit, view.visit_stop)
    returned = between(prefix(days.returns_net), view.start, view.stop)
    return np.stack(
        [
            recency,
            tenure,
            count,
            net,
            ratio(sold, count, bought),
            largest(visit_net, view.first_visit, view.visit_stop),
            span,
            gap,
            ratio(recency, gap, again),
            ratio(count, tenure, tenure > 0),
            ratio(net, tenure, tenure > 0),
            _spread(visit_net, sold, view),
            picked(visit_net, view.visit_stop - 1, bought),
            np.where(again, last - previous, 0),
            between(prefix(days.returns), view.start, view.stop),
            returned,
            ratio(returned, sold, sold > 0),
            ratio(lines, count, bought),
        ]
    )


def _spread(visit_net: IntArray, sold: IntArray, view: View) -> FloatArray:
    """Compute the standard deviation of what an order day brought."""
    rows, owner = expand(view.first_visit, view.visit_stop)
    count = view.visits
    mean = ratio(sold, count, count > 0)
    squares = sum_by_owner(owner, np.square(visit_net[rows] - mean[owner]), len(count))
    return np.sqrt(ratio(squares, count, count > 0))


def windowed(view: View) -> FloatArray:
    """Compute WINDOWED: (n_features, n)."""
    net = prefix(view.days.net_booked)
    sums: list[IntArray] = []
    for window in WINDOWS:
        since = view.since(window)
        sums.append(between(net, since, view.stop))
        sums.append(between(view.visits_before, since, view.stop))
    return np.stack(sums).astype(np.float64)


def decayed(view: View) -> FloatArray:
    """Compute DECAYED: (n_features, n)."""
    n = len(view.start)
    rows, owner = expand(view.start, view.stop)
    ages = view.cutoff[owner] - view.days.date[rows]
    net = view.days.net_booked[rows].astype(np.float64)
    visited = (view.days.orders[rows] > 0).astype(np.float64)
    sums: list[FloatArray] = []
    for half_life in HALF_LIVES:
        table = _DECAY[half_life]
        weights = table[np.minimum(ages, len(table) - 1)]
        sums.append(sum_by_owner(owner, net * weights, n))
        sums.append(sum_by_owner(owner, visited * weights, n))
    return np.stack(sums)
