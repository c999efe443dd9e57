"""What making tasks rests on: the settings' caps, and the calendar of service for working days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.care.playbook import Cap
from services.feedback.settings import FeedbackSettings
from services.feedback.usecases.care.holdout import Trial
from services.feedback.usecases.care.judged import Care
from services.feedback.usecases.cases.calendar import calendar_in_force

#: Each channel of tasks has a cap of its own.
CHANNELS: Final = ("phone", "sms", "email", "wechat", "app", "store", "letter")


def caps_of(settings: FeedbackSettings) -> tuple[Cap, ...]:
    """Read the caps that hold over all playbooks; a count of 0 is no cap."""
    days = settings.contact_cap_days
    whole = [Cap(settings.contact_cap, days)] if settings.contact_cap else []
    each = settings.contact_cap_channel
    return (*whole, *(Cap(each, days, channel) for channel in CHANNELS if each))


async def care_now(
    pool: asyncpg.Pool, zone: ZoneInfo, caps: tuple[Cap, ...], now: datetime, trial: Trial
) -> Care:
    """Put together what judging rests on now."""
    calendar = await calendar_in_force(pool, zone, now)

    def is_workday(day: date) -> bool:
        return bool(calendar.spans_of(day))

    return Care(zone, caps, is_workday, trial)
