"""When a playbook's next passes are: for greetings the days to come on which somebody is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.care.birthdays import birthday_of, due_birthday, month_days_near
from services.feedback.domain.care.festivals import FESTIVALS, festivals_due, next_festival_day
from services.feedback.domain.care.playbook import Candidate, Playbook
from services.feedback.domain.care.triggers import time_of
from services.feedback.queries.care.birthdays import Person, birthdays_near
from services.feedback.usecases.care.finders import FINDERS, whole_audience
from services.feedback.usecases.care.greetings import birthday_candidate, zone_of
from services.feedback.usecases.care.looking import Finder, Found, Look
from services.feedback.usecases.care.lunar_calendar import CALENDAR
from shared.clock import business_date

#: Birthdays are told so many days ahead.
DAYS_AHEAD: Final = 30
#: People with a birthday in these days that are looked at.
MOST_NEAR: Final = 10_000
PAGE: Final = 500
#: Nobody knows who will enter a segment or complain: their playbooks show their audience.
_STREAMS: Final = frozenset({"entered", "feedback"})
_BIRTHDAY: Final = {"en": "Birthday", "zh": "生日"}
_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of a playbook: when, and how those are found whom it concerns.

    `contact_on` is the day of a greeting, `on` the day it is for, `occasion` that day's name.
    """

    at: datetime
    find: Finder
    contact_on: date | None = None
    on: date | None = None
    occasion: Mapping[str, str] | None = None
    candidates: Sequence[Candidate] = ()
    is_complete: bool = True


async def next_passes(
    connection: asyncpg.Connection, playbook: Playbook, now: datetime, zone: ZoneInfo
) -> list[Pass]:
    """List the passes to come that may contact somebody, the next one first.

    Of what is no greeting one, now. Of a festival: today's while it is due, and the next.
    """
    kind = playbook.trigger["kind"]
    if kind == "festival":
        return list(_festivals(playbook, now, zone))
    if kind == "birthday":
        return await _birthdays(connection, playbook, now, zone)
    return [Pass(now, whole_audience if kind in _STREAMS else FINDERS.get(kind, whole_audience))]


def _festivals(playbook: Playbook, now: datetime, zone: ZoneInfo) -> Iterator[Pass]:
    trigger, today = playbook.trigger, business_date(now, zone)
    festival, ahead = FESTIVALS[trigger["festival"]], _days_before(playbook)
    after = today
    for day in festivals_due(today, CALENDAR, [festival.key], days_before=ahead.days):
        yield Pass(now, FINDERS["festival"], today, day.on, festival.name)
        after = max(today, day.on + timedelta(days=1))
    on = next_festival_day(festival, after, CALENDAR)
    if on is not None:
        contact_on = max(on - ahead, today + timedelta(days=1))
        moment = _moment(playbook, contact_on, zone)
        yield Pass(moment, FINDERS["festival"], contact_on, on, festival.name)


async def _birthdays(
    connection: asyncpg.Connection, playbook: Playbook, now: datetime, zone: ZoneInfo
) -> list[Pass]:
    today, ahead = business_date(now, zone), _days_before(playbook).days
    days = [today + timedelta(days=n) for n in range(DAYS_AHEAD + 1)]
    moments = [now, *(_moment(playbook, day, zone) for day in days[1:])]
    gregorian, lunar = month_days_near(today, CALENDAR, days_before=ahead + DAYS_AHEAD)
    wanted, examined = sorted({*gregorian, *lunar}), 0
    due: dict[tuple[int, date], list[Candidate]] = {}
    page = await birthdays_near(connection, wanted, _NOBODY, PAGE)
    # page by page: others are answered in between
    while page:
        for person in page:
            if found := _first(person, moments, zone, ahead):
                place, candidate = found
                on = date.fromisoformat(candidate.details["on"])
                due.setdefault((place, on), []).append(candidate)
        examined += len(page)
        if len(page) < PAGE or examined >= MOST_NEAR:
            break
        page = await birthdays_near(connection, wanted, page[-1].profile_id, PAGE)
    is_complete = len(page) < PAGE
    return [
        Pass(moments[place], among(who), days[place], on, _BIRTHDAY, who, is_complete)
        for (place, on), who in sorted(due.items(), key=lambda item: item[0])
    ]


def _first(
    person: Person, moments: Sequence[datetime], zone: ZoneInfo, ahead: int
) -> tuple[int, Candidate] | None:
    """Find the first of the passes that greets somebody, by their own local date."""
    birthday = birthday_of(person.attributes)
    if birthday is None:
        return None
    today = business_date(moments[0], zone_of(person.attributes, zone))
    kept = due_birthday(birthday, today, CALENDAR, days_before=ahead + DAYS_AHEAD + 1)
    if kept is None:
        return None
    first = (kept.on - timedelta(days=ahead) - business_date(moments[0], zone)).days
    # their date may be a day before or after the shop's
    for place in range(max(first - 1, 0), min(max(first, 0) + 2, len(moments))):
        candidate = birthday_candidate(person, moments[place], zone, ahead)
        if candidate is not None:
            return place, candidate
    return None


def among(candidates: Sequence[Candidate]) -> Finder:
    """Return a finder of people who are known already."""

    async def find(_connection: asyncpg.Connection, look: Look) -> Found:
        first = int(look.cursor or 0)
        last = first + look.limit
        return Found(candidates[first:last], str(last), last < len(candidates))

    return find


def _days_before(playbook: Playbook) -> timedelta:
    return timedelta(days=int(playbook.trigger.get("days_before") or 0))


def _moment(playbook: Playbook, day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time_of(playbook.trigger), zone).astimezone(UTC)
