"""How a customer answered an offer, and the shares of answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import Final
from uuid import UUID

ANSWERS: Final = ("accepted", "declined", "ignored")
_Z95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody holds in the default programme, as last decided; None: nothing."""

    programme_key: str | None = None
    tier_key: str | None = None
    lifecycle: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A row of `offer_responses`."""

    customer_id: str
    offer_key: str
    sending: str
    response_id: UUID
    answer: str
    programme_key: str | None
    tier_key: str | None
    lifecycle: str | None
    feedback_id: UUID | None
    at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Shares:
    """Answers counted. Rates are None where nobody answered."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Count all answers, those who did nothing included."""
        return sum(self.counts.values())

    @property
    def response_rate(self) -> float | None:
        """Give the share that said yes or no."""
        total = self.total
        return None if total == 0 else (total - self.counts.get("ignored", 0)) / total

    @property
    def acceptance_rate(self) -> float | None:
        """Give the share that said yes."""
        total = self.total
        return None if total == 0 else self.counts.get("accepted", 0) / total

    @property
    def acceptance_interval(self) -> tuple[float, float] | None:
        """Give the 95 % interval of the share that said yes."""
        return None if self.total == 0 else wilson(self.counts.get("accepted", 0), self.total)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of one tier and lifecycle gave one answer."""

    tier_key: str | None
    lifecycle: str | None
    answer: str
    count: int


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Give the 95 % score interval of a share (Wilson 1927); holds also for 0 and for all."""
    share, spread = hits / trials, _Z95**2 / trials
    middle = (share + spread / 2) / (1 + spread)
    half = sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def shares_of(tallies: Iterable[Tally]) -> Shares:
    """Count answers."""
    counts = dict.fromkeys(ANSWERS, 0)
    for tally in tallies:
        counts[tally.answer] += tally.count
    return Shares(counts)
