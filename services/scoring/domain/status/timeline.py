"""From a customer's history to the tiers they held, hold and when that changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.scoring.domain.status.reasons import Reason
from services.scoring.domain.status.rules import Rules


@dataclass(frozen=True, slots=True)
class InForce:
    """One version and since when it decides (None: from the first)."""

    rules: Rules
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A change of tier or of its end; `until` None: no end."""

    at: datetime
    rank: int
    until: datetime | None
    reason: Reason
