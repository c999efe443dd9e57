"""What is said of a feature: its name, unit, formula, sources and use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from services.scoring.domain.days import BEHAVIOUR_COLUMNS

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
    "habits",
]
Unit = Literal[
    "days",
    "money",
    "orders",
    "per_day",
    "money_per_day",
    "lines",
    "returns",
    "share",
    "index",
    "items",
    "events",
    "hour",
]

#: What the purpose `personalisation` is asked for: what somebody does besides buying, and their
#: hours and tastes. Purchases themselves are needed for the service and stay.
CONSENT_SOURCES: Final = frozenset(
    (*BEHAVIOUR_COLUMNS, "orders.effective_at", "sku_first_sales.first_sold")
)


@dataclass(frozen=True, slots=True)
class Feature:
    """One number about a customer; `direction` is the only way it may move the score."""

    name: str
    unit: Unit
    group: Group
    direction: Literal[-1, 0, 1]
    #: Days of history it looks back on; 0: all.
    window_days: int = 0
    #: How it is computed, in words and signs.
    formula: str = ""
    #: Columns of `customer_day` it is computed from, or `table.column` of another table.
    sources: tuple[str, ...] = ()
    #: "value": offered to the value model; "profile": computed on demand and shown only.
    role: Literal["value", "profile"] = "value"

    @property
    def needs_consent(self) -> bool:
        """Say whether it is removed once consent to personalisation is withdrawn."""
        return not CONSENT_SOURCES.isdisjoint(self.sources)

    @property
    def named_sources(self) -> tuple[str, ...]:
        """Name the sources as `table.column`."""
        return tuple(each if "." in each else f"customer_day.{each}" for each in self.sources)
