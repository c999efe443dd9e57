"""A seeded shop for the value model: each customer has a rate, a basket and an end."""

import csv
from pathlib import Path

import numpy as np

from services.scoring.domain.days import CustomerDays, day_of
from services.scoring.model.files.rows import Rows, days_of_rows

START = 14_000


def shop_rows(customers: int = 400, *, days: int = 300, seed: int = 3) -> Rows:
    """Draw orders of two lines each, with one return in twenty-five."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.6, 0.03, customers)
    basket = rng.gamma(2.0, 1500.0, customers) + 100
    alive = np.minimum(rng.exponential(400.0, customers), days)
    counts = np.maximum(rng.poisson(rate * alive), 1)
    customer = np.repeat(np.arange(customers), counts)
    date = START + (rng.random(len(customer)) * alive[customer]).astype(np.int64)
    amount = (basket[customer] * rng.gamma(4.0, 0.25, len(customer)) / 2).astype(np.int64) + 1
    amount = np.where(rng.random(len(customer)) < 0.04, -amount, amount)
    order = np.arange(len(customer))
    return Rows(
        customer=np.repeat(customer, 2),
        date=np.repeat(date, 2),
        order=np.repeat(order, 2),
        amount=np.repeat(amount, 2),
        quantity_milli=None,
        discount=None,
        cost=None,
        online=np.zeros(2 * len(customer), dtype=bool),
    )


def shop_days(customers: int = 400, *, days: int = 300, seed: int = 3) -> CustomerDays:
    """Fold the shop's rows into customer days."""
    return days_of_rows(shop_rows(customers, days=days, seed=seed), customers)


def write_shop(path: Path, customers: int = 400, *, days: int = 300, seed: int = 3) -> Path:
    """Write the shop as a CSV file with the columns of a real export."""
    rows = shop_rows(customers, days=days, seed=seed)
    with path.open("w", newline="", encoding="utf-8") as target:
        lines = csv.writer(target)
        lines.writerow(("customer_id", "occurred_at", "amount", "order_id"))
        for customer, date, order, amount in zip(
            rows.customer, rows.date, rows.order, rows.amount, strict=True
        ):
            lines.writerow((f"{customer:05d}", day_of(date), f"{amount / 100:.2f}", f"o{order}"))
    return path
