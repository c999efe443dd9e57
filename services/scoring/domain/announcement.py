"""What scoring tells others when something happened to a customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Kind(StrEnum):
    """What can be announced; names never change."""

    TIER_CHANGED = "tier.changed"
    TIER_WILL_CHANGE = "tier.will_change"
    TIER_EXPIRED = "tier.expired"
    SEGMENT_ENTERED = "segment.entered"
    SEGMENT_LEFT = "segment.left"
    BENEFIT_USED = "benefit.used"
    POINTS_EARNED = "points.earned"
    POINTS_REDEEMED = "points.redeemed"
    POINTS_EXPIRED = "points.expired"
    POINTS_CLAWED_BACK = "points.clawed_back"


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something that happened to a customer at a business instant; `body` is JSON."""

    profile_id: UUID
    kind: Kind
    body: Mapping[str, Any]
    at: datetime
