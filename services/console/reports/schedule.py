"""When reports are made by themselves, and which dates they are about: pure arithmetic."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from services.console.reports.report import Wish
from shared.clock import business_date


class Rhythm(StrEnum):
    """How often."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Span(StrEnum):
    """Which whole dates before the day it is made on."""

    LAST_WEEK = "last_week"
    LAST_MONTH = "last_month"
    LAST_QUARTER = "last_quarter"
    LAST_30_DAYS = "last_30_days"


@dataclass(frozen=True, slots=True)
class Timing:
    """An hour of the shop's zone, on each day, on a weekday (1: Monday) or on a day of the month.

    A day the month has not is its last: the 31st is the 30th in June.
    """

    rhythm: Rhythm
    on_day: int
    at_hour: int

    def is_on(self, day: date) -> bool:
        """Tell whether a report is made on a day."""
        match self.rhythm:
            case Rhythm.DAILY:
                return True
            case Rhythm.WEEKLY:
                return day.isoweekday() == self.on_day
            case Rhythm.MONTHLY:
                return day.day == min(self.on_day, monthrange(day.year, day.month)[1])

    def next_after(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """Find the first instant after another at which it is time.

        An hour that clocks skip is the one after it; one that comes twice is its first.
        """
        day = business_date(instant, zone)
        while True:
            at = datetime.combine(day, time(self.at_hour), tzinfo=zone).astimezone(UTC)
            if self.is_on(day) and at > instant:
                return at
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is made when; `next_at` counts while it is not paused."""

    schedule_id: UUID
    wish: Wish
    span: Span
    timing: Timing
    made_by: str
    created_at: datetime
    next_at: datetime
    paused_at: datetime | None


def dates_of(span: Span, today: date) -> tuple[date, date]:
    """Give the first and the last date of a span that ended before today."""
    match span:
        case Span.LAST_WEEK:
            last = today - timedelta(days=today.isoweekday())
            return last - timedelta(days=6), last
        case Span.LAST_MONTH:
            last = today.replace(day=1) - timedelta(days=1)
            return last.replace(day=1), last
        case Span.LAST_QUARTER:
            last = date(today.year, today.month - (today.month - 1) % 3, 1) - timedelta(days=1)
            return date(last.year, last.month - 2, 1), last
        case Span.LAST_30_DAYS:
            return today - timedelta(days=30), today - timedelta(days=1)
