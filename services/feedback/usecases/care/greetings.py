"""Find whom to greet: birthdays on the customer's own local date, festivals on the shop's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import asyncpg

from services.feedback.domain.care.birthdays import birthday_of, due_birthday, month_days_near
from services.feedback.domain.care.festivals import festivals_due
from services.feedback.domain.care.playbook import Candidate
from services.feedback.queries.care.audience import audience_page
from services.feedback.queries.care.birthdays import Person, birthdays_near
from services.feedback.usecases.care.looking import Found, Look
from services.feedback.usecases.care.lunar_calendar import CALENDAR
from shared.clock import business_date

_NOBODY: Final = UUID(int=0)


async def who_has_a_birthday(connection: asyncpg.Connection, look: Look) -> Found:
    """List whose birthday is due now, each once a year of its own calendar."""
    today, days_before = business_date(look.now, look.zone), _days_before(look)
    gregorian, lunar = month_days_near(today, CALENDAR, days_before=days_before)
    after = UUID(look.cursor) if look.cursor else _NOBODY
    near = await birthdays_near(connection, sorted({*gregorian, *lunar}), after, look.limit)
    found = [birthday_candidate(person, look.now, look.zone, days_before) for person in near]
    cursor = str(near[-1].profile_id) if near else look.cursor
    return Found([each for each in found if each], cursor, len(near) == look.limit)


def birthday_candidate(
    person: Person, now: datetime, zone: ZoneInfo, days_before: int
) -> Candidate | None:
    """Say whether somebody's birthday is due on their own local date."""
    birthday = birthday_of(person.attributes)
    if birthday is None:
        return None
    today = business_date(now, zone_of(person.attributes, zone))
    kept = due_birthday(birthday, today, CALENDAR, days_before=days_before)
    if kept is None:
        return None
    details = {
        "trigger": "birthday",
        "on": kept.on.isoformat(),
        "calendar": birthday.reckoning.value,
    }
    return Candidate(person.profile_id, f"birthday/{kept.year}", details, {})


async def festival_people(connection: asyncpg.Connection, look: Look) -> Found:
    """List the audience while its festival is due on the shop's local date; else nobody."""
    today = business_date(look.now, look.zone)
    keys, days_before = [look.playbook.trigger["festival"]], _days_before(look)
    due = festivals_due(today, CALENDAR, keys, days_before=days_before)
    if not due:
        return Found([], look.cursor, has_more=False)
    after = UUID(look.cursor) if look.cursor else None
    page = await audience_page(connection, look.playbook.audience, after, look.limit)
    (day,) = due
    details = {"trigger": "festival", "festival": day.festival.key, "on": day.on.isoformat()}
    occasion, words = f"festival/{day.festival.key}/{day.year}", {"festival": day.festival.name}
    candidates = [Candidate(who, occasion, details, words) for who in page.profile_ids]
    cursor = str(page.profile_ids[-1]) if page.profile_ids else look.cursor
    return Found(candidates, cursor, page.has_more)


def zone_of(attributes: Mapping[str, Any], default: ZoneInfo) -> ZoneInfo:
    """Read a customer's time zone (geography.time_zone, IANA); the shop's where it is unknown."""
    place = attributes.get("geography")
    name = place.get("time_zone") if isinstance(place, Mapping) else None
    if not isinstance(name, str):
        return default
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return default  # a name nobody knows, or no name at all: others wrote the profile


def _days_before(look: Look) -> int:
    return int(look.playbook.trigger.get("days_before") or 0)
