"""What the value model reads: each customer's days, packed as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
DateArray = NDArray[np.int32]

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Count the days from 1970-01-01 to a date."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """Turn a day number back into its date."""
    return EPOCH + timedelta(days=int(number))


@dataclass(frozen=True, slots=True)
class CustomerDays:
    """Rows of `customer_day`, sorted by customer and then by date.

    Rows `offsets[i]:offsets[i + 1]` belong to customer i. Money is in minor units of the
    shop's base currency, quantities in thousandths, dates in days since 1970-01-01.
    """

    offsets: IntArray
    date: DateArray
    net_booked: IntArray
    sales_net: IntArray
    orders: IntArray
    lines: IntArray
    quantity_milli: IntArray
    discount: IntArray
    cost: IntArray
    gross: IntArray
    returns: IntArray
    returns_net: IntArray
    online_orders: IntArray
    views: IntArray
    carts: IntArray
    searches: IntArray
    checkouts: IntArray
    social: IntArray
    feedback: IntArray
    complaints: IntArray
    referrals: IntArray

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def row_count(self) -> int:
        """Count the rows of all customers."""
        return len(self.date)


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(CustomerDays))[2:]
#: What somebody does besides buying: seen with consent to personalisation only.
BEHAVIOUR_COLUMNS: tuple[str, ...] = (
    "views", "carts", "searches", "checkouts", "social", "feedback", "complaints", "referrals",
)  # fmt: skip


def pack_days(
    offsets: NDArray[np.integer], dates: NDArray[np.integer], **columns: NDArray[np.integer]
) -> CustomerDays:
    """Pack columns into `CustomerDays`; a column that is not given is all zeros.

    Raises ValueError for an unknown column or one of the wrong length.
    """
    unknown = sorted(set(columns) - set(COLUMNS))
    if unknown:
        raise ValueError(f"unknown columns: {', '.join(unknown)}")
    packed_dates = np.asarray(dates, dtype=np.int32)
    zeros = np.zeros(len(packed_dates), dtype=np.int64)
    filled = {
        name: np.asarray(columns[name], dtype=np.int64) if name in columns else zeros
        for name in COLUMNS
    }
    wrong = sorted(name for name, values in filled.items() if values.shape != packed_dates.shape)
    if wrong:
        raise ValueError(f"columns of the wrong length: {', '.join(wrong)}")
    return CustomerDays(offsets=np.asarray(offsets, dtype=np.int64), date=packed_dates, **filled)


def take_customers(days: CustomerDays, chosen: NDArray[np.integer]) -> CustomerDays:
    """Pick customers by position, in the given order; a position may repeat."""
    chosen = np.asarray(chosen, dtype=np.int64)
    starts, counts = days.offsets[chosen], np.diff(days.offsets)[chosen]
    offsets = np.concatenate(([0], np.cumsum(counts)))
    rows = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], counts)
    columns = {name: getattr(days, name)[rows] for name in COLUMNS}
    return CustomerDays(offsets=offsets, date=days.date[rows], **columns)


def without_empty_rows(days: CustomerDays) -> CustomerDays:
    """Leave out the rows that say nothing: what was blanked, or came to nothing."""
    speaks = np.zeros(days.row_count, dtype=bool)
    for name in COLUMNS:
        speaks |= getattr(days, name) != 0
    if speaks.all():
        return days
    offsets = np.concatenate(([0], np.cumsum(speaks)))[days.offsets]
    columns = {name: getattr(days, name)[speaks] for name in COLUMNS}
    return pack_days(offsets, days.date[speaks], **columns)


def mask_behaviour(days: CustomerDays, withdrawn: NDArray[np.bool_]) -> CustomerDays:
    """Blank what customers do besides buying, for those who withdrew their consent.

    `withdrawn`: one flag a customer. It holds for past cut-offs too: today's word counts.
    """
    if not withdrawn.any():
        return days
    kept = np.repeat(~withdrawn, np.diff(days.offsets))
    blanked = {name: getattr(days, name) * kept for name in BEHAVIOUR_COLUMNS}
    return replace(days, **blanked)


def join_days(parts: Sequence[CustomerDays]) -> CustomerDays:
    """Put the customers of several parts one after another."""
    if not parts:
        return pack_days(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int32))
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    return pack_days(
        np.concatenate(([0], np.cumsum(counts))),
        np.concatenate([part.date for part in parts]),
        **columns,
    )
