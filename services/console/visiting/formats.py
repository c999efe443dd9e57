"""Numbers, money and dates as readers of each language write them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)

from services.console.accounts.person import Language

NOTHING: Final = "–"
_LOCALES: Final[dict[Language, Locale]] = {
    Language.ENGLISH: Locale("en", "GB"),
    Language.CHINESE: Locale("zh", "CN", script="Hans"),
}
Number = int | float | Decimal


@dataclass(frozen=True, slots=True)
class Formats:
    """One reader's language and the shop's time zone; what is missing is shown as a dash."""

    language: Language
    zone: ZoneInfo

    @property
    def locale(self) -> Locale:
        """Give Babel's locale."""
        return _LOCALES[self.language]

    def number(self, value: Number | None, *, digits: int = 0) -> str:
        """Write a number with so many digits after the point."""
        if value is None:
            return NOTHING
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(value, format=pattern, locale=self.locale))

    def short(self, value: Number | None) -> str:
        """Write a large number short: 12.3K, 1.2万."""
        if value is None:
            return NOTHING
        return str(format_compact_decimal(value, locale=self.locale, fraction_digits=1))

    def percent(self, share: Number | None, *, digits: int = 1) -> str:
        """Write a share (0.25) as 25.0 %."""
        if share is None:
            return NOTHING
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
        return str(format_percent(share, format=pattern, locale=self.locale))

    def money(
        self, amount: Number | str | None, currency: str | None, *, whole: bool = False
    ) -> str:
        """Write an amount in its currency; `whole` leaves the minor units out."""
        if amount is None or not currency:
            return NOTHING
        value = Decimal(amount) if isinstance(amount, str) else amount
        if whole:
            pattern = self.locale.currency_formats["standard"].pattern.replace(".00", "")
            return str(
                format_currency(
                    value, currency, format=pattern, locale=self.locale, currency_digits=False
                )
            )
        return str(format_currency(value, currency, locale=self.locale))

    def date(self, day: date | None) -> str:
        """Write a business date."""
        return NOTHING if day is None else str(format_date(day, "medium", locale=self.locale))

    def instant(self, at: datetime | None) -> str:
        """Write an instant in the shop's time zone."""
        if at is None:
            return NOTHING
        return str(format_datetime(at.astimezone(self.zone), "medium", locale=self.locale))

    def minute(self, at: datetime | None) -> str:
        """Write when something is due or ends: to the minute, in the shop's time zone."""
        if at is None:
            return NOTHING
        here = at.astimezone(self.zone)
        return f"{self.date(here.date())}{self._between}{self.time(here)}"

    @property
    def _between(self) -> str:
        return " " if self.language is Language.CHINESE else ", "

    def time(self, at: datetime | None) -> str:
        """Write the time of day in the shop's time zone."""
        if at is None:
            return NOTHING
        return str(format_time(at.astimezone(self.zone), "short", locale=self.locale))

    def ago(self, at: datetime | None, now: datetime) -> str:
        """Write how long ago (or ahead) an instant is, in one unit."""
        if at is None:
            return NOTHING
        gap = at - now
        return str(format_timedelta(gap, add_direction=True, locale=self.locale))

    def span(self, seconds: float | None) -> str:
        """Write a length of time in one unit."""
        if seconds is None:
            return NOTHING
        return str(format_timedelta(round(seconds), locale=self.locale, threshold=1.2))
