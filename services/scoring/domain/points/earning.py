"""Which points orders earn, derived from the facts alone: any order of the same facts, same points.

Orders earn with the terms and the tier that were in force when they were placed: the tier held just
before the order, as the timeline tells it, which is itself a function of the facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.scoring.domain.points.calendar import Calendar
from services.scoring.domain.points.happenings import Clawback, Credit, EntryKind, Happening
from services.scoring.domain.points.terms import PointsTerms, TermsInForce, terms_at


@dataclass(frozen=True, slots=True)
class OrderEntry:
    """What an order was worth (minor units), or, naming it in `reverses`, what changed in that."""

    entry_id: str
    reverses: str | None
    at: datetime
    known_at: datetime
    spend: int


@dataclass(frozen=True, slots=True)
class Earning:
    """What a customer's earning rests on besides the entries."""

    schedule: Sequence[TermsInForce]
    tier_at: Callable[[datetime], str | None]
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class _Order:
    """An order that may earn, with the terms of its instant."""

    sale: OrderEntry
    changes: Sequence[OrderEntry]
    terms: PointsTerms


def earned(entries: Iterable[OrderEntry], earning: Earning) -> list[Happening]:
    """Derive credits and clawbacks from entries in any order; repeated ones count once."""
    return [
        happening
        for order in _within_caps(_orders(set(entries), earning), earning.calendar)
        for happening in _of_order(order, earning)
    ]


def _orders(entries: Iterable[OrderEntry], earning: Earning) -> Iterator[_Order]:
    """List orders by instant; a change without its order has no effect."""
    sales: list[OrderEntry] = []
    changes: dict[str, list[OrderEntry]] = defaultdict(list)
    for entry in entries:
        if entry.reverses is None:
            sales.append(entry)
        else:
            changes[entry.reverses].append(entry)
    for sale in sorted(sales, key=lambda each: (each.at, each.entry_id)):
        terms = terms_at(earning.schedule, sale.at)
        if terms is not None and sale.spend >= terms.min_order:
            known = sorted(changes[sale.entry_id], key=lambda each: (each.known_at, each.entry_id))
            yield _Order(sale, known, terms)


def _within_caps(orders: Iterable[_Order], calendar: Calendar) -> Iterator[_Order]:
    """Leave out what is too early or too often; a returned order keeps its place in its day."""
    seen: dict[date, int] = defaultdict(int)
    for order in orders:
        day, terms = calendar.day_of(order.sale.at), order.terms
        seen[day] += 1
        is_early = terms.starts_on is not None and day < terms.starts_on
        is_too_often = terms.orders_a_day is not None and seen[day] > terms.orders_a_day
        if not is_early and not is_too_often:
            yield order


def _of_order(order: _Order, earning: Earning) -> Iterator[Happening]:
    """Credit an order once it counts; then follow what becomes of it, change by change."""
    sale, terms = order.sale, order.terms
    tier_key = earning.tier_at(sale.at)
    expires_at = terms.expiry_of(sale.at, earning.calendar)
    counts_at = max(sale.known_at, sale.at + terms.pending)
    early = [change for change in order.changes if change.known_at <= counts_at]
    spend = sale.spend + sum(change.spend for change in early)
    lots: list[tuple[str, int]] = []
    due = 0
    steps = [(sale.entry_id, counts_at, spend)]
    for change in order.changes[len(early) :]:
        spend += change.spend
        steps.append((change.entry_id, change.known_at, spend))
    for key, at, worth in steps:
        more, due = terms.points_of(worth, tier_key) - due, terms.points_of(worth, tier_key)
        if more > 0:
            lots.append((key, more))
            yield Credit(f"{EntryKind.EARNED}:{key}", at, more, expires_at)
        elif more < 0:
            yield from _taken_back(lots, -more, key, at)


def _taken_back(
    lots: list[tuple[str, int]], points: int, cause: str, at: datetime
) -> Iterator[Clawback]:
    """Take points from an order's lots, the latest first."""
    while points and lots:
        lot, held = lots.pop()
        taken = min(points, held)
        points -= taken
        if held > taken:
            lots.append((lot, held - taken))
        key = f"{EntryKind.CLAWED_BACK}:{cause}:{lot}"
        yield Clawback(key, at, f"{EntryKind.EARNED}:{lot}", taken)
