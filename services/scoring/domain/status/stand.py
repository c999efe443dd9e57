"""Where a customer stands in a status programme at an instant, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.scoring.domain.status.history import GrantKind
from services.scoring.domain.status.reasons import Reason
from services.scoring.domain.status.timeline import Item

Hold = Literal["held", "at_risk", "grace", "pinned"]


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the word of the domain; Python's warnings are not used here
    """The tier a customer falls to at an instant if nothing new arrives."""

    tier_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing to reach or to keep a tier.

    `needs`: (metric, how much is missing) in the metric's integer unit; with `is_any` one of them
    is enough, else all are needed. `grant`: a kind of grant that must be active and is not.
    `by`: until when (None: no date).
    """

    tier_key: str
    needs: tuple[tuple[str, int], ...]
    is_any: bool
    grant: GrantKind | None
    by: datetime | None


@dataclass(frozen=True, slots=True)
class Stand:
    """All that can be told of one customer at one instant.

    `rank` is shown, `earned_rank` is what entries and grants alone give. `next_change_at` is the
    first instant after now at which anything here may differ if nothing new arrives.
    """

    rank: int
    earned_rank: int
    since: datetime
    until: datetime | None
    status: Hold
    grace_until: datetime | None
    reason: Reason
    items: Sequence[Item]
    next_change_at: datetime | None
    warn: Warning | None
    next: Missing | None
    keep: Missing | None
