"""Read the days of the whole base for training: the columns it needs, each once in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import asyncpg

from services.scoring.domain.days import CustomerDays
from services.scoring.domain.features import VALUE_COLUMNS, columns_of
from services.scoring.model.outcomes.outcomes import SEEN
from services.scoring.queries.bases.whole_days import EVERYBODY
from services.scoring.queries.bases.whole_days import read_days as days_of

#: What the value model and the indices are learnt from: a column left out would be all zeros.
LEARNT_COLUMNS: Final = columns_of({*VALUE_COLUMNS, *SEEN})


async def read_days(
    pool: asyncpg.Pool, today: date, *, columns: Sequence[str] = LEARNT_COLUMNS
) -> CustomerDays:
    """Read everybody's days up to a date, in the order of profile ids; other columns are zeros."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        days = await days_of(connection, EVERYBODY, today, columns)
    return days.of(0, len(days))
