"""Which cases a list is to hold, and where a page of it ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from services.feedback.domain.cases.case import Case

#: Of somebody without a tier: after everybody with one.
NO_RANK: Final = -1
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
    """Where a page ended: what the last case of it was ordered by, most urgent first.

    `rank` is that of the tier, nobody's is -1.
    """

    due_at: datetime
    priority: int
    rank: int
    opened_at: datetime
    case_id: UUID


def place_of(case: Case) -> Place:
    """Tell where a case stands in the list."""
    rank = NO_RANK if case.tier_rank is None else case.tier_rank
    return Place(case.due_at, case.priority, rank, case.opened_at, case.case_id)


def cursor_at(place: Place) -> str:
    """Name a place in the list: instants as microseconds, the rank from 0 on, and the id."""
    parts = (_micros(place.due_at), place.priority, place.rank - NO_RANK, _micros(place.opened_at))
    return "-".join((*map(str, parts), place.case_id.hex))


def place_at(cursor: str) -> Place:
    """Read a cursor that `cursor_at` wrote; raises ValueError or OverflowError."""
    due, priority, rank, opened, case_id = cursor.split("-")
    return Place(_instant(due), int(priority), int(rank) + NO_RANK, _instant(opened), UUID(case_id))


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _instant(micros: str) -> datetime:
    return _EPOCH + int(micros) * _MICROSECOND
