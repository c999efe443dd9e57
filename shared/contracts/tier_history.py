"""What customers were told of their tiers, as scoring answers it."""

from datetime import datetime
from uuid import UUID

from shared.wire import ReplyModel


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
