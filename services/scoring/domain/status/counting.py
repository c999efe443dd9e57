"""What counts: from an order's facts to the metrics that a programme's rules are written in.

An order counts as what is left of it. Whatever changes that (a return, a correction) is an entry
of its own, known when the change is: replayed without what was returned, the entries are those of
a customer who had never bought it. Orders of one day share one unit of `days`: it is at the instant
of the first of them that counted, also where only a later one is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final, NamedTuple

from services.scoring.domain.status.engine.history import Entry

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

    def has_room(self, counted: int) -> bool:
        """Tell whether one more order of a day may count."""
        return self.most_a_day is None or counted < self.most_a_day

    def values(self, net: _Net, *, is_first: bool) -> Values:
        figures = (net.spend, net.margin, net.orders, net.quantity, is_first, 0)
        return tuple(
            int(figures[place]) if per == 0 else max(figures[place] // per, 0)
            for place, per in self.figures
        )


class _Net:
    """What is left of an order."""

    __slots__ = ("margin", "orders", "quantity", "spend")

    def __init__(self, row: EntryRow) -> None:
        _, _, _, _, self.spend, self.margin, self.orders, self.quantity = row

    def change(self, row: EntryRow) -> None:
        self.spend += row.spend
        self.margin += row.margin
        self.orders += row.orders
        self.quantity += row.quantity_milli


class _Day:
    """Orders that bear on each other, as they become known.

    Of those that count the first one holds the day, and hands it to nobody: it stays where it is
    while any of them stands, and goes with the last. An order beyond the day's limit does not
    count, whatever comes back later: a return must not look like a purchase.
    """

    __slots__ = ("counted", "holder", "nets")

    def __init__(self) -> None:
        self.nets: dict[bytes, _Net] = {}
        self.counted: set[bytes] = set()
        self.holder: bytes | None = None

    def live(self, event: EntryRow, order: EntryRow, plan: _Plan) -> list[bytes]:
        """Take in what became known of an order; name the orders that may count otherwise."""
        entry_id = order.entry_id
        if event is order:
            self.nets[entry_id] = _Net(event)
        else:
            self.nets[entry_id].change(event)
        net = self.nets[entry_id]
        if net.orders <= 0 or net.spend < plan.min_order:
            self.counted.discard(entry_id)
        elif (event.reverses is None or event.spend > 0) and plan.has_room(len(self.counted)):
            self.counted.add(entry_id)
        before = self.holder
        if not self.counted:
            self.holder = None
        elif before is None:
            self.holder = entry_id
        return [entry_id] if before in {None, entry_id} else [entry_id, before]


Values = tuple[int, ...]
_FIGURES: Final = {name: place for place, name in enumerate(PLAIN)}
_NOTHING: Final = (len(PLAIN), 0)
_EVER: Final = datetime.min.replace(tzinfo=UTC)
_NOTHING_LEFT: Final = _Net(EntryRow(b"", None, _EVER, _EVER, 0, 0, 0, 0))


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
        counted, entries = 0, []
        for row in group:
            plan = self._plan_at(row.at)
            if row.orders <= 0 or row.spend < plan.min_order or not plan.has_room(counted):
                continue
            counted += 1
            values = plan.values(_Net(row), is_first=counted == 1)
            if any(values):
                entries.append(_booked(row, _late(row), self._metrics(values)))
        return entries

    def _lived(self, group: Sequence[EntryRow], changes: Sequence[EntryRow]) -> Iterable[Entry]:
        """Count anew whenever something becomes known, and enter what differs."""
        orders = {row.entry_id: row for row in group}
        day = _Day()
        told: dict[bytes, Values] = {}
        for event in sorted([*group, *changes], key=lambda row: _acts(row, orders)):
            order = orders[event.entry_id if event.reverses is None else event.reverses]
            for entry_id in day.live(event, order, self._plan_at(order.at)):
                row = orders[entry_id]
                values = self._values(day, row)
                before = told.get(entry_id)
                if values != (before or self._zeros):
                    told[entry_id] = values
                    yield self._differs(event, row, before, values)

    def _values(self, day: _Day, row: EntryRow) -> Values:
        plan, is_first = self._plan_at(row.at), day.holder == row.entry_id
        if row.entry_id in day.counted:
            return plan.values(day.nets[row.entry_id], is_first=is_first)
        return plan.values(_NOTHING_LEFT, is_first=is_first)

    def _differs(
        self, event: EntryRow, order: EntryRow, before: Values | None, values: Values
    ) -> Entry:
        if before is None:
            known_at = _late(order) if event is order else event.known_at
            return _booked(order, known_at, self._metrics(values))
        metrics = self._metrics([new - old for new, old in zip(values, before, strict=True)])
        entry_id, reverses = event.entry_id.hex(), order.entry_id.hex()
        if event.reverses != order.entry_id:  # the last order of a day takes the day with it
            entry_id = f"{entry_id}+{reverses}"
        return Entry(entry_id, order.at, event.known_at, metrics, reverses)

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
