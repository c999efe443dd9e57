"""How often a benefit may still be used: periods in the programme's calendar, and what is left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.scoring.domain.benefits.catalogue import Quota
from services.scoring.domain.points.calendar import Calendar, months_after

_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Tenure:
    """Since when somebody is a customer, and in which span they hold their tier."""

    enrolled_at: datetime
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Period:
    """`[starts_at, ends_at)`; None: from ever, for ever."""

    starts_at: datetime | None
    ends_at: datetime | None

    def holds(self, instant: datetime) -> bool:
        """Tell whether an instant lies in it."""
        is_begun = self.starts_at is None or self.starts_at <= instant
        return is_begun and (self.ends_at is None or instant < self.ends_at)


@dataclass(frozen=True, slots=True)
class Usage:
    """A redemption that counts."""

    used_at: datetime
    quantity: int


def period_of(per: str, now: datetime, tenure: Tenure, calendar: Calendar) -> Period:
    """Find the period of a quota in which an instant lies.

    Months, quarters and years begin at local midnight; anniversary years on the day of enrolment
    (29 Feb: on 28 Feb where there is none); a tier period is the span in which the tier is held.
    """
    if per == "ever":
        return Period(None, None)
    if per == "tier_period":
        return Period(tenure.since, tenure.until)
    day = calendar.day_of(now)
    if per == "anniversary":
        anchor = calendar.day_of(tenure.enrolled_at)
        months = 12 * max(day.year - anchor.year, 0)
        if months and months_after(anchor, months) > day:
            months -= 12
        return _between(months_after(anchor, months), months_after(anchor, months + 12), calendar)
    span = _MONTHS[per]
    first = date(day.year, (day.month - 1) // span * span + 1, 1)
    return _between(first, months_after(first, span), calendar)


def _between(first: date, after: date, calendar: Calendar) -> Period:
    return Period(calendar.start_of(first), calendar.start_of(after))


def used_in(period: Period, usages: Iterable[Usage]) -> int:
    """Sum what was used in a period."""
    return sum(usage.quantity for usage in usages if period.holds(usage.used_at))


def left_of(quota: Quota, used: int) -> int:
    """Tell how often a benefit may still be used; a quota that was lowered leaves 0."""
    return max(quota.count - used, 0)
