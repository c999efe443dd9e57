"""Tasks: what is due for whom, who does it, and how it went."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import Field, JsonValue

from shared.contracts.common import LocalText, Money, OpenObject
from shared.contracts.contacts import Cost
from shared.contracts.playbooks import ContactChannel, Priority, Purpose, ShownText
from shared.contracts.triggers import Key
from shared.wire import FreeText, Identifier, Instant, ReplyModel, WireModel

TaskStateName = Literal["open", "claimed", "done", "cancelled", "expired"]
OutcomeName = Literal["reached", "not_reached", "accepted", "declined", "wrong_number", "skipped"]


class TaskRequest(WireModel):
    """A task made by hand; a playbook may be named that it belongs to."""

    customer_id: Identifier
    title: LocalText
    message: LocalText | None = None
    channel: ContactChannel = "phone"
    purpose: Purpose = "service"
    playbook_key: Key | None = None
    priority: Priority = 3
    due_at: Instant
    owner: Identifier | None = None
    queue: Identifier | None = None
    cost: Cost | None = None
    details: OpenObject = Field(default_factory=dict)


class TaskSegment(ReplyModel):
    """Where the customer stood when the task was made."""

    programme: str | None = None
    tier: str | None = None
    lifecycle: str | None = None


class TaskAnswer(ReplyModel):
    """A task; no name and no address of the customer, but the message to say, with the name in it.

    `cost` is planned, `actual_cost` what was spent. `not_before`: customers are left alone until
    then. `why` says what a playbook's trigger saw, `details` its figures.
    """

    task_id: UUID
    state: TaskStateName
    kind: str
    purpose: Purpose
    channel: str
    customer_id: str
    segment_at: TaskSegment | None
    title: ShownText
    message: ShownText | None
    why: ShownText | None
    details: dict[str, JsonValue]
    priority: int
    owner: str | None
    queue: str | None
    playbook_key: str | None
    playbook_version: int | None
    cost: Money | None
    actual_cost: Money | None
    created_at: datetime
    due_at: datetime
    not_before: datetime | None
    expires_at: datetime
    is_overdue: bool
    claimed_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    outcome: OutcomeName | None
    note: str | None
    interaction_id: UUID | None


class ClaimRequest(WireModel):
    """Who takes the task on; without a name, the key's own."""

    owner: Identifier | None = None


class CompletionRequest(WireModel):
    """How it went; what it cost where it differs from the plan, and how long it took."""

    outcome: OutcomeName
    note: FreeText | None = None
    cost: Cost | None = None
    agent: Identifier | None = None
    duration_s: int | None = Field(default=None, ge=0, le=86_400)
    occurred_at: Instant | None = None


class CancelRequest(WireModel):
    """Why it is not to be done any more."""

    reason: str = Field(min_length=1, max_length=500)


EXAMPLE_TASK: Final[dict[str, Any]] = {
    "customer_id": "c-1",
    "title": {"en": "Call back about the opening of the store", "zh": "就新店开业回电"},
    "message": {"en": "Invite {name} to the opening.", "zh": "邀请{name}参加开业活动。"},
    "channel": "phone",
    "priority": 2,
    "due_at": "2030-11-24T10:00:00+08:00",
    "queue": "vip",
}
EXAMPLE_CLAIM: Final[dict[str, Any]] = {"owner": "li.na"}
EXAMPLE_COMPLETION: Final[dict[str, Any]] = {
    "outcome": "accepted",
    "note": "下周来店",
    "cost": {"amount": "2.50", "currency": "CNY"},
    "agent": "li.na",
    "duration_s": 180,
}
EXAMPLE_CANCEL: Final[dict[str, Any]] = {"reason": "Called for another matter this morning"}
