"""Records kept aside, as people see, mend and replay them (/v1/quarantine)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field, JsonValue

from shared.wire import Identifier, ReplyModel, WireModel

MAX_REPLAYED: int = 200


class QuarantinedItem(ReplyModel):
    """A record that was refused: why, whose, since when; `route` names what read it."""

    quarantine_id: UUID
    source: str
    route: str
    reason: str
    message: str
    received_at: datetime
    last_seen_at: datetime | None = None
    times_seen: int
    sha256: str
    replayed_at: datetime | None = None
    replayed_sequence: int | None = None


class QuarantinedBody(QuarantinedItem):
    """The same with what was sent; `is_truncated`: only its first 64 KiB are there, as text."""

    body: JsonValue = None
    is_truncated: bool = False


class Replay(WireModel):
    """The body of POST /v1/quarantine/{id}/replay: what to read instead of what was kept."""

    body: Any = None


class Replayed(ReplyModel):
    """A record that counts now; the same answer every time it is asked for."""

    quarantine_id: UUID
    sequence: int
    replayed_at: datetime


class ReplayAll(WireModel):
    """The body of POST /v1/quarantine/replay: which records to try again, oldest first."""

    reason: Identifier | None = None
    source: Identifier | None = None
    limit: int = Field(default=100, ge=1, le=MAX_REPLAYED)


class StillRefused(ReplyModel):
    """A record that is refused again."""

    quarantine_id: UUID
    code: str
    message: str


class ReplayedAll(ReplyModel):
    """What became of the records tried; `has_more`: others wait, go on after `next_cursor`."""

    replayed: int
    refused: list[StillRefused]
    next_cursor: UUID | None = None


class WaitingGroup(ReplyModel):
    """Records of one source refused for one reason that were not replayed."""

    source: str
    reason: str
    waiting: int
    times_seen: int
    newest_at: datetime


class QuarantineSummary(ReplyModel):
    """What waits in quarantine; `is_capped`: only the newest 50,000 records were looked at."""

    items: list[WaitingGroup]
    waiting: int
    is_capped: bool


EXAMPLE_REPLAY: dict[str, Any] = {"body": None}
EXAMPLE_REPLAY_ALL: dict[str, Any] = {"reason": "unknown_rate", "limit": 100}
