"""Conditions read the same days as the model: one customer's, out of the packed arrays."""

from __future__ import annotations

from services.scoring.domain.conditions.facts import Days
from services.scoring.domain.days import COLUMNS, CustomerDays


def days_of(days: CustomerDays, customer: int) -> Days:
    """Give the days of the customer at a position, dates after any `today` included."""
    span = slice(int(days.offsets[customer]), int(days.offsets[customer + 1]))
    columns = {name: getattr(days, name)[span].tolist() for name in COLUMNS}
    return Days(days.date[span].tolist(), columns)
