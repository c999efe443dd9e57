"""A review and its findings as they are kept, and what may become of a finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.feedback.domain.kpis.periods import Grain, Period, period_named, period_of


class FindingState(StrEnum):
    """What people made of a finding; any may be changed again."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Review:
    """A row of `reviews`; without `finished_at` the worker has not come to it yet."""

    review_id: UUID
    quarter: str
    first_day: date
    last_day: date
    occasion: str | None
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    versions: Sequence[Mapping[str, Any]]
    too_few: Sequence[Mapping[str, Any]]

    @property
    def period(self) -> Period:
        """Give the dates it looks at."""
        return Period(self.first_day, self.last_day)

    @property
    def before(self) -> Period:
        """Give the dates of the quarter before; of a quarter that runs, as many of its first ones.

        Fifty days of orders against ninety would be a drop in every tier.
        """
        whole = quarter_of(self.first_day - timedelta(days=1))[1]
        if self.last_day == quarter_of(self.first_day)[1].last:
            return whole
        return Period(whole.first, min(whole.last, whole.first + (self.last_day - self.first_day)))


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A row of `review_findings`."""

    review_id: UUID
    finding_id: UUID
    place: int
    code: str
    programme_key: str | None
    tier_key: str | None
    subject: str | None
    figures: Mapping[str, Any]
    words: Mapping[str, str]
    suggestion: Mapping[str, str]
    link: str | None
    state: FindingState
    owner: str | None
    note: str
    version: int
    changed_by: str | None
    changed_at: datetime | None


def quarter_of(day: date) -> tuple[str, Period]:
    """Name the quarter that a date lies in."""
    return period_of(day, Grain.QUARTER)


def last_quarter(today: date) -> tuple[str, Period]:
    """Name the last quarter that is over."""
    return quarter_of(quarter_of(today)[1].first - timedelta(days=1))


def quarter_named(name: str, today: date) -> Period | None:
    """Read a quarter that has begun (2026-Q3), as far as it has passed; None for one that has not.

    A quarter that still runs is looked at up to yesterday.
    """
    whole = period_named(name)
    yesterday = today - timedelta(days=1)
    return None if whole.first > yesterday else Period(whole.first, min(whole.last, yesterday))
