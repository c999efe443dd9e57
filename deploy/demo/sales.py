"""The sales of one day: who bought what, where and at which hour."""

import numpy as np

from deploy.demo.catalogue import (
    COSTS,
    IS_WEIGHED,
    ONLINE,
    PRICES,
    TILLS,
    pick_articles,
    pick_stores,
)
from deploy.demo.columns import NO_LINK, Channel, Heads, Kind, Lines, Receipts, starts_of
from deploy.demo.population import Population
from deploy.demo.season import Ints, seconds_of_day

ANONYMOUS_SHARE = 0.25
MOST_LINES = 12
DISCOUNT_SHARE = 0.25
DISCOUNT_PERCENT = (5, 10, 15, 25)


def day_sales(
    rng: np.random.Generator, crowd: Population, *, buyers: Ints, offset: int, day: int
) -> Receipts:
    """Ring up the day's buyers, and walk-ins in proportion; sequence numbers come later."""
    walk_ins = rng.poisson(buyers.size * ANONYMOUS_SHARE / (1 - ANONYMOUS_SHARE))
    rows = np.concatenate([buyers, np.full(walk_ins, crowd.walk_in)])
    heads = _heads(rng, crowd, rows, day)
    basket = crowd.basket[rows] * np.exp(crowd.growth[rows] * offset)
    sizes = 1 + rng.poisson(basket).clip(0, MOST_LINES - 1)
    return Receipts(heads, _lines(rng, crowd, rows, sizes), starts_of(sizes))


def _heads(rng: np.random.Generator, crowd: Population, rows: Ints, day: int) -> Heads:
    count = rows.size
    is_online = rng.random(count) < crowd.online[rows]
    at_home = rng.random(count) < crowd.home_loyalty[rows]
    store = np.where(at_home, crowd.home[rows], pick_stores(rng, count))
    online_channel = np.where(rng.random(count) < 0.5, Channel.WEB, Channel.APP)
    weekend = ((day + 3) % 7 >= 5) * 1.5
    second = seconds_of_day(
        rng, crowd.hour[rows] + weekend, crowd.hour_spread[rows], always_open=is_online
    )
    none = np.full(count, NO_LINK)
    return Heads(
        kind=np.full(count, int(Kind.SALE)),
        customer=np.where(rows == crowd.walk_in, -1, rows),
        store=np.where(is_online, ONLINE, store),
        till=np.where(is_online, 0, rng.integers(0, TILLS, count)),
        day=np.full(count, day),
        second=second,
        sequence=np.zeros(count, dtype=np.int64),
        channel=np.where(is_online, online_channel, Channel.STORE),
        link_day=none,
        link_till=none,
        link_sequence=none,
    )


def _lines(rng: np.random.Generator, crowd: Population, rows: Ints, sizes: Ints) -> Lines:
    owner = np.repeat(rows, sizes)
    count = owner.size
    start = starts_of(sizes)
    by_habit = rng.random(count) < crowd.habit[owner]
    sku = np.where(by_habit, crowd.favourite[owner], pick_articles(rng, count))
    many = rng.random(count)
    pieces = 1 + (many < 0.16).astype(np.int64) + (many < 0.04)
    quantity_milli = np.where(IS_WEIGHED[sku], 250, 1000) * pieces
    gross = PRICES[sku] * quantity_milli // 1000
    percent = np.array(DISCOUNT_PERCENT)[rng.integers(0, len(DISCOUNT_PERCENT), count)]
    is_reduced = (rng.random(count) < DISCOUNT_SHARE) & (owner != crowd.walk_in)
    discount = np.where(is_reduced, (gross * percent + 50) // 100, 0)
    return Lines(
        number=np.arange(count) - np.repeat(start[:-1], sizes) + 1,
        sku=sku,
        quantity_milli=quantity_milli,
        unit_price=PRICES[sku],
        discount=discount,
        net=gross - discount,
        cost=COSTS[sku] * quantity_milli // 1000,
    )
