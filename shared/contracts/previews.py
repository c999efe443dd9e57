"""What a playbook would do, shown before it does anything."""

from datetime import date, datetime
from typing import Any, Final

from pydantic import Field

from shared.contracts.common import Money
from shared.contracts.playbooks import ContactChannel, PlaybookWarning, ShownText
from shared.wire import ReplyModel, WireModel


class PreviewBody(WireModel):
    """How many samples to show."""

    sample: int = Field(default=5, ge=0, le=20)


class PreviewGroup(ReplyModel):
    """How many of one tier and lifecycle would be contacted, and what that would cost."""

    tier: str | None
    lifecycle: str | None
    contacts: int
    cost: Money | None


class PreviewSample(ReplyModel):
    """One of those who would be contacted, why, and the message they would get.

    With their name as it is now, or general words where nobody knows it.
    """

    customer_id: str
    tier: str | None
    lifecycle: str | None
    channel: ContactChannel
    message: ShownText
    why: ShownText | None = None


class ComingGreetings(ReplyModel):
    """A day of greetings: who is contacted when for what, before consent, caps and budget."""

    contact_on: date
    occasion: ShownText
    on: date
    customers: int


class PlaceholderText(ReplyModel):
    """What may stand in braces, and what is written where nothing is known."""

    placeholder: str
    otherwise: ShownText


class PlaybookPreview(ReplyModel):
    """What the next pass would do; nothing is made.

    `held_back` counts by reason: no_customer_id, consent, cap, budget, and hold_out for those who
    would be contacted were they not held out. When `is_complete` is false only the first `examined`
    of the audience were looked at. The pass is that of `as_of`: now, or for greetings the next one
    that greets somebody. `coming` are the next days of greetings: birthdays of 30 days, the next
    time of a festival.
    """

    as_of: datetime
    coming: list[ComingGreetings]
    warnings: list[PlaybookWarning]
    placeholders: list[PlaceholderText]
    audience: int
    examined: int
    is_complete: bool
    contacts: int
    cost: Money | None
    held_back: dict[str, int]
    groups: list[PreviewGroup]
    samples: list[PreviewSample]


EXAMPLE_PREVIEW: Final[dict[str, Any]] = {"sample": 3}
