"""A task: something to be done for one customer, by whom and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

#: 1 is seen to first.
FIRST, USUAL, LAST = 1, 3, 5
#: A task nobody has seen to so long after it was due is not worth doing any more.
KEPT_AFTER_DUE: Final = timedelta(days=14)


class TaskState(StrEnum):
    """Where a task stands; the last three are final."""

    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Outcome(StrEnum):
    """How a contact went."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WRONG_NUMBER = "wrong_number"
    SKIPPED = "skipped"


UNDONE: Final = frozenset({TaskState.OPEN, TaskState.CLAIMED})
#: Somebody spoke to the customer.
TALKED: Final = frozenset({Outcome.REACHED, Outcome.ACCEPTED, Outcome.DECLINED})
#: Somebody tried to; a wrong number is found by trying too.
TRIED: Final = frozenset(set(Outcome) - {Outcome.SKIPPED})


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be made; `once_key` names its cause, so that making it again makes nothing.

    `title` and `message` are texts in both languages ({"en", "zh"}); a message may keep `{name}`,
    which is filled when it is read. `priority` goes from 1 (first) to 5. `cost` is in minor units.
    `segment_at` is {"programme", "tier", "lifecycle"} of the customer now.
    """

    once_key: str
    customer_id: str
    profile_id: UUID | None
    playbook_key: str | None
    kind: str
    channel: str
    title: Mapping[str, str]
    details: Mapping[str, Any]
    priority: int
    due_at: datetime
    cost: int | None
    currency: str | None
    segment_at: Mapping[str, Any] | None
    message: Mapping[str, str] | None = None
    purpose: str = "service"
    owner: str | None = None
    queue: str | None = None
    expires_at: datetime | None = None
    playbook_version: int | None = None

    @property
    def expiry(self) -> datetime:
        """Tell when it is given up: two weeks after it was due unless said otherwise."""
        return self.expires_at or self.due_at + KEPT_AFTER_DUE


@dataclass(frozen=True, slots=True)
class Task:
    """A row of `tasks`."""

    task_id: UUID
    once_key: str
    playbook_key: str | None
    playbook_version: int | None
    customer_id: str
    profile_id: UUID | None
    kind: str
    purpose: str
    channel: str
    title: Mapping[str, str]
    message: Mapping[str, str] | None
    details: Mapping[str, Any]
    segment_at: Mapping[str, Any] | None
    priority: int
    state: TaskState
    owner: str | None
    queue: str | None
    cost: int | None
    actual_cost: int | None
    currency: str | None
    created_at: datetime
    due_at: datetime
    expires_at: datetime
    claimed_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    outcome: Outcome | None
    note: str | None
    completion: bytes | None = field(repr=False)
    interaction_id: UUID | None
