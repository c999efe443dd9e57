"""Money without the season, so that nobody is compared by the month they happened to buy in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, IntArray

_MONTHS = 12


def season_free(days: CustomerDays, months: Sequence[float]) -> CustomerDays:
    """Divide what was booked in each calendar month by its factor, January first.

    Without factors the days come back as they are. Money stays whole minor units, so that sums
    stay exact; visits and everything else are not touched.
    """
    if not len(months):
        return days
    parts = np.asarray(months, dtype=np.float64)[month_of(days.date)]

    def freed(money: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.rint(money / parts).astype(np.int64)

    return replace(
        days,
        net_booked=freed(days.net_booked),
        sales_net=freed(days.sales_net),
        returns_net=freed(days.returns_net),
    )


def month_of(day_numbers: NDArray[np.integer]) -> IntArray:
    """Give the calendar month of day numbers, January 0."""
    months: IntArray = day_numbers.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months % _MONTHS
