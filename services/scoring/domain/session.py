"""A session: whose it is, and the tiers it was begun with; it lives in its token alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

LIFETIME_S: Final = 15 * 60
#: However often it is gone on with: else whoever fell keeps the higher tier for ever.
LONGEST_S: Final = 12 * 3600


@dataclass(frozen=True, slots=True)
class Named:
    """How the customer was named: an identifier's kind and look-up key, as stored."""

    kind: str
    lookup_key: bytes


@dataclass(frozen=True, slots=True)
class Session:
    """What the token carries; `pinned` holds a tier (key, rank, name) by programme, encoded.

    `began`: in seconds since 1970, 0 for one that begins now.
    """

    session_id: str
    named: Named
    channel: str
    pinned: Mapping[str, bytes]
    began: int = field(default=0, compare=False)


def pinned_tier(before: bytes | None, current: bytes) -> bytes:
    """Keep the tier a session began with unless the present one is higher; both encoded."""
    if before is None or before == current:
        return current
    return current if _rank(current) > _rank(before) else before


def _rank(tier: bytes) -> int:
    return int(json.loads(tier)["rank"])
