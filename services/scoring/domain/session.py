"""A session: whose it is, and the tiers it was begun with; it lives in its token alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LIFETIME_S: Final = 15 * 60
Tier = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Named:
    """How the customer was named: an identifier's kind and look-up key, as stored."""

    kind: str
    lookup_key: bytes


@dataclass(frozen=True, slots=True)
class Session:
    """What the token carries; `pinned` holds a tier (key, rank, name) by programme."""

    session_id: str
    named: Named
    channel: str
    pinned: Mapping[str, Tier]


def pinned_tier(before: Tier | None, current: Tier) -> Tier:
    """Keep the tier a session began with unless the present one is higher."""
    if before is None or current["rank"] > before["rank"]:
        return current
    return before
