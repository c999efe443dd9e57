"""Pins and grants as they are given, kept and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

Sort = Literal["pin", "grant"]
#: Clocks of senders differ: so long ago is still now.
CLOCK_SLACK: Final = timedelta(minutes=5)
#: Calendars of all zones reach so far back, and no status is older.
FIRST_START: Final = datetime(1900, 1, 1, tzinfo=UTC)
#: More at once for one customer and programme is a loop somewhere, not a decision.
MOST_ACTIVE: Final = 50


class BadPeriod(ValueError):
    """A period cannot be: `member` names the date that is wrong, the text says why."""

    def __init__(self, member: str, text: str) -> None:
        super().__init__(text)
        self.member = member


@dataclass(frozen=True, slots=True)
class NewControl:
    """A pin (`word` is its mode) or a grant (its kind) as somebody asks for it."""

    sort: Sort
    word: str
    programme_key: str
    tier_key: str
    reason: str
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredControl:
    """A pin or a grant as it is kept; it acts from `starts_at` to the earlier of the ends."""

    control_id: UUID
    programme_key: str
    word: str
    tier_key: str
    reason: str
    actor: str
    control_version: int
    starts_at: datetime
    ends_at: datetime | None
    created_at: datetime | None
    ended_at: datetime | None
    ended_control_version: int | None

    def is_open_at(self, now: datetime) -> bool:
        """Tell whether it acts at an instant or will later."""
        return self.ended_at is None and (self.ends_at is None or self.ends_at > now)


def period(new: NewControl, now: datetime) -> tuple[datetime, datetime | None]:
    """Give the period a control acts in; raises BadPeriod.

    A pin begins now or later. A grant may have begun: a status that a shop brings along did.
    """
    start = new.starts_at or now
    if start < FIRST_START:
        raise BadPeriod("starts_at", "must not be before 1900")
    if new.sort == "pin" and start < now:
        if start < now - CLOCK_SLACK:
            raise BadPeriod("starts_at", "a pin cannot begin in the past")
        start = now
    if new.ends_at is not None and new.ends_at <= max(start, now):
        raise BadPeriod("ends_at", "must be after the start, and in the future")
    return start, new.ends_at
