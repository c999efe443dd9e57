"""Who buys faster than people do: a rule that caps the tier until somebody has looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

#: Who asks for the pin, as rows and the audit log name them.
ACTOR = "velocity"


@dataclass(frozen=True, slots=True)
class VelocityRule:
    """So many orders on one local day cap a customer at the base tier."""

    orders_per_day: int
    base_tier: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Burst:
    """A customer's orders on one local day that are as many as the rule names, or more."""

    profile_id: UUID
    day: date
    orders: int

    def reason(self, rule: VelocityRule) -> str:
        """Say why for whoever looks at the pin."""
        return f"{self.orders} orders on {self.day}: {rule.orders_per_day} a day are suspicious"


def read_velocity(document: Mapping[str, Any]) -> VelocityRule | None:
    """Read the rule of a valid status document; None where it has none."""
    rule = document.get("velocity")
    if rule is None:
        return None
    return VelocityRule(rule["orders_per_day"], document["tiers"][0]["key"], document["time_zone"])


def pin_id_of(programme: str, burst: Burst) -> UUID:
    """Name the pin of a burst: one that somebody ended never comes back for the same day."""
    basis = f"velocity {programme} {burst.profile_id.hex} {burst.day}"
    return UUID(bytes=sha256(basis.encode()).digest()[:16])
