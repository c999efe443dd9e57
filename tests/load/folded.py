"""Receipts folded into `customer_day` by NumPy, apart from the fold of ingest."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Table = dict[str, Ints]


def day_rows(table: Table, customers: int) -> Table:
    """Fold receipts by customer and date, in the order of dates; a return counts on its day.

    Only linked returns come off `net_qualifying`: finding the sale of an unlinked one by its
    articles is left to ingest, and scoring does not read that column.
    """
    keys = table["day"] * customers + table["customer"]
    order = np.argsort(keys, kind="stable")
    found, starts = np.unique(keys[order], return_index=True)
    days = {
        name: np.asarray(np.add.reduceat(values[order], starts))
        for name, values in _counts(table).items()
    }
    qualifying = np.zeros(found.size, dtype=np.int64)
    rows = np.flatnonzero(table["sold_day"] >= 0)
    sold = table["sold_day"][rows] * customers + table["customer"][rows]
    signed = np.where(table["is_sale"][rows] == 1, 1, -1) * table["net"][rows]
    np.add.at(qualifying, np.searchsorted(found, sold), signed)
    place = {"customer": found % customers, "day": found // customers}
    return {**place, **days, "net_qualifying": qualifying}


def _counts(table: Table) -> Table:
    sold, net = table["is_sale"], table["net"]
    back = 1 - sold
    return {
        "net_booked": net * (sold - back),
        "sales_net": net * sold,
        "gross": (net + table["discount"]) * sold,
        "discount": table["discount"] * sold,
        "cost": table["cost"] * (sold - back),
        "orders": sold,
        "lines": table["lines"] * sold,
        "quantity_milli": table["quantity_milli"] * sold,
        "returns": back,
        "returns_net": net * back,
        "online_orders": ((table["channel"] != 0) & (sold == 1)).astype(np.int64),
    }
