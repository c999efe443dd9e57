"""Puts days as they were known at a cut-off in the place of what is known of them today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from services.scoring.domain.days import COLUMNS, CustomerDays, day_number, pack_days

#: By customer (a position), then by date: the summing columns by name, 0 where absent.
DaysThen = Mapping[int, Mapping[date, Mapping[str, int]]]


def days_known_then(days: CustomerDays, cutoff: int, changed: DaysThen) -> CustomerDays:
    """Replace the days before the cut-off of some customers; all that came after stays."""
    owner = np.repeat(np.arange(len(days)), np.diff(days.offsets))
    replaced = np.zeros(len(days), dtype=bool)
    replaced[list(changed)] = True
    kept = ~(replaced[owner] & (days.date < cutoff))
    fresh = [
        (customer, day_number(day), row)
        for customer, by_date in changed.items()
        for day, row in by_date.items()
        if day_number(day) < cutoff
    ]
    owners = np.concatenate((owner[kept], np.array([each[0] for each in fresh], dtype=np.int64)))
    dates = np.concatenate((days.date[kept], np.array([each[1] for each in fresh], dtype=np.int32)))
    order = np.lexsort((dates, owners))
    columns = {
        name: np.concatenate(
            (
                getattr(days, name)[kept],
                np.array([row.get(name, 0) for _, _, row in fresh], dtype=np.int64),
            )
        )[order]
        for name in COLUMNS
    }
    counts = np.bincount(owners, minlength=len(days))
    return pack_days(np.concatenate(([0], np.cumsum(counts))), dates[order], **columns)
