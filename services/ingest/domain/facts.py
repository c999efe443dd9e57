"""Rows of facts, and the difference between two sets of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from services.ingest.domain.records import EventKey, OrderKey

Counts = dict[str, int]
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order: what was sold, what of it came back (`returned_*`), what was refunded."""

    order_key: OrderKey
    sequence: int
    effective_at: datetime
    business_date: date
    store_id: str | None
    channel: str
    gross: int
    discount: int
    net: int
    cost: int
    quantity_milli: int
    returned_net: int
    returned_quantity_milli: int
    refunded_net: int
    is_void: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of an order."""

    order_key: OrderKey
    line: int
    sku: str
    category: str | None
    quantity_milli: int
    discount: int
    net: int
    cost: int
    returned_quantity_milli: int
    returned_net: int


@dataclass(frozen=True, slots=True)
class EntryRow:
    """What programmes read: `at` decides the window, `known_at` when it may change a decision."""

    entry_id: bytes
    reverses: OrderKey | None
    at: datetime
    known_at: datetime
    spend: int
    margin: int
    orders: int
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A return, or a part of one, that had no effect, and the order it named."""

    event_key: EventKey
    finding: str
    order_key: OrderKey | None
    at: datetime


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A paid membership: from when to when, and when it was taken back, if it was."""

    membership_id: bytes
    programme_key: str
    tier_key: str | None
    starts_at: datetime
    ends_at: datetime | None
    ended_at: datetime | None
    order_key: OrderKey | None


@dataclass(slots=True)
class Facts:
    """All fact rows of one customer, or of one store's anonymous receipts, by key."""

    orders: dict[OrderKey, OrderRow] = field(default_factory=dict)
    lines: dict[tuple[OrderKey, int], LineRow] = field(default_factory=dict)
    entries: dict[bytes, EntryRow] = field(default_factory=dict)
    findings: dict[tuple[EventKey, str], FindingRow] = field(default_factory=dict)
    days: dict[date, Counts] = field(default_factory=dict)
    categories: dict[str, Counts] = field(default_factory=dict)
    skus: dict[str, Counts] = field(default_factory=dict)
    habits: dict[int, int] = field(default_factory=dict)
    shop_days: dict[tuple[str, date, int], Counts] = field(default_factory=dict)
    memberships: dict[bytes, MembershipRow] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowChange(Generic[K, V]):
    """Rows to write, keys of rows that are no more, and rows that never were before."""

    written: dict[K, V]
    removed: frozenset[K]
    added: dict[K, V] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactsChange:
    """What must be written to go from one set of facts to another; sums as increments."""

    orders: RowChange[OrderKey, OrderRow]
    lines: RowChange[tuple[OrderKey, int], LineRow]
    entries: RowChange[bytes, EntryRow]
    findings: RowChange[tuple[EventKey, str], FindingRow]
    days: RowChange[date, Counts]
    categories: RowChange[str, Counts]
    skus: RowChange[str, Counts]
    habits: RowChange[int, int]
    shop_days: RowChange[tuple[str, date, int], Counts]
    memberships: RowChange[bytes, MembershipRow]


def only_shop_days(change: FactsChange) -> FactsChange:
    """Return what is kept of nobody's receipts: the shop's figures, and what had no effect."""
    nothing: RowChange[Any, Any] = RowChange({}, frozenset())
    return FactsChange(
        orders=nothing,
        lines=nothing,
        entries=nothing,
        findings=change.findings,
        days=nothing,
        categories=nothing,
        skus=nothing,
        habits=nothing,
        shop_days=change.shop_days,
        memberships=nothing,
    )


def add(into: Counts, more: Mapping[str, int]) -> None:
    """Add counts by name."""
    for name, value in more.items():
        into[name] = into.get(name, 0) + value


def change(before: Facts, after: Facts) -> FactsChange:
    """Return the writes that turn `before` into `after`."""
    return FactsChange(
        orders=_rows(before.orders, after.orders),
        lines=_rows(before.lines, after.lines),
        entries=_rows(before.entries, after.entries),
        findings=_rows(before.findings, after.findings),
        days=_sums(before.days, after.days),
        categories=_sums(before.categories, after.categories),
        skus=_sums(before.skus, after.skus),
        habits=_numbers(before.habits, after.habits),
        # rows of a store's day are shared by many receipts: they are taken off, never removed
        shop_days=_sums(before.shop_days, {k: {} for k in before.shop_days} | after.shop_days),
        memberships=_rows(before.memberships, after.memberships),
    )


def _rows(before: dict[K, V], after: dict[K, V]) -> RowChange[K, V]:
    if not before:
        return RowChange({}, frozenset(), after)
    return RowChange(
        written={key: row for key, row in after.items() if before.get(key, row) != row},
        removed=frozenset(before.keys() - after.keys()),
        added={key: row for key, row in after.items() if key not in before},
    )


def _sums(before: dict[K, Counts], after: dict[K, Counts]) -> RowChange[K, Counts]:
    if not before:  # most changes: sales that nothing undoes
        return RowChange(after, frozenset())
    increments = {
        key: _difference(before[key], counts) if key in before else counts
        for key, counts in after.items()
        if before.get(key) != counts
    }
    return RowChange(increments, frozenset(before.keys() - after.keys()))


def _difference(before: Counts, after: Counts) -> Counts:
    return {name: after.get(name, 0) - before.get(name, 0) for name in before.keys() | after.keys()}


def _numbers(before: dict[K, int], after: dict[K, int]) -> RowChange[K, int]:
    increments = {
        key: value - before.get(key, 0) for key, value in after.items() if value != before.get(key)
    }
    return RowChange(increments, frozenset(before.keys() - after.keys()))
