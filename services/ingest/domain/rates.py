"""Dated exchange rates, and records counted in the currency of the shop by them."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any, TypeVar

from services.ingest.domain.records import Return, ReturnLine, Sale, SaleLine

#: A stored rate: minor units of the base currency for this many minor units of the other.
PER = 10**9
#: The largest stored rate; times the largest amount it is still a number of 36 digits.
MAX_NANO = 10**18


class RateFault(ValueError):
    """A rate that cannot be kept exactly: `code` for machines."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Rate:
    """What one currency was worth from a day on, until its next rate."""

    currency: str
    valid_from: date
    nano: int


@dataclass(frozen=True, slots=True)
class RateTable:
    """All rates to the base currency: by currency, days ascending beside their rates."""

    days: Mapping[str, Sequence[date]] = field(default_factory=dict)
    nanos: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def on(self, currency: str, day: date) -> Rate | None:
        """Return the rate in force on a day: the latest that began by then."""
        days = self.days.get(currency, ())
        place = bisect_right(days, day) - 1
        return Rate(currency, days[place], self.nanos[currency][place]) if place >= 0 else None


NO_RATES = RateTable()


def nano_of(text: str, *, base_exponent: int, exponent: int) -> int:
    """Return a rate in whole units ("0.0478" base units for 1 unit) as it is kept.

    Raises RateFault: not positive, too large, or with more decimals than are kept.
    """
    with localcontext(prec=60):
        try:
            scaled = Decimal(text).scaleb(9 + base_exponent - exponent)
        except InvalidOperation:
            raise RateFault("bad_decimal") from None
        if scaled <= 0:
            raise RateFault("not_positive")
        if scaled > MAX_NANO:
            raise RateFault("out_of_range")
        if scaled != scaled.to_integral_value():
            raise RateFault("wrong_exponent")
    return int(scaled)


def rate_text(nano: int, *, base_exponent: int, exponent: int) -> str:
    """Return a kept rate as base units for 1 unit, the shortest decimal string."""
    value = Decimal(nano).scaleb(exponent - base_exponent - 9)
    text = f"{value:f}"
    return text.rstrip("0").removesuffix(".") if "." in text else text


def converted(minor: int, nano: int) -> int:
    """Return an amount in minor units of the base currency, rounded half to even."""
    whole, rest = divmod(minor * nano, PER)
    return whole + (2 * rest > PER or (2 * rest == PER and whole % 2 == 1))


Line = TypeVar("Line", SaleLine, ReturnLine)
_AMOUNTS: Mapping[type, tuple[str, ...]] = {
    SaleLine: ("discount", "net", "cost"),
    ReturnLine: ("net", "cost"),
}


def _line_in_base(line: Line, nano: int) -> Line:
    amounts: dict[str, Any] = {
        name: converted(getattr(line, name), nano) for name in _AMOUNTS[type(line)]
    }
    return replace(line, **amounts)


def in_base(record: Sale | Return, rate: Rate) -> Sale | Return:
    """Return a record counted in the base currency, each amount of each line by itself."""
    if isinstance(record, Sale):
        return replace(record, lines=tuple(_line_in_base(x, rate.nano) for x in record.lines))
    if record.lines is None:
        return record
    return replace(record, lines=tuple(_line_in_base(x, rate.nano) for x in record.lines))


def conversion_note(record: Sale | Return, rate: Rate) -> dict[str, Any]:
    """Return what an event keeps of its conversion: the rate, and the amounts as they came.

    A sale's lines are kept as [discount, net, cost], a return's as [net, cost], in minor units.
    """
    lines = record.lines or ()
    return {
        "rate_nano": rate.nano,
        "valid_from": rate.valid_from.isoformat(),
        "lines": [[getattr(x, name) for name in _AMOUNTS[type(x)]] for x in lines],
    }
