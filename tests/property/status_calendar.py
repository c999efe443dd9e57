"""The calendar of the slow second reading of status programmes: dates, by the text alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shared.clock import first_instant_of
from tests.property.status_programmes import Programme

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}


def day_after(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    for last in (day.day, 30, 29, 28):
        try:
            return date(count // 12, count % 12 + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError


class Dates:
    """The programme's calendar for a customer."""

    def __init__(self, programme: Programme, enrolled: datetime) -> None:
        self.window, self.validity = programme["window"], programme["validity"]
        self.zone = ZoneInfo(programme["time_zone"])
        self.enrolled = enrolled

    def shift(self, at: datetime, *, months: int = 0, days: int = 0) -> datetime:
        local = at.astimezone(self.zone)
        day = day_after(local.date(), months) + timedelta(days=days)
        moved = datetime.combine(day, local.time().replace(fold=0), tzinfo=self.zone)
        return moved.astimezone(UTC)

    def boundary(self, number: int, *, unit: str | None = None, plus: int = 0) -> datetime:
        if unit is None and self.window["kind"] == "anniversary":
            first = self.enrolled.astimezone(self.zone).date()
            return first_instant_of(day_after(first, 12 * number + plus), self.zone)
        length = MONTHS[unit or self.window["unit"]]
        first = date(2000, self.window.get("start_month", 1), 1)
        return first_instant_of(day_after(first, length * number + plus), self.zone)

    def number(self, at: datetime, unit: str | None = None) -> int:
        found = next(n for n in range(-60, 900) if self.boundary(n, unit=unit) > at)
        return found - 1

    def valid_until(self, ev: datetime, cycles: int = 1) -> datetime:
        rule = self.validity
        if rule["kind"] == "months":
            return self.rounded(self.shift(ev, months=cycles * rule["months"]))
        if rule["kind"] == "periods":
            number = self.number(ev) + 1 + rule["after"] + cycles - 1
            return self.boundary(number, plus=rule.get("plus_months", 0))
        return NEVER

    def rounded(self, at: datetime) -> datetime:
        unit = self.validity.get("round_up_to")
        if unit is None:
            return at
        number = self.number(at, unit)
        begin = self.boundary(number, unit=unit)
        return at if begin == at else self.boundary(number + 1, unit=unit)

    def leave(self, at: datetime) -> datetime:
        size = {k: v for k, v in self.window.items() if k in {"months", "days"}}
        left = self.shift(at, **size)
        if self.reach(left) >= at:
            return left
        return first_instant_of(left.astimezone(self.zone).date() + timedelta(days=1), self.zone)

    def reach(self, t: datetime) -> datetime:
        return self.shift(t, months=-self.window.get("months", 0), days=-self.window.get("days", 0))
