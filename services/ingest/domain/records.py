"""What happened, in the shop's own units: the normalised records that facts are folded from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType
from uuid import UUID

EventKey = NewType("EventKey", bytes)
OrderKey = NewType("OrderKey", bytes)


@dataclass(frozen=True, slots=True)
class Occasion:
    """When, where and for whom something happened; the same for every kind of record."""

    profile_id: UUID
    event_key: EventKey
    store_id: str | None
    channel: str
    business_date: date
    occurred_at: datetime
    effective_at: datetime
    is_anonymous: bool = False


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line of a sale: quantity in thousandths, money in minor units of the base currency."""

    line: int
    sku: str
    category: str | None
    quantity_milli: int
    discount: int
    net: int
    cost: int


@dataclass(frozen=True, slots=True)
class Sale:
    """A purchase. `order_keys`: every key it is known by, the one facts use first.

    `is_valued`: told by the source that is the authority for the order; the word of any other is
    kept and adds its keys, never value. `is_correction`: its lines replace those told before.
    """

    occasion: Occasion
    sequence: int
    order_keys: tuple[OrderKey, ...]
    lines: tuple[SaleLine, ...]
    habit_slot: int
    is_valued: bool = True
    is_correction: bool = False

    @property
    def order_key(self) -> OrderKey:
        """Return the key under which facts store this order."""
        return self.order_keys[0]


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """Goods that came back: magnitudes, never negative."""

    line: int
    sku: str
    category: str | None
    quantity_milli: int
    net: int
    cost: int


@dataclass(frozen=True, slots=True)
class Return:
    """Goods that came back.

    Without `link` nobody said which sale it undoes; without `lines` everything that is left of
    the linked sale came back.
    """

    occasion: Occasion
    link: OrderKey | None
    lines: tuple[ReturnLine, ...] | None


@dataclass(frozen=True, slots=True)
class Void:
    """A sale that never was."""

    occasion: Occasion
    link: OrderKey


@dataclass(frozen=True, slots=True)
class Activity:
    """Behaviour without money, as counts by name: views, carts, feedback, referrals."""

    occasion: Occasion
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """A membership that was paid for, for months or until an instant, or (`is_end`) its end.

    `zone`: where months are counted. `order_key`: the order it was paid with.
    """

    occasion: Occasion
    programme: str
    tier: str | None
    zone: str
    months: int | None = None
    ends_at: datetime | None = None
    order_key: OrderKey | None = None
    is_end: bool = False


Record = Sale | Return | Void | Activity | Membership

ONLINE_CHANNELS = frozenset({"web", "app", "social"})
