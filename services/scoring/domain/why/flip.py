"""The smallest change that would flip a tier: what-ifs through the same features and model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import COLUMNS, CustomerDays, day_number, pack_days
from services.scoring.domain.features import features
from services.scoring.domain.tiers.release import Release
from services.scoring.domain.tiers.standing import Standing, fall_at_midnight, rise_during
from services.scoring.domain.why.amounts import smallest_amount

IntArray = NDArray[np.int64]

MOST_ORDERS: Final = 12
LONGEST_PACE_DAYS: Final = 7
FARTHEST_DAYS: Final = 364
#: One order is tried up to this many times the largest known purchase or the mean spend.
_MOST_TIMES: Final = 100
# A round power of ten that every JSON reader keeps exactly.
_MOST_MINOR: Final = 10**15
# Most falls come soon: look at a month first, and farther only where it takes longer.
_SPANS: Final = (28, 84, 252)
_BY_AMOUNT: Final = frozenset({"gross", "discount", "cost"})
_BY_ORDER: Final = frozenset({"quantity_milli", "online_orders"})


@dataclass(frozen=True, slots=True)
class Ground:
    """What a what-if starts from: one customer's days up to today, and the tier held.

    `level` divides the season out and is held as today's; `unit` is one whole unit of the
    currency in minor units; `mean_spend` is what a raw score of 1 stands for.
    """

    days: CustomerDays
    today: date
    release: Release
    level: float
    rank: int
    unit: int
    mean_spend: float

    @property
    def known(self) -> CustomerDays:
        """Give the days without what lies ahead."""
        return _until(self.days, day_number(self.today))

    @property
    def top(self) -> bool:
        """Say whether nothing lies above."""
        return self.rank + 1 >= len(self.release.programme.tiers)


@dataclass(frozen=True, slots=True)
class Order:
    """An order like the customer's others: net in minor units, and how many lines."""

    net: int
    lines: int


@dataclass(frozen=True, slots=True)
class Rise:
    """How a higher tier is reached: by `orders` equal orders, one every `every_days`, from today.

    One order: the smallest in whole units of the currency.
    """

    rank: int
    order: Order
    orders: int = 1
    every_days: int = 0


@dataclass(frozen=True, slots=True)
class RiseSearch:
    """Both ways up; None where none was found within `most` or `MOST_ORDERS`."""

    by_amount: Rise | None
    most: int
    by_orders: Rise | None


@dataclass(frozen=True, slots=True)
class Fall:
    """When a tier falls without a purchase, and to which; None within `until`."""

    on: date | None
    rank: int | None
    until: date


def find_rise(ground: Ground) -> RiseSearch | None:
    """Search the smallest rise; None where nothing lies above."""
    if ground.top:
        return None
    most = most_units(ground)
    return RiseSearch(
        by_amount=_by_amount(ground, most), most=most * ground.unit, by_orders=_by_orders(ground)
    )


