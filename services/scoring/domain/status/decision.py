"""What a status decision rests on and what it says: the values that go between statements."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.scoring.domain.status.counting import EntryRow
from services.scoring.domain.status.engine.history import Grant, Pin
from services.scoring.domain.status.engine.stand import Fall
from services.scoring.domain.status.engine.timeline import Item
from services.scoring.domain.tiers.decision import Versions


@dataclass(frozen=True, slots=True)
class StoredStatus:
    """The part of a row of `tier_current` that tells what changed since.

    `items` and `items_sum` stand for its timeline, `warned` for the fall that was announced.
    """

    decided_at: datetime
    rank: int
    items: int
    items_sum: int
    warned: datetime | None


@dataclass(frozen=True, slots=True)
class StatusCustomer:
    """One customer as read in one snapshot.

    `enrolled_at` is what their profile says, `order_days` rise, `last_told` is the tier and the
    release of the newest row of history.
    """

    profile_id: UUID
    customer_id: str | None
    versions: Versions
    enrolled_at: datetime | None
    rows: Sequence[EntryRow]
    pins: Sequence[Pin]
    grants: Sequence[Grant]
    order_days: Sequence[date]
    stored: StoredStatus | None = None
    last_told: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class StatusDecision:
    """A tier decided for one instant.

    The answer holds until `next_change_at` if nothing new arrives; tier and status until `due_at`
    (None: for ever).
    """

    profile_id: UUID
    versions: Versions
    rank: int
    tier_key: str
    since: datetime
    lifecycle: str
    status: str
    valid_until: datetime | None
    next_change_at: datetime
    due_at: datetime | None
    items: Sequence[Item]
    items_sum: int
    fall: Fall | None
    inputs_hash: bytes
    answer: bytes
    because: str | None
    tier_before: str | None


def state_of(decision: StatusDecision, warned: datetime | None, now: datetime) -> bytes:
    """Write what the next decision needs of this one as its stored document.

    `warned` is the fall that was announced; one that was not is told by a review at once.
    """
    is_told = decision.fall is None or decision.fall.at == warned
    due_at = decision.due_at if is_told else now
    warning, due = ("null" if at is None else f'"{at.isoformat()}"' for at in (warned, due_at))
    counted = f'"items":{len(decision.items)},"sum":{decision.items_sum}'
    return f'{{{counted},"warned":{warning},"due":{due}}}'.encode()


def sum_of_items(items: Sequence[Item]) -> int:
    """Sum up a timeline so that two can be compared without reading one back."""
    total = 0
    for item in items:
        until = item.until.isoformat() if item.until else ""
        line = f"{item.at.isoformat()} {item.rank} {until} {item.reason}"
        total = zlib.crc32(line.encode(), total)
    return total
