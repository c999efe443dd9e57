"""Cases of status programmes: read from JSON, told as JSON."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.scoring.domain.status.engine.history import Entry, History, Pin
from services.scoring.domain.status.engine.rules import Rules, read_rules
from services.scoring.domain.status.engine.timeline import InForce, Item, timeline
from tests.paths import require_shared

Case = dict[str, Any]


def golden(name: str) -> list[Case]:
    cases: list[Case] = json.loads(require_shared(f"golden/{name}.json").read_text("utf-8"))
    return cases


def rules_of(case: Case) -> Rules:
    return read_rules("case", 1, case["programme"])


def history_of(case: Case) -> History:
    return History(
        enrolled_at=at(case["enrolled_at"]),
        entries=[entry_of(entry) for entry in case["entries"]],
        pins=[pin_of(pin, n) for n, pin in enumerate(case.get("pins", ()))],
    )


def entry_of(entry: Case) -> Entry:
    known_at = entry.get("known_at")
    return Entry(
        entry["id"],
        at(entry["at"]),
        None if known_at is None else at(known_at),
        entry["metrics"],
        entry.get("reverses"),
    )


def pin_of(pin: Case, number: int) -> Pin:
    end = pin.get("end")
    ends_at = None if end is None else at(end)
    return Pin(f"pin-{number}", pin["kind"], pin["tier"], at(pin["start"]), ends_at)


def replayed(case: Case) -> list[Case]:
    rules = rules_of(case)
    return told(timeline([InForce(rules)], history_of(case), at(case["until"])), rules)


def told(items: Sequence[Item], rules: Rules) -> list[Case]:
    """Tell items as the files do; instants to the second."""
    return [
        {"at": text(i.at), "tier": rules.tiers[i.rank].key, "until": i.until and text(i.until)}
        for i in items
    ]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def text(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
