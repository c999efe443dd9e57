"""Folds transaction rows into customer days, as ingest folds receipts into `customer_day`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, IntArray, pack_days


@dataclass(frozen=True, slots=True)
class Rows:
    """Transaction lines in file order: `customer` and `order` are codes, money minor units.

    Rows of one customer, order code and day are one order. Its sum decides what it is: below
    zero a return, else a sale (a discount line of a sale is negative too).
    """

    customer: IntArray
    date: IntArray
    order: IntArray
    amount: IntArray
    quantity_milli: IntArray | None
    discount: IntArray | None
    cost: IntArray | None
    online: NDArray[np.bool_]


def days_of_rows(rows: Rows, customer_count: int) -> CustomerDays:
    """Fold rows into orders and orders into one row per customer and day."""
    by_order = np.lexsort((rows.order, rows.date, rows.customer))
    customer, date, order = (column[by_order] for column in (rows.customer, rows.date, rows.order))
    new_day = _changes(customer, date)
    starts = np.flatnonzero(new_day | _changes(order))
    totals = _order_totals(rows, by_order, starts)
    day_starts = np.flatnonzero(new_day)
    day_of_order = np.searchsorted(starts, day_starts)
    columns = {name: np.add.reduceat(total, day_of_order) for name, total in totals.items()}
    counts = np.bincount(customer[day_starts], minlength=customer_count)
    offsets = np.concatenate(([0], np.cumsum(counts)))
    return pack_days(offsets, date[day_starts], **columns)


def _changes(*columns: IntArray) -> NDArray[np.bool_]:
    changed = np.ones(len(columns[0]), dtype=bool)
    changed[1:] = False
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed


def _order_totals(rows: Rows, by_order: IntArray, starts: IntArray) -> dict[str, IntArray]:
    """Sum the rows of each order into the columns of `customer_day`."""
    zeros = np.zeros(len(by_order), dtype=np.int64)

    def total(values: IntArray | None) -> IntArray:
        return np.add.reduceat(zeros if values is None else values[by_order], starts)

    net, lines = total(rows.amount), total(np.ones_like(zeros))
    quantity, discount = total(rows.quantity_milli), total(rows.discount)
    is_sale = (net > 0) | ((net == 0) & ((quantity > 0) | (rows.quantity_milli is None)))
    is_online = total(rows.online.astype(np.int64)) > 0
    sale = is_sale.astype(np.int64)
    sales_net, returned = net * (net > 0), -net * (net < 0)
    return {
        "net_booked": net,
        "sales_net": sales_net,
        "orders": sale,
        "lines": lines * sale,
        "quantity_milli": quantity * sale,
        "discount": discount * sale,
        "gross": (net + discount) * sale,
        "cost": total(rows.cost) * sale,
        "returns": (net < 0).astype(np.int64),
        "returns_net": returned,
        "online_orders": is_online.astype(np.int64) * sale,
    }
