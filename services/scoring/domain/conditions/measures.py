"""Read the leaves that count over days: metrics, events and the windows they lie in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from services.scoring.domain.conditions.fields import Fields, Notes, decimal_of, fields_of
from services.scoring.domain.conditions.tree import (
    ANYWHERE,
    Comparison,
    Condition,
    LastPerformed,
    Metric,
    Not,
    Number,
    Op,
    Performed,
    Where,
    Window,
)
from services.scoring.domain.conditions.vocabulary import (
    COUNTED_EVENTS,
    EVENTS,
    LARGEST,
    METRICS,
    MOST_DAYS,
    ORDER,
    PLACES,
    Unit,
)

#: The members that say which days count.
WINDOW: Final = ("last_days", "from", "to")


@dataclass(frozen=True, slots=True)
class Shop:
    """What reading needs of the shop: the decimals of its money."""

    exponent: int


def window_of(fields: Fields) -> Window | None:
    """Read `last_days`, or `from` and `to`, or neither: for ever."""
    if fields.has("last_days"):
        if fields.has("from") or fields.has("to"):
            fields.fault("last_days", "one_kind", "goes without from and to")
            return None
        days = fields.whole("last_days", 1, MOST_DAYS)
        return None if days is None else Window(last_days=days)
    start = fields.day("from") if fields.has("from") else None
    end = fields.day("to") if fields.has("to") else None
    if (start is None and fields.has("from")) or (end is None and fields.has("to")):
        return None
    if start and end and start > end:
        fields.fault("to", "out_of_range", "must not lie before from")
        return None
    return Window(start=start, end=end)


def comparison_of(
    fields: Fields, read: Callable[[str, object], Number | None], name: str = "value"
) -> Comparison | None:
    """Read `op` and its bound; `between` takes a list of two."""
    op = fields.choice("op", tuple(Op))
    given = fields.value(name)
    if op is None or name not in fields.members:
        return None
    if op != Op.BETWEEN:
        value = read(name, given)
        return None if value is None else Comparison(Op(op), value)
    if not isinstance(given, list) or len(given) != 2:
        fields.fault(name, "wrong_type", "must list two bounds for between")
        return None
    low, high = read(f"{name}/0", given[0]), read(f"{name}/1", given[1])
    if low is None or high is None:
        return None
    if low > high:
        fields.fault(name, "out_of_range", "must give the lower bound first")
        return None
    return Comparison(Op.BETWEEN, low, high)


def _whole_in(fields: Fields) -> Callable[[str, object], int | None]:
    def read(place: str, given: object) -> int | None:
        if type(given) is int and abs(given) <= LARGEST:
            return given
        fields.fault(place, "wrong_type", "must be an integer of at most 53 bits")
        return None

    return read


def _unit_in(fields: Fields, unit: Unit, shop: Shop) -> Callable[[str, object], int | None]:
    if unit is Unit.COUNT:
        return _whole_in(fields)
    exponent = shop.exponent if unit is Unit.MONEY else 3

    def read(place: str, given: object) -> int | None:
        return fields.scaled(place, given, exponent)

    return read


def metric(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    """Read `{"name", "op", "value"}` over a window."""
    fields = fields_of(notes, value, pointer, ("name", "op", "value", *WINDOW))
    if fields is None:
        return None
    name, window = fields.choice("name", METRICS), window_of(fields)
    unit = METRICS[name][1] if name else Unit.COUNT
    comparison = comparison_of(fields, _unit_in(fields, unit, shop)) if name else None
    if name is None or window is None or comparison is None:
        return None
    return Metric(name, window, comparison)


def _where(fields: Fields, event: str | None) -> Where | None:
    if not fields.has("where"):
        return ANYWHERE
    if event != ORDER:
        fields.fault("where", "not_allowed", f"goes with {ORDER} only")
        return None
    inner = fields_of(fields.notes, fields.members["where"], f"{fields.pointer}/where", PLACES)
    if inner is None:
        return None
    read = {place: inner.texts(place) for place in PLACES if inner.has(place)}
    if None in read.values():
        return None
    return Where(**{place: texts for place, texts in read.items() if texts is not None})


def performed(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    """Read an event that happened; one counted by day becomes a metric."""
    fields = fields_of(notes, value, pointer, ("event", "times", "where", *WINDOW))
    if fields is None:
        return None
    event, window = fields.choice("event", EVENTS), window_of(fields)
    times = fields.whole("times", 1, LARGEST) if fields.has("times") else 1
    where = _where(fields, event)
    if event is None or window is None or times is None or where is None:
        return None
    if event in COUNTED_EVENTS and where == ANYWHERE:
        return Metric(COUNTED_EVENTS[event], window, Comparison(Op.GTE, times))
    return Performed(event, where, window, times)


def not_performed(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    """Read an event that did not happen (so often)."""
    found = performed(notes, value, pointer, shop)
    return None if found is None else Not(found)


def last_performed(notes: Notes, value: object, pointer: str, shop: Shop) -> Condition | None:
    """Read `{"event", "op", "days"}`: days since an event happened last."""
    fields = fields_of(notes, value, pointer, ("event", "op", "days", "where"))
    if fields is None:
        return None
    event = fields.choice("event", EVENTS)
    where, comparison = _where(fields, event), comparison_of(fields, _whole_in(fields), "days")
    if event is None or where is None or comparison is None:
        return None
    return LastPerformed(event, where, comparison)


def real_in(fields: Fields) -> Callable[[str, object], float | None]:
    """Make a reader of real numbers."""

    def read(place: str, given: object) -> float | None:
        number = decimal_of(given)
        if number is not None and abs(number) <= LARGEST:
            return float(number)
        fields.fault(place, "wrong_type", "must be a number")
        return None

    return read
