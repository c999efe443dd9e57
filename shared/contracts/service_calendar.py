"""The calendar of service: when cases are worked on."""

from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Field, model_validator

from shared.contracts.common import LocalText
from shared.fields import fault
from shared.forms import LOCAL_TIME, form
from shared.wire import BusinessDate, ReplyModel, TimeZoneName, WireModel

#: A service that works less answers nobody within the hours that tiers promise.
LEAST_WEEK_MINUTES: Final = 240
_CLOSES: Final = form(
    r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
    "must be a time of day from 00:00 to 24:00, such as 18:00",
)
_COUNTRY: Final = form(r"^[A-Z]{2}$", "must be an ISO 3166 code of two capital letters such as CN")
_SUBDIVISION: Final = form(
    r"^[A-Za-z0-9-]{1,10}$", "must be 1 to 10 letters, digits or -, such as HK"
)


class Hours(WireModel):
    """Open from one local time to another; 24:00 is midnight."""

    opens: str = Field(pattern=LOCAL_TIME, examples=["09:00"])
    closes: str = Field(pattern=_CLOSES, examples=["18:00"])


def _in_order(hours: list[Hours]) -> list[Hours]:
    if any(each.closes <= each.opens for each in hours):
        raise fault("bad_hours", "must close after they open")
    if any(before.closes > after.opens for before, after in pairwise(hours)):
        raise fault("bad_hours", "must be in order and not overlap")
    return hours


DayHours = Annotated[list[Hours], Field(max_length=8), AfterValidator(_in_order)]
OpenHours = Annotated[list[Hours], Field(min_length=1, max_length=8), AfterValidator(_in_order)]


class Week(WireModel):
    """The hours of each weekday; none: closed."""

    mon: DayHours = Field(default_factory=list)
    tue: DayHours = Field(default_factory=list)
    wed: DayHours = Field(default_factory=list)
    thu: DayHours = Field(default_factory=list)
    fri: DayHours = Field(default_factory=list)
    sat: DayHours = Field(default_factory=list)
    sun: DayHours = Field(default_factory=list)

    def minutes(self) -> int:
        """Count the minutes that service works in a week."""
        days = (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)
        return sum(_minute(h.closes) - _minute(h.opens) for day in days for h in day)


def _minute(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def _enough(week: Week) -> Week:
    if week.minutes() < LEAST_WEEK_MINUTES:
        raise fault("too_few_hours", "must be open for at least four hours in a week")
    return week


class OwnHoliday(WireModel):
    """A day on which service is closed."""

    date: BusinessDate
    name: LocalText | None = None


class OwnWorkingDay(WireModel):
    """A day on which service works though it would not; without hours: those of make-up days."""

    date: BusinessDate
    hours: OpenHours | None = None


def _once(days: list[Any]) -> list[Any]:
    if len({each.date for each in days}) < len(days):
        raise fault("duplicate", "names a date twice")
    return days


class ServiceCalendar(WireModel):
    """When service works: hours by weekday, a country's holidays, and days of the shop's own.

    Weekend days that a country works in place of a holiday have `make_up_hours`, else the hours of
    the first weekday that has some.
    """

    zone: TimeZoneName | None = Field(default=None, description="The shop's where it is not given")
    country: str | None = Field(default=None, pattern=_COUNTRY, examples=["CN"])
    subdivision: str | None = Field(default=None, pattern=_SUBDIVISION)
    week: Annotated[Week, AfterValidator(_enough)]
    make_up_hours: OpenHours | None = None
    holidays: Annotated[list[OwnHoliday], Field(max_length=400), AfterValidator(_once)] = Field(
        default_factory=list
    )
    working_days: Annotated[list[OwnWorkingDay], Field(max_length=400), AfterValidator(_once)] = (
        Field(default_factory=list)
    )

    @model_validator(mode="after")
    def _open_or_closed(self) -> Self:
        if {each.date for each in self.holidays} & {each.date for each in self.working_days}:
            raise fault("contradiction", "names a date as a holiday and as a working day")
        return self


class OddDay(ReplyModel):
    """A coming day on which service does not work as on its weekday."""

    date: BusinessDate
    is_open: bool
    name: LocalText | None


class CalendarAnswer(ServiceCalendar):
    """The calendar in force; version 0 is the one that nobody wrote.

    `coming` lists the days of the next year that differ from their weekday.
    """

    version: int
    time_zone: str
    updated_by: str | None
    updated_at: datetime | None
    coming: list[OddDay]


_OFFICE: Final = [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:00", "closes": "18:00"}]
EXAMPLE_CALENDAR: Final[dict[str, Any]] = {
    "zone": "Asia/Shanghai",
    "country": "CN",
    "week": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), _OFFICE)
    | {"sat": [{"opens": "10:00", "closes": "16:00"}], "sun": []},
    "holidays": [{"date": "2026-12-31", "name": {"en": "Stocktaking", "zh": "年终盘点"}}],
    "working_days": [{"date": "2026-12-27", "hours": [{"opens": "10:00", "closes": "14:00"}]}],
}
