"""What the value model sees of a customer: every feature, in the order of the columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal[
    "recency",
    "frequency",
    "amount",
    "trend",
    "rhythm",
    "returns",
    "breadth",
    "engagement",
    "feedback",
]
Unit = Literal["days", "money", "orders", "per_day", "money_per_day", "lines", "returns", "share"]

WINDOWS = (14, 28, 56, 91, 182, 364)
HALF_LIVES = (14, 45, 120)
TREND_WINDOW = 56


@dataclass(frozen=True, slots=True)
class Feature:
    """One number about a customer; `direction` is the only way it may move the score."""

    name: str
    unit: Unit
    group: Group
    direction: Literal[-1, 0, 1]
    window_days: int = 0
    #: In words or a formula, for the table of features.
    formula: str = ""
    #: Columns of `customer_day` it is computed from.
    sources: tuple[str, ...] = ()
    #: "value": offered to the value model; "profile": computed and shown only.
    role: Literal["value", "profile"] = "value"


def _windowed(window: int) -> tuple[Feature, Feature]:
    group: tuple[Group, Group] = (
        ("trend", "trend") if window <= TREND_WINDOW else ("amount", "frequency")
    )
    return (
        Feature(f"net_{window}d", "money", group[0], 1, window),
        Feature(f"orders_{window}d", "orders", group[1], 1, window),
    )


def _decayed(half_life: int) -> tuple[Feature, Feature]:
    return (
        Feature(f"net_decayed_{half_life}d", "money", "amount", 1),
        Feature(f"orders_decayed_{half_life}d", "orders", "frequency", 1),
    )


FEATURES: tuple[Feature, ...] = (
    Feature("recency", "days", "recency", -1),
    Feature("tenure", "days", "rhythm", 0),
    Feature("order_days", "orders", "frequency", 1),
    Feature("net", "money", "amount", 1),
    Feature("mean_order_day", "money", "amount", 1),
    Feature("max_order_day", "money", "amount", 1),
    Feature("span", "days", "rhythm", 0),
    Feature("gap", "days", "rhythm", 0),
    Feature("recency_over_gap", "share", "rhythm", 0),
    Feature("order_rate", "per_day", "frequency", 1),
    Feature("net_rate", "money_per_day", "amount", 1),
    Feature("spread_order_day", "money", "amount", 0),
    Feature("last_order_day", "money", "amount", 0),
    Feature("last_gap", "days", "rhythm", 0),
    Feature("returns", "returns", "returns", 0),
    Feature("returns_net", "money", "returns", 0),
    Feature("returns_share", "share", "returns", 0),
    Feature("lines_per_order_day", "lines", "breadth", 0),
    *(feature for window in WINDOWS for feature in _windowed(window)),
    *(feature for half_life in HALF_LIVES for feature in _decayed(half_life)),
)
FEATURE_NAMES: tuple[str, ...] = tuple(feature.name for feature in FEATURES)
