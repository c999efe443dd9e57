"""By when a task is due: working days from now, outside the hours people are left alone in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from services.feedback.domain.care.playbook import Quiet

Workday = Callable[[date], bool]
#: A calendar that is closed for longer than this is no calendar.
_MOST_CLOSED: Final = 60


def after_workdays(start: datetime, days: int, zone: ZoneInfo, is_workday: Workday) -> datetime:
    """Find the same local time so many working days later; 0: the instant itself."""
    local = start.astimezone(zone)
    day, left, closed = local.date(), days, 0
    while left and closed < _MOST_CLOSED:
        day += timedelta(days=1)
        worked = is_workday(day)
        left, closed = (left - 1, 0) if worked else (left, closed + 1)
    moved = datetime.combine(day, local.time(), tzinfo=zone) if days else start
    return moved.astimezone(start.tzinfo)


def out_of_quiet(instant: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime:
    """Find the first instant from here on that is neither in quiet hours nor on a quiet day."""
    found = instant
    for _ in range(2 * 7 + 2):
        moved = _end_of_quiet(found, quiet, zone)
        if moved == found:
            return found
        found = moved
    return found


def _end_of_quiet(instant: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime:
    local = instant.astimezone(zone)
    if local.isoweekday() in quiet.weekdays:
        return _at(local.date() + timedelta(days=1), time.min, instant, zone)
    if quiet.start is None or quiet.end is None:
        return instant
    now = local.time()
    if quiet.start <= quiet.end:
        is_quiet, days = quiet.start <= now < quiet.end, 0
    else:
        is_quiet, days = now >= quiet.start or now < quiet.end, int(now >= quiet.start)
    if not is_quiet:
        return instant
    return _at(local.date() + timedelta(days=days), quiet.end, instant, zone)


def _at(day: date, clock: time, instant: datetime, zone: ZoneInfo) -> datetime:
    # Never backwards: where the clocks go back, a wall time may name an instant that is over.
    found = datetime.combine(day, clock, tzinfo=zone).astimezone(instant.tzinfo)
    return max(found, instant + timedelta(minutes=1))
