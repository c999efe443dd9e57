"""What is known of one customer on one business date, as conditions ask for it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.scoring.domain.conditions.tree import Where, Window
from services.scoring.domain.conditions.vocabulary import (
    BEHAVIOUR_METRICS,
    METRICS,
    ORDER,
    UNMASKED_EVENTS,
)
from services.scoring.domain.days import day_number, day_of


@dataclass(frozen=True, slots=True)
class Days:
    """Rows of `customer_day`: day numbers rising, and columns by name; one not given is zeros.

    Money in minor units of the shop's base currency, quantity in thousandths.
    """

    numbers: Sequence[int] = ()
    columns: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def total(self, column: str, first: int, last: int) -> int:
        """Sum a column over [first, last], day numbers."""
        values = self.columns.get(column)
        return 0 if values is None else sum(values[self._span(first, last)])

    def ordered(self, first: int, last: int) -> list[int]:
        """List the days with an order in [first, last]."""
        orders = self.columns.get("orders", ())
        span = self._span(first, last)
        return [n for n, k in zip(self.numbers[span], orders[span], strict=False) if k > 0]

    def last_with(self, column: str, until: int) -> int | None:
        """Give the last day up to `until` on which a column is above zero."""
        values = self.columns.get(column, ())
        place = min(bisect_right(self.numbers, until), len(values)) - 1
        while place >= 0 and values[place] <= 0:
            place -= 1
        return self.numbers[place] if place >= 0 else None

    def _span(self, first: int, last: int) -> slice:
        return slice(bisect_left(self.numbers, first), bisect_right(self.numbers, last))


@dataclass(frozen=True, slots=True)
class Sale:
    """One order that was not voided; `goods` are (category, sku) of its lines."""

    day: int
    channel: str
    store: str | None
    goods: frozenset[tuple[str | None, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class HeldTier:
    """The tier held in a programme, and since which business date."""

    key: str
    since: date


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """One customer as of `today`; what lies after it is not seen.

    `sales` and `events` (day numbers by kind) need only be there for conditions that ask for
    them, see needs.py. `attributes` as JSON, its numbers as Decimal, int or float.
    """

    profile_id: UUID
    today: date
    days: Days = field(default_factory=Days)
    attributes: Mapping[str, object] = field(default_factory=dict)
    sales: Sequence[Sale] = ()
    events: Mapping[str, Sequence[int]] = field(default_factory=dict)
    score: float | None = None
    tiers: Mapping[str, HeldTier] = field(default_factory=dict)
    consents: Mapping[str, bool] = field(default_factory=dict)

    @property
    def is_masked(self) -> bool:
        """Tell whether what they do besides buying is blank: consent was withdrawn."""
        return self.consents.get("personalisation") is False

    def order_dates(self) -> list[date]:
        """List the dates with an order, rising."""
        return [day_of(number) for number in self.days.ordered(-(2**31), day_number(self.today))]

    def total(self, metric: str, window: Window) -> int:
        """Sum a metric over a window."""
        if metric in BEHAVIOUR_METRICS and self.is_masked:
            return 0
        first, last = self.span(window)
        match metric:
            case "margin":
                net = self.days.total("net_booked", first, last)
                return net - self.days.total("cost", first, last)
            case "days":
                return len(self.days.ordered(first, last))
            case "categories":
                bought = (sale.goods for sale in self.sales if first <= sale.day <= last)
                return len({category for goods in bought for category, _ in goods} - {None})
            case _:
                column = METRICS[metric][0]
                return 0 if column is None else self.days.total(column, first, last)

    def times(self, event: str, where: Where, window: Window) -> list[int]:
        """List the days on which an event happened in a window, one item each time."""
        first, last = self.span(window)
        if event == ORDER:
            return [s.day for s in self.sales if first <= s.day <= last and matches(s, where)]
        if self.is_masked and event not in UNMASKED_EVENTS:
            return []
        return [day for day in self.events.get(event, ()) if first <= day <= last]

    def span(self, window: Window) -> tuple[int, int]:
        """Give the first and last day number of a window, today the last at most."""
        today = day_number(self.today)
        if window.last_days is not None:
            return today - window.last_days + 1, today
        first = -(2**31) if window.start is None else day_number(window.start)
        last = today if window.end is None else min(day_number(window.end), today)
        return first, last


def matches(sale: Sale, where: Where) -> bool:
    """Tell whether an order is one of those asked for; one line must match category and sku."""
    if where.channel and sale.channel not in where.channel:
        return False
    if where.store and sale.store not in where.store:
        return False
    return not where.asks_lines or any(
        (not where.category or category in where.category) and (not where.sku or sku in where.sku)
        for category, sku in sale.goods
    )
