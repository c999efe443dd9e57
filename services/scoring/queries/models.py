"""The registry of value models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from services.scoring.domain.days import COLUMNS, CustomerDays, pack_days


def join_days(parts: Sequence[CustomerDays]) -> CustomerDays:
    """Put the customers of several parts one after another."""
    counts = np.concatenate([np.diff(part.offsets) for part in parts])
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS}
    return pack_days(
        np.concatenate(([0], np.cumsum(counts))),
        np.concatenate([part.date for part in parts]),
        **columns,
    )