def most_units(ground: Ground) -> int:
    """Choose how far to look for one order, as a round number of units."""
    largest = int(ground.known.sales_net.max(initial=0))
    units = max(1, round(_MOST_TIMES * max(largest, ground.mean_spend) / ground.unit))
    units = min(units, _MOST_MINOR // ground.unit)
    power: int = 10 ** (len(str(units)) - 1)
    return -(-units // power) * power


def _by_amount(ground: Ground, most: int) -> Rise | None:
    """Find the smallest order today that lifts the tier."""
    found = smallest_amount(partial(_ranks_after, ground), ground.rank, most)
    if found is None:
        return None
    return Rise(found.rank, Order(found.units * ground.unit, usual_lines(ground.known)))


def _ranks_after(ground: Ground, units: Sequence[int]) -> list[int]:
    """Name the tier reached by one order today, for every amount."""
    today = day_number(ground.today)
    nets = np.array(units, dtype=np.int64)[:, None] * ground.unit
    what_if = with_orders(ground.known, [today], nets)
    return _reached(ground, what_if, np.full(len(units), today), np.arange(len(units)))


def _by_orders(ground: Ground) -> Rise | None:
    """Count the usual orders it takes, at a pace of a week or the customer's own if quicker."""
    known = ground.known
    orders = int(known.orders.sum())
    if orders == 0:
        return None
    net = max(1, round(int(known.sales_net.sum()) / orders / ground.unit)) * ground.unit
    pace = _pace(known)
    dates = [day_number(ground.today) + pace * step for step in range(MOST_ORDERS)]
    what_if = with_orders(known, dates, np.full((1, MOST_ORDERS), net))
    ranks = _reached(ground, what_if, np.array(dates), np.zeros(MOST_ORDERS, dtype=np.int64))
    for place, rank in enumerate(ranks):
        if rank > ground.rank:
            return Rise(rank, Order(net, usual_lines(known)), place + 1, pace)
    return None


def _pace(known: CustomerDays) -> int:
    dates = known.date[known.orders > 0]
    if len(dates) < 2:
        return LONGEST_PACE_DAYS
    gap = int(dates[-1] - dates[0]) / (len(dates) - 1)
    return min(LONGEST_PACE_DAYS, max(1, round(gap)))


def find_fall(ground: Ground, standing: Standing) -> Fall | None:
    """Live through the dates ahead without a purchase; None where nothing lies below."""
    if ground.rank == 0:
        return None
    day = ground.today
    for span in _SPANS:
        for score in _scores_ahead(ground, day, span):
            day += timedelta(days=1)
            standing = _next_day(standing, score, ground)
            if standing.rank < ground.rank:
                return Fall(day, standing.rank, day)
    return Fall(None, None, day)


def _next_day(standing: Standing, score: float, ground: Ground) -> Standing:
    rules = ground.release.rules
    fallen = fall_at_midnight(standing, rules.cuts, rules.fall_after_days)
    return rise_during(fallen, score, rules.cuts)


def _scores_ahead(ground: Ground, day: date, span: int) -> list[float]:
    """Score the dates after a day, nothing happening on them."""
    dates = day_number(day) + 1 + np.arange(span)
    return _scores(ground, ground.known, dates, np.zeros(span, dtype=np.int64))


def _reached(ground: Ground, days: CustomerDays, dates: IntArray, who: IntArray) -> list[int]:
    cuts = ground.release.rules.cuts
    return [cuts.entered(score) for score in _scores(ground, days, dates, who)]


def _scores(ground: Ground, days: CustomerDays, dates: IntArray, who: IntArray) -> list[float]:
    """Score dates with all their facts, season-free, as a decision does."""
    model, start = ground.release.model, ground.release.history_start
    X = features(days, dates + 1, start, customers=who, columns=model.columns, months=model.months)
    scores: list[float] = (model.raw_score(X) / ground.level).tolist()
    return scores


def with_orders(days: CustomerDays, dates: Sequence[int], nets: IntArray) -> CustomerDays:
    """Give one customer orders on later dates, in as many variants as `nets` has rows.

    `days` is one customer up to `dates[0]` at most, `dates` rise, `nets` (variants, dates) in
    minor units. An order has the customer's usual lines, pieces and channel, and their usual
    cost and discount for its size. One on a date that is known already joins that date.
    """
    kept = int(np.searchsorted(days.date, dates[0]))
    variants, extra = nets.shape
    columns: dict[str, IntArray] = {}
    for name in COLUMNS:
        values = getattr(days, name)
        of_order = _of_order(days, name, nets)
        if not (of_order.any() or values.any()):
            continue  # nothing to lay out: most shops do not tell every column
        row = np.concatenate([values[:kept], np.zeros(extra, dtype=np.int64)])
        row[kept] = values[kept:].sum()
        table = np.tile(row, (variants, 1))
        table[:, kept:] += of_order
        columns[name] = table.ravel()
    numbers = np.tile(np.concatenate([days.date[:kept], np.array(dates)]), variants)
    return pack_days(np.arange(variants + 1) * (kept + extra), numbers, **columns)


def in_variants(days: CustomerDays, on: date, nets: Sequence[int]) -> CustomerDays:
    """Give one customer one order on a date, in as many variants as there are nets."""
    return with_orders(days, [day_number(on)], np.array(nets, dtype=np.int64)[:, None])


def _of_order(days: CustomerDays, name: str, nets: IntArray) -> IntArray:
    """Fill one column for orders of these nets."""
    if name in {"net_booked", "sales_net"}:
        return nets
    if name == "orders":
        return np.ones_like(nets)
    if name == "lines":
        return np.full_like(nets, usual_lines(days))
    if name in _BY_AMOUNT:
        sold = int(days.sales_net.sum())
        share = int(getattr(days, name).sum()) / sold if sold > 0 else 0.0
        part: IntArray = np.rint(nets * share).astype(np.int64)
        return part
    if name in _BY_ORDER:
        return np.full_like(nets, round(int(getattr(days, name).sum()) / _orders(days)))
    return np.zeros_like(nets)


def _orders(days: CustomerDays) -> int:
    return max(1, int(days.orders.sum()))


def usual_lines(days: CustomerDays) -> int:
    """Count the lines of an order like the customer's others, at least 1."""
    return max(1, round(int(days.lines.sum()) / _orders(days)))


def _until(days: CustomerDays, today: int) -> CustomerDays:
    stop = int(np.searchsorted(days.date, today, side="right"))
    if stop == days.row_count:
        return days
    columns = {name: getattr(days, name)[:stop] for name in COLUMNS}
    return pack_days(np.array([0, stop]), days.date[:stop], **columns)
