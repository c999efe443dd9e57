"""A shop of three years and its twin, which differs only by a planted threefold December."""

from datetime import date

import numpy as np

from services.scoring.domain.days import CustomerDays, day_number
from services.scoring.domain.features.season_free import month_of
from services.scoring.model.files.rows import Rows, days_of_rows

START = day_number(date(2023, 6, 1))
END = day_number(date(2026, 3, 1))
_DECEMBER = 11


def shop_with_december(times: int, *, customers: int = 2_000, seed: int = 1) -> CustomerDays:
    """Draw the same customers and orders for any `times`; December's orders cost that much more."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.8, 0.02, customers) + 0.002
    basket = rng.lognormal(8, 0.6, customers)
    birth = START + rng.integers(0, (END - START) * 4 // 5, customers)
    life = np.minimum(rng.exponential(700, customers).astype(np.int64), END - birth)
    counts = 1 + rng.poisson(rate * life)
    customer = np.repeat(np.arange(customers), counts)
    is_first = np.concatenate(([True], np.diff(customer) > 0))
    later = (rng.random(len(customer)) * life[customer]).astype(np.int64)
    dates = birth[customer] + np.where(is_first, 0, later)
    amount = np.rint(basket[customer] * rng.gamma(4, 0.25, len(customer))).astype(np.int64)
    planted = np.where(month_of(dates) == _DECEMBER, times * amount, amount)
    return days_of_rows(_rows(customer, dates, planted), customers)


def _rows(customer: np.ndarray, dates: np.ndarray, amount: np.ndarray) -> Rows:
    return Rows(
        customer=customer,
        date=dates,
        order=np.arange(len(customer)),
        amount=amount,
        quantity_milli=None,
        discount=None,
        cost=None,
        online=np.zeros(len(customer), dtype=bool),
    )
