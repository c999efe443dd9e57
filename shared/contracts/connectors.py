"""What connectors (tills, web hooks, SDKs) sent of late (GET /v1/connectors and its log)."""

from datetime import datetime
from uuid import UUID

from shared.wire import ReplyModel


class SentCounts(ReplyModel):
    """What became of the items sent; `unsigned`: pushes that no valid secret signed."""

    received: int = 0
    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: int = 0
    unsigned: int = 0


class LastRefused(ReplyModel):
    """The newest record of a connector that was kept aside."""

    quarantine_id: UUID
    reason: str
    message: str
    at: datetime


class Connector(ReplyModel):
    """A sender; hours are whole ones, the one that runs included."""

    source_id: str
    kind: str
    order_namespace: str
    is_authoritative: bool
    platforms: list[str]
    last_seen_at: datetime | None = None
    last_hour: SentCounts
    last_day: SentCounts
    last_refused: LastRefused | None = None


class ConnectorHour(SentCounts):
    """What one connector sent in one hour."""

    source_id: str
    hour: datetime
