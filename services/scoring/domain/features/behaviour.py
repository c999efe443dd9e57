"""Computes the features of how somebody buys and what else they do, as behaviour_table names them.

An undefined value is 0, so a shop that sends no views or costs has zeros here and never a NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import IntArray
from services.scoring.domain.features.behaviour_table import (
    ACTS,
    BEHAVIOUR_HALF_LIFE,
    BROWSING,
    CART_DAYS,
    DISCOUNT_DAYS,
    RECENT_DAYS,
    TREND_DAYS,
)
from services.scoring.domain.features.view import (
    BoolArray,
    FloatArray,
    View,
    between,
    decay_table,
    expand,
    picked,
    prefix,
    ratio,
    sum_by_owner,
)

_DECAY = decay_table(BEHAVIOUR_HALF_LIFE)
_FEWEST_FOR_RHYTHM = 3


def money(view: View) -> FloatArray:
    """Compute MONEY: (n_features, n)."""
    days = view.days
    # A day's cost is 0 where the shop does not send costs: it would look like pure profit.
    has_cost = days.cost != 0
    net = _total(view, days.net_booked * has_cost)
    margin = net - _total(view, days.cost)
    discount, gross = prefix(days.discount), prefix(days.gross)
    since = view.since(DISCOUNT_DAYS)
    taken, listed = (between(sums, view.start, view.stop) for sums in (discount, gross))
    lately, listed_lately = (between(sums, since, view.stop) for sums in (discount, gross))
    quantity = _total(view, days.quantity_milli * (days.orders > 0))
    return np.stack(
        [
            margin.astype(np.float64),
            ratio(margin, net, net > 0),
            ratio(taken, listed, listed > 0),
            ratio(lately, listed_lately, listed_lately > 0),
            ratio(quantity, 1000 * view.visits, view.visits > 0),
        ]
    )


def channel(view: View) -> FloatArray:
    """Compute CHANNEL: (n_features, n)."""
    online, orders = _total(view, view.days.online_orders), _total(view, view.days.orders)
    share = ratio(online, orders, orders > 0)
    return np.stack([share, 4 * share * (1 - share)])


def rhythm(view: View) -> FloatArray:
    """Compute RHYTHM: (n_features, n)."""
    net, middle = prefix(view.days.net_booked), view.since(TREND_DAYS)
    lately = between(net, middle, view.stop)
    before = between(net, view.since(2 * TREND_DAYS), middle)
    size = np.abs(lately) + np.abs(before)
    gap, spread = _gaps(view)
    return np.stack(
        [
            ratio(lately - before, size, size > 0),
            spread,
            ratio(gap, gap + spread, view.visits >= _FEWEST_FOR_RHYTHM),
        ]
    )


def _gaps(view: View) -> tuple[FloatArray, FloatArray]:
    """Give mean and standard deviation of the gaps between order days; 0 below two gaps."""
    enough = view.visits >= _FEWEST_FOR_RHYTHM
    gaps = np.diff(view.days.date[view.visit_rows], append=0).astype(np.int64)
    last = np.where(enough, view.visit_stop - 1, view.first_visit)
    rows, owner = expand(view.first_visit, last)
    count = last - view.first_visit
    mean = ratio(sum_by_owner(owner, gaps[rows], len(count)), count, enough)
    squares = sum_by_owner(owner, np.square(gaps[rows] - mean[owner]), len(count))
    return mean, np.sqrt(ratio(squares, count, enough))


def engagement(view: View) -> FloatArray:
    """Compute ENGAGEMENT: (n_features, n)."""
    since = view.since(RECENT_DAYS)
    rows, owner = expand(view.start, view.stop)
    ages = view.cutoff[owner] - view.days.date[rows]
    weights = _DECAY[np.minimum(ages, len(_DECAY) - 1)]
    counts = [getattr(view.days, act) for act in ACTS]
    recent = [between(prefix(count), since, view.stop).astype(np.float64) for count in counts]
    decayed = [sum_by_owner(owner, count[rows] * weights, len(since)) for count in counts]
    return np.stack([*recent, *decayed])


def visits(view: View) -> FloatArray:
    """Compute VISITS: (n_features, n)."""
    browsing = _is_browsing(view)
    before, rows = prefix(browsing), np.flatnonzero(browsing)
    stop = before[view.stop]
    last = picked(view.days.date[rows], stop - 1, stop > before[view.start])
    return np.stack(
        [
            between(before, view.since(RECENT_DAYS), view.stop).astype(np.float64),
            np.where(last > 0, view.cutoff - last, 0).astype(np.float64),
            _cart_to_order(view),
            *_browse_to_buy(view, before, rows),
        ]
    )


def _is_browsing(view: View) -> BoolArray:
    acts: NDArray[np.int64] = np.stack([getattr(view.days, name) for name in BROWSING])
    return np.asarray((acts > 0).any(axis=0))


def _cart_to_order(view: View) -> FloatArray:
    """Share the days with a cart by whether an order followed within a week."""
    dates, has_cart = view.days.date, view.days.carts > 0
    cart_rows, before = np.flatnonzero(has_cart), prefix(has_cart)
    places, owner = expand(before[view.start], before[view.stop])
    rows = cart_rows[places]
    following = view.visits_before[rows]  # the first order day on the cart's day or later
    bought = following < view.visit_stop[owner]
    waited = picked(dates[view.visit_rows], following, bought) - dates[rows]
    ordered = bought & (waited < CART_DAYS)
    carts = between(before, view.start, view.stop)
    return ratio(sum_by_owner(owner, ordered, len(carts)), carts, carts > 0)


def _browse_to_buy(
    view: View, browsing_before: IntArray, browsing_rows: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Give days from the first browsing to the order, and the share of orders without any."""
    dates, n = view.days.date, len(view.start)
    places, owner = expand(view.first_visit, view.visit_stop)
    rows = view.visit_rows[places]
    is_first = places == view.first_visit[owner]
    after = np.where(is_first, view.start[owner], view.visit_rows[places - 1] + 1)
    first, end = browsing_before[after], browsing_before[rows + 1]
    browsed = first < end
    waited = np.where(browsed, dates[rows] - picked(dates[browsing_rows], first, browsed), 0)
    known = sum_by_owner(owner, browsed, n)
    ever = browsing_before[view.stop] > browsing_before[view.start]
    return (
        ratio(sum_by_owner(owner, waited, n), known, known > 0),
        ratio(view.visits - known, view.visits, ever & (view.visits > 0)),
    )


def feedback(view: View) -> FloatArray:
    """Compute FEEDBACK: (n_features, n)."""
    days = view.days
    counts = (days.feedback, days.complaints, days.referrals)
    return np.stack([_total(view, each) for each in counts]).astype(np.float64)


def _total(view: View, values: NDArray[np.integer]) -> IntArray:
    """Sum a column over all rows before the cut-off."""
    return between(prefix(values), view.start, view.stop)
