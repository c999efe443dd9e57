"""What counts: from an order's facts to the metrics that a programme's rules are written in.

An order counts as what is left of it. Whatever changes that (a return, a correction, a return of
another order of the day) is an entry of its own, known when the change is: replayed without what
was returned, the entries are those of a customer who had never bought it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final, NamedTuple

from services.scoring.domain.status.history import Entry

SPEND: Final = "spend"
MARGIN: Final = "margin"
ORDERS: Final = "orders"
QUANTITY: Final = "quantity"
DAYS: Final = "days"
#: Metrics every programme may use, without a definition.
PLAIN: Final = (SPEND, MARGIN, ORDERS, QUANTITY, DAYS)


class EntryRow(NamedTuple):
    """One stored entry: an order as first booked, or what one event added to it or took off it.

    Money in minor units of the base currency, quantity in thousandths.
    """

    entry_id: bytes
    reverses: bytes | None
    at: datetime
    known_at: datetime
    spend: int
    margin: int
    orders: int
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class Derived:
    """A metric of whole units: the floor of `of` over `per`, order by order."""

    name: str
    of: str
    per: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What one version says about counting; `min_order` in minor units."""

    derived: tuple[Derived, ...] = ()
    min_order: int = 0
    max_orders_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the orders of one version become metrics: which figure, and per how much (0: as is)."""

    figures: tuple[tuple[int, int], ...]
    min_order: int
    most_a_day: int | None

    def values(self, net: _Net, *, is_first: bool) -> Values:
        figures = (net.spend, net.margin, net.orders, net.quantity, is_first, 0)
        return tuple(
            int(figures[place]) if per == 0 else max(figures[place] // per, 0)
            for place, per in self.figures
        )


class _Net:
    """What is left of an order."""

    __slots__ = ("margin", "orders", "quantity", "row", "spend")

    def __init__(self, row: EntryRow) -> None:
        self.row = row
        _, _, _, _, self.spend, self.margin, self.orders, self.quantity = row

    def change(self, row: EntryRow) -> None:
        self.spend += row.spend
        self.margin += row.margin
        self.orders += row.orders
        self.quantity += row.quantity_milli


Values = tuple[int, ...]
_FIGURES: Final = {name: place for place, name in enumerate(PLAIN)}
_NOTHING: Final = (len(PLAIN), 0)


class Counter:
    """Counts for a schedule of versions.

    An order counts by the terms in force at its instant. A metric they do not define is taken
    from the first later version that does, so that a new metric counts what was bought before.
    Local days are those of one zone.
    """

    __slots__ = ("_is_by_day", "_names", "_plans", "_zeros", "_zone")

    def __init__(
        self,
        metrics: Sequence[str],
        terms: Sequence[tuple[datetime | None, Terms]],
        zone: tzinfo,
    ) -> None:
        """Take what rules ask for, and the terms by rising instant, the first from ever."""
        self._names = tuple(metrics)
        self._zone = zone
        self._zeros = (0,) * len(self._names)
        self._plans = [
            (since, _plan(self._names, [each for _, each in terms[place:]]))
            for place, (since, _) in enumerate(terms)
        ]
        limits = any(plan.most_a_day is not None for _, plan in self._plans)
        self._is_by_day = limits or DAYS in self._names

    def count(self, rows: Iterable[EntryRow]) -> list[Entry]:
        """Turn one customer's rows, in any order, into entries with the programme's metrics."""
        orders: dict[bytes, EntryRow] = {}
        changes: dict[bytes, list[EntryRow]] = {}
        for row in rows:
            if row[1] is None:
                orders[row[0]] = row
            else:
                changes.setdefault(row[1], []).append(row)
        known = sorted(orders.values(), key=_by_instant)
        entries: list[Entry] = []
        for group in self._groups(known):
            changed = [c for row in group for c in changes.get(row[0], ())] if changes else ()
            entries += self._lived(group, changed) if changed else self._as_booked(group)
        return entries

    def _groups(self, rows: Sequence[EntryRow]) -> Iterable[list[EntryRow]]:
        """Put together the orders that bear on each other."""
        if not self._is_by_day:
            return ([row] for row in rows)
        days: dict[date, list[EntryRow]] = {}
        for row in rows:
            days.setdefault(row.at.astimezone(self._zone).date(), []).append(row)
        return days.values()

    def _as_booked(self, group: Sequence[EntryRow]) -> Iterable[Entry]:
        found = self.measure([_Net(row) for row in group])
        return [
            _booked(row, _late(row), self._metrics(values))
            for row, values in zip(group, found, strict=True)
            if any(values)
        ]

    def _lived(self, group: Sequence[EntryRow], changes: Sequence[EntryRow]) -> Iterable[Entry]:
        """Count anew whenever something becomes known, and enter what differs."""
        orders = {row.entry_id: row for row in group}
        nets: dict[bytes, _Net] = {}
        told: dict[bytes, Values] = {}
        for event in sorted([*group, *changes], key=lambda row: _acts(row, orders)):
            if event.reverses is None:
                nets[event.entry_id] = _Net(event)
            else:
                nets[event.reverses].change(event)
            standing = sorted(nets.values(), key=lambda net: _by_instant(net.row))
            for net, values in zip(standing, self.measure(standing), strict=True):
                before = told.get(net.row.entry_id)
                if values != (before or self._zeros):
                    told[net.row.entry_id] = values
                    yield self._differs(event, net.row, before, values)

    def _differs(
        self, event: EntryRow, order: EntryRow, before: Values | None, values: Values
    ) -> Entry:
        if before is None:
            known_at = _late(order) if event is order else event.known_at
            return _booked(order, known_at, self._metrics(values))
        metrics = self._metrics([new - old for new, old in zip(values, before, strict=True)])
        entry_id, reverses = event.entry_id.hex(), order.entry_id.hex()
        if event.reverses != order.entry_id:  # the return of one order lets another one count
            entry_id = f"{entry_id}+{reverses}"
        return Entry(entry_id, order.at, event.known_at, metrics, reverses)

    def measure(self, nets: Sequence[_Net]) -> list[Values]:
        """Measure orders that bear on each other, given by rising instant."""
        counted, found = 0, []
        for net in nets:
            plan = self._plan_at(net.row.at)
            is_out = net.orders <= 0 or net.spend < plan.min_order or counted == plan.most_a_day
            counted += not is_out
            found.append(self._zeros if is_out else plan.values(net, is_first=counted == 1))
        return found

    def _plan_at(self, at: datetime) -> _Plan:
        plan = self._plans[0][1]
        for since, later in self._plans[1:]:
            if since is None or since > at:
                break
            plan = later
        return plan

    def _metrics(self, values: Sequence[int]) -> Mapping[str, int]:
        return dict(zip(self._names, values, strict=True))


def _plan(names: Sequence[str], terms: Sequence[Terms]) -> _Plan:
    """Compile terms, completed by the later ones."""
    derived: dict[str, Derived] = {}
    for each in terms:
        for one in each.derived:
            derived.setdefault(one.name, one)
    figures = [
        (_FIGURES[derived[name].of], derived[name].per)
        if name in derived
        else (_FIGURES[name], 0)
        if name in _FIGURES
        else _NOTHING
        for name in names
    ]
    return _Plan(tuple(figures), terms[0].min_order, terms[0].max_orders_per_day)


def _by_instant(row: EntryRow) -> tuple[datetime, bytes]:
    return row[2], row[0]


def _acts(row: EntryRow, orders: Mapping[bytes, EntryRow]) -> tuple[datetime, bool, bytes]:
    """Say when a row changes what counts: never before the order it changes."""
    if row.reverses is None:
        return row.at, False, row.entry_id
    return max(row.known_at, orders[row.reverses].at), True, row.entry_id


def _booked(row: EntryRow, known_at: datetime | None, metrics: Mapping[str, int]) -> Entry:
    return Entry(row.entry_id.hex(), row.at, known_at, metrics)


def _late(row: EntryRow) -> datetime | None:
    return None if row.known_at == row.at else row.known_at
