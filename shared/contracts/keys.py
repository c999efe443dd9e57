"""API keys as they are listed; the key itself is shown once, when it is made."""

from datetime import datetime
from uuid import UUID

from shared.wire import ReplyModel


class KeyInfo(ReplyModel):
    """One key without its secret."""

    key_id: UUID
    name: str
    kind: str
    scopes: list[str]
    source: str | None = None
    created_at: datetime
    revoked_at: datetime | None = None
