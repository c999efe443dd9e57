"""The demo shop day by day, as columns: purchases, voids and returns with their natural keys."""

from collections.abc import Iterator

import numpy as np

from deploy.demo.columns import Receipts
from deploy.demo.population import Population
from deploy.demo.returns import Returns, pick_voided, voids_of
from deploy.demo.rhythm import Rhythm
from deploy.demo.sales import day_sales
from deploy.demo.spec import ShopSpec
from deploy.demo.till import ring_up

_SALES, _RETURNS = 3, 4


def business_days(spec: ShopSpec, crowd: Population) -> Iterator[Receipts]:
    """Yield the receipts of each business date in order of time, up to `now`.

    Memory holds one day, the returns still to come and one row a customer.
    """
    rng, back = spec.random(_SALES), spec.random(_RETURNS)
    rhythm, returns = Rhythm(spec, crowd), Returns(back, crowd)
    for offset in range(spec.days):
        day = spec.first_day + offset
        seconds_open = spec.seconds_open(day)
        buyers = rhythm.buyers(offset)
        sales = _until(day_sales(rng, crowd, buyers=buyers, offset=offset, day=day), seconds_open)
        voided = pick_voided(back, sales, seconds_open)
        voids = voids_of(back, sales, voided, seconds_open)
        brought_back = [_until(part, seconds_open) for part in returns.due(day)]
        receipts, place = ring_up(sales, voids, voided, brought_back)
        returns.plan(receipts.take(np.delete(place, voided)))
        yield receipts


def _until(receipts: Receipts, seconds_open: int) -> Receipts:
    return receipts.take(np.flatnonzero(receipts.heads.second < seconds_open))
