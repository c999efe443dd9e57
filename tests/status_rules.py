"""Small status programmes and what is bought under them, told as lines."""

from typing import Any

from services.scoring.domain.status.engine.history import Entry, History
from services.scoring.domain.status.engine.rules import Rules, read_rules
from services.scoring.domain.status.engine.timeline import InForce, timeline
from tests.status_cases import at, text

Line = tuple[str, int, str | None]
ROLLING: dict[str, Any] = {"kind": "rolling", "months": 12}
YEARS: dict[str, Any] = {"kind": "calendar", "unit": "year", "start_month": 1}
A_YEAR: dict[str, Any] = {"kind": "months", "months": 12}
NEXT_PERIOD: dict[str, Any] = {"kind": "periods", "after": 1}
BASE: dict[str, Any] = {
    "tiers": [
        {"key": "basic"},
        {"key": "silver", "enter": {"all": {"s": 10}}, "keep": {"all": {"s": 8}}},
        {"key": "gold", "enter": {"all": {"s": 30}}, "keep": {"all": {"s": 24}}},
    ],
    "window": ROLLING,
    "validity": A_YEAR,
    "qualification": "track",
    "downgrade": "base",
    "time_zone": "UTC",
    "currency": "CNY",
}


def rules(version: int = 1, **changes: Any) -> Rules:
    return read_rules("case", version, BASE | changes)


def purchase(entry_id: str, when: str, s: int, **changes: Any) -> Entry:
    return Entry(entry_id, at(when), None, {"s": s, **changes})


def back(entry: Entry, known: str, s: int | None = None) -> Entry:
    taken = {"s": -(entry.metrics["s"] if s is None else s)}
    return Entry(f"r-{entry.entry_id}", entry.at, at(known), taken, entry.entry_id)


def told(
    versions: Rules | list[InForce], *entries: Entry, enrolled: str, until: str, **more: Any
) -> list[Line]:
    schedule = [InForce(versions)] if isinstance(versions, Rules) else versions
    items = timeline(schedule, History(at(enrolled), entries, **more), at(until))
    return [(text(i.at), i.rank, None if i.until is None else text(i.until)) for i in items[1:]]
