"""How steady tiers are: over which span moves are looked at, and what is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LOOKED_AT_DAYS: Final = 90
WITHIN_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when moves are looked at, and how soon after a fall a rise is flapping."""

    start: datetime
    end: datetime
    within_days: int


def looked_at(until: datetime) -> Span:
    """Give the span that is looked at up to an instant."""
    return Span(until - timedelta(days=LOOKED_AT_DAYS), until, WITHIN_DAYS)


@dataclass(frozen=True, slots=True)
class Steadiness:
    """Customers of a programme, who moved, how often, and who fell and rose again soon."""

    customers: int
    moved: int
    moves: int
    flapped: int

    @property
    def flap_rate(self) -> float:
        """Give the share of customers who fell and rose again soon."""
        return self.flapped / self.customers if self.customers else 0.0
