"""Show and write the calendar of service."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.feedback.domain.cases.business_hours import Calendar
from services.feedback.domain.cases.calendar_document import DEFAULT, NationalDays, read_calendar
from services.feedback.queries.cases.calendar import StoredCalendar, find_calendar, put_calendar
from services.feedback.usecases.cases.calendar import national_days_of, years_of
from services.feedback.usecases.cases.errors import CalendarChanged, CalendarVersionMissing
from services.feedback.usecases.cases.national_days import is_country
from services.feedback.usecases.desk import Desk
from shared.audit import Note, note
from shared.clock import business_date
from shared.contracts.service_calendar import CalendarAnswer, OddDay, ServiceCalendar
from shared.keys import Caller
from shared.problem import INVALID, FieldFault, Problem

_COMING: Final = timedelta(days=365)


async def show_calendar(desk: Desk) -> CalendarAnswer:
    """Give the calendar in force, with the days ahead that differ from their weekday."""
    stored = await find_calendar(desk.pool)
    return await _told(stored, desk.zone, desk.clock.now())


async def write_calendar(
    desk: Desk, caller: Caller, calendar: ServiceCalendar, *, over: int | None
) -> CalendarAnswer:
    """Write the calendar over the version that was read; cases that are open keep their due time.

    Without a version it is the first one. Raises CalendarChanged, CalendarVersionMissing and
    Problem 422.
    """
    if calendar.country is not None and not is_country(calendar.country, calendar.subdivision):
        fault = FieldFault("/country", "unknown_country", "has no holidays that are known here")
        raise Problem(INVALID, errors=[fault])
    document, now = calendar.model_dump(mode="json"), desk.clock.now()
    async with desk.pool.acquire() as connection, connection.transaction():
        version = await put_calendar(connection, document, over=over or 0, by=caller.name, at=now)
        if version is None:
            raise CalendarVersionMissing if over is None else CalendarChanged
        made = Note(caller.name, "service_calendar.written", "service", {"version": version})
        await note(connection, made, at=now)
    return await _told(StoredCalendar(document, version, caller.name, now), desk.zone, now)


async def _told(stored: StoredCalendar | None, zone: ZoneInfo, now: datetime) -> CalendarAnswer:
    document = DEFAULT if stored is None else stored.document
    national = await national_days_of(document, years_of(now, now + _COMING))
    calendar = read_calendar(document, zone, national)
    first = business_date(now, calendar.zone)
    return CalendarAnswer.model_validate(
        {
            **ServiceCalendar.model_validate(document).model_dump(),
            "version": stored.version if stored else 0,
            "time_zone": calendar.zone.key,
            "updated_by": stored.updated_by if stored else None,
            "updated_at": stored.updated_at if stored else None,
            "coming": _odd_days(calendar, _names(document, national), first),
        }
    )


def _odd_days(
    calendar: Calendar, names: Mapping[date, Mapping[str, str]], first: date
) -> list[OddDay]:
    return [
        OddDay.model_validate(
            {"date": day, "is_open": bool(hours), "name": names.get(day)}, strict=False
        )
        for day, hours in sorted(calendar.exceptions.items())
        if first <= day < first + _COMING and hours != calendar.week[day.weekday()]
    ]


def _names(document: Mapping[str, Any], national: NationalDays) -> dict[date, Mapping[str, str]]:
    own = {date.fromisoformat(each["date"]): each["name"] for each in document["holidays"]}
    return {**national.holidays, **{day: name for day, name in own.items() if name}}
