"""Which cases a list is to hold, and where a page of it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases: those that fit everything given; `overdue_at` those late at an instant."""

    state: str | None = None
    owner: str | None = None
    tier_key: str | None = None
    priority: int | None = None
    kind: str | None = None
    feedback_id: UUID | None = None
    customer_ids: Sequence[str] | None = None
    overdue_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: after this case, due then."""

    due_at: datetime
    case_id: UUID


def cursor_at(due_at: datetime, case_id: UUID) -> str:
    """Name a place in the list: microseconds of the due time, and the id."""
    return f"{(due_at - _EPOCH) // _MICROSECOND}-{case_id.hex}"


def place_at(cursor: str) -> Place:
    """Read a cursor that `cursor_at` wrote; raises ValueError or OverflowError."""
    micros, _, case_id = cursor.partition("-")
    return Place(_EPOCH + int(micros) * _MICROSECOND, UUID(hex=case_id))
