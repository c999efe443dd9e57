"""What each preset does with a customer's history: the story its description tells."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from services.scoring.domain.status.engine.history import Entry, Grant, History
from services.scoring.domain.status.engine.rules import read_rules
from services.scoring.domain.status.engine.timeline import InForce, timeline
from tests.unit.scoring.test_programme_presets import PRESETS

UNTIL = "2027-12-31"
Bought = tuple[str, Mapping[str, int]]
Told = tuple[str, str, str | None]


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def bought(made: Sequence[Bought]) -> list[Entry]:
    return [Entry(f"o{n}", at(when), None, metrics) for n, (when, metrics) in enumerate(made)]


def replayed(key: str, history: History, until: str = UNTIL) -> list[Told]:
    """Tell (from, tier, until) of a preset whose days are those of UTC."""
    rules = read_rules(key, 1, PRESETS[key] | {"time_zone": "UTC"})
    return [
        (day(item.at), rules.tiers[item.rank].key, None if item.until is None else day(item.until))
        for item in timeline([InForce(rules, None)], history, at(until))
    ]


def day(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d}"


STORIES: dict[str, tuple[str, list[Bought], list[Told]]] = {
    "coffee lands softly": (
        "coffee",
        [("2024-02-01", {"stars": 2600})],
        [
            ("2024-01-01", "regular", None),
            ("2024-02-01", "gold", "2025-02-01"),
            ("2025-02-01", "silver", "2026-02-01"),
            ("2026-02-01", "regular", None),
        ],
    ),
    "coffee is kept by who goes on buying": (
        "coffee",
        [("2024-02-01", {"stars": 300}), ("2024-05-01", {"stars": 200})],
        [
            ("2024-01-01", "regular", None),
            ("2024-05-01", "silver", "2025-05-01"),
            ("2025-05-01", "regular", None),
        ],
    ),
    "the year decides, and a little less keeps": (
        "calendar-vip",
        [("2024-06-01", {"spend": 300_000}), ("2025-03-01", {"spend": 240_000})],
        [
            ("2024-01-01", "basic", None),
            ("2024-06-01", "gold", "2026-01-01"),
            ("2026-01-01", "gold", "2027-01-01"),
            ("2027-01-01", "silver", "2028-01-01"),
        ],
    ),
    "travel has a tail to the end of February": (
        "travel",
        [("2024-06-01", {"nights": 50, "spend": 0})],
        [
            ("2024-01-01", "member", None),
            ("2024-06-01", "diamond", "2026-03-01"),
            ("2026-03-01", "gold", "2027-03-01"),
            ("2027-03-01", "member", None),
        ],
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_a_preset_tells_its_story(story: str) -> None:
    key, made, told = STORIES[story]
    assert replayed(key, History(at("2024-01-01"), bought(made))) == told


def test_plus_lasts_as_long_as_it_is_paid_and_twelve_orders_make_it_gold() -> None:
    paid = Grant("g", "paid", "plus", at("2024-03-01"), at("2025-03-01"))
    orders = bought([(f"2024-04-{n:02}", {"orders": 1, "spend": 100}) for n in range(1, 13)])
    history = History(at("2024-01-01"), orders, grants=[paid])
    assert replayed("prime", history, "2025-12-31") == [
        ("2024-01-01", "guest", None),
        ("2024-03-01", "plus", "2025-03-01"),
        ("2024-04-12", "plus_gold", "2025-03-01"),
        ("2025-03-01", "guest", None),
    ]


def test_a_refund_of_the_fee_ends_plus_at_once() -> None:
    refunded = Grant("g", "paid", "plus", at("2024-03-01"), at("2024-03-05"))
    told = replayed("prime", History(at("2024-01-01"), [], grants=[refunded]), "2024-12-31")
    assert [tier for _, tier, _ in told] == ["guest", "plus", "guest"]
