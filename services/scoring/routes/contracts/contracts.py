"""Bodies that only scoring's own routes speak."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from shared.wire import ReplyModel, WireModel


class RescoreRequest(WireModel):
    """Profiles whose facts have changed."""

    profile_ids: list[str] = Field(min_length=1, max_length=1000)


class RescoreAnswer(ReplyModel):
    """How many were asked for; those whose decision was fresh already were left alone."""

    asked: int


class HistoryItem(ReplyModel):
    """One change of what was told."""

    history_id: UUID
    programme: str
    tier_from: str | None
    tier_to: str
    reason: str
    at: datetime
    known_at: datetime
    release: str
    customer_version: int


class HistoryList(ReplyModel):
    """What was told, the newest first."""

    items: list[HistoryItem]
