"""Rows to learn from: what was seen of a customer when something was decided, and what came of it.

Nobody is named. Features are those of the one definition, on facts before the business date of
the decision, so that nothing that came after is in them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
import numpy as np

from services.scoring.domain.days import COLUMNS, CustomerDays, day_number
from services.scoring.domain.features import EVERY_COLUMN, FEATURE_NAMES, features
from services.scoring.queries.bases.whole_base import first_business_day
from services.scoring.queries.models.training_rows import Happened, happened_after
from services.scoring.queries.people.consents import withdrawn_among
from services.scoring.queries.tiers.facts import read_snapshot
from services.scoring.usecases.business_day import BusinessDay
from shared.clock import business_date

PAGE: Final = 500
FIELDS: Final = ("kind", "date", "about", "channel", "tier", "lifecycle", "outcome")
COLUMNS_OF_SET: Final = (*FIELDS, *FEATURE_NAMES)
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class SetAsked:
    """Which rows: decided from `since` on, their outcome known before `until`."""

    kind: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrainingSets:
    """Gives out training sets of the shop."""

    pool: asyncpg.Pool
    day: BusinessDay

    async def rows(self, asked: SetAsked) -> AsyncIterator[list[dict[str, Any]]]:
        """Give rows in pages, in the order they were stored; keys as in COLUMNS_OF_SET.

        Whoever withdrew their consent to personalisation is left out.
        """
        now = self.day.moment().now
        between = (asked.since or _BEGINNING, min(asked.until or now, now))
        after = UUID(int=0)
        while found := await happened_after(self.pool, asked.kind, after, between, PAGE):
            after = found[-1].id
            withdrawn = await withdrawn_among(self.pool, [each.profile_id for each in found])
            kept = [each for each in found if each.profile_id not in withdrawn]
            if kept:
                yield await self._rows(asked.kind, kept)

    async def _rows(self, kind: str, happened: Sequence[Happened]) -> list[dict[str, Any]]:
        dates = [business_date(each.at, self.day.zone) for each in happened]
        people = sorted({each.profile_id for each in happened})
        start = await first_business_day(self.pool)
        last = max(dates) - timedelta(days=1)
        seen = await read_snapshot(self.pool, people, "", last, columns=COLUMNS)
        places = [people.index(each.profile_id) for each in happened]
        X = await asyncio.to_thread(_features, seen.days, places, dates, start)
        return [
            _row(kind, each, on, values)
            for each, on, values in zip(happened, dates, X, strict=True)
        ]


def _features(
    days: CustomerDays, places: Sequence[int], dates: Sequence[date], start: date | None
) -> list[list[float]]:
    cutoffs = np.array([day_number(each) for each in dates])
    first = day_number(start or min(dates))
    X = features(days, cutoffs, first, customers=np.array(places), columns=EVERY_COLUMN)
    found: list[list[float]] = np.round(X, _DIGITS).tolist()
    return found


def _row(kind: str, each: Happened, on: date, values: Sequence[float]) -> dict[str, Any]:
    told = (kind, on.isoformat(), each.about, each.channel, each.tier, each.lifecycle, each.outcome)
    return {
        **dict(zip(FIELDS, told, strict=True)),
        **dict(zip(FEATURE_NAMES, values, strict=True)),
    }
