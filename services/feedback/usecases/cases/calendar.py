"""The calendar of service: which one is in force, and writing another."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.cases.business_hours import Calendar
from services.feedback.domain.cases.calendar_document import DEFAULT, NationalDays, read_calendar
from services.feedback.queries.cases.calendar import find_calendar
from services.feedback.usecases.cases.national_days import national_days
from shared.clock import Clock


@dataclass(frozen=True, slots=True)
class Shop:
    """What background work on cases needs of a running shop."""

    pool: asyncpg.Pool
    clock: Clock
    zone: ZoneInfo


#: A case that is older was worked on no holiday that would change its figures much.
MOST_YEARS: Final = 12


async def calendar_in_force(
    connection: asyncpg.Connection | asyncpg.Pool,
    zone: ZoneInfo,
    since: datetime,
    until: datetime | None = None,
) -> Calendar:
    """Build the calendar with the holidays from one year to the one after another's."""
    stored = await find_calendar(connection)
    document = DEFAULT if stored is None else stored.document
    return read_calendar(document, zone, await national_days_of(document, years_of(since, until)))


def years_of(since: datetime, until: datetime | None = None) -> range:
    """List the years whose holidays matter between two instants."""
    last = max(since, until or since).year + 2
    return range(max(since.year, last - MOST_YEARS), last)


async def national_days_of(document: Mapping[str, Any], years: range) -> NationalDays:
    """Look up the holidays of a calendar's country; none where it names none."""
    if document["country"] is None:
        return NationalDays()
    place = (document["country"], document["subdivision"])
    return await asyncio.to_thread(national_days, *place, years)
