"""Read the calendar that a shop wrote down: hours, its own days, and those of its country."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.feedback.domain.cases.business_hours import Calendar, Span

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OFFICE: Final = [{"opens": "09:00", "closes": "18:00"}]
#: Until a shop writes its own: Monday to Friday, nine to six, without holidays.
DEFAULT: Final[Mapping[str, Any]] = {
    "zone": None,
    "country": None,
    "subdivision": None,
    "week": {day: _OFFICE if day not in {"sat", "sun"} else [] for day in WEEKDAYS},
    "make_up_hours": None,
    "holidays": [],
    "working_days": [],
}


@dataclass(frozen=True, slots=True)
class NationalDays:
    """Holidays of a country with their names, and the weekend days that are worked for them."""

    holidays: Mapping[date, Mapping[str, str]] = field(default_factory=dict)
    working: frozenset[date] = frozenset()


def read_calendar(document: Mapping[str, Any], zone: ZoneInfo, national: NationalDays) -> Calendar:
    """Build the calendar; the shop's own days count more than its country's.

    A weekend day worked for a holiday has the hours written for that, else those of the first
    weekday that has any.
    """
    week = tuple(_spans(document["week"][day]) for day in WEEKDAYS)
    usual = next(spans for spans in week if spans)
    made_up = _spans(document["make_up_hours"]) if document["make_up_hours"] else usual
    exceptions: dict[date, tuple[Span, ...]] = dict.fromkeys(national.holidays, ())
    exceptions |= dict.fromkeys(national.working, made_up)
    exceptions |= {date.fromisoformat(each["date"]): () for each in document["holidays"]}
    for each in document["working_days"]:
        exceptions[date.fromisoformat(each["date"])] = (
            _spans(each["hours"]) if each["hours"] else made_up
        )
    return Calendar(ZoneInfo(document["zone"]) if document["zone"] else zone, week, exceptions)


def _spans(hours: Iterable[Mapping[str, str]]) -> tuple[Span, ...]:
    return tuple(Span(minute_of(each["opens"]), minute_of(each["closes"])) for each in hours)


def minute_of(text: str) -> int:
    """Read HH:MM as a minute of the day, 24:00 as its end."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
