"""What was done, by whom and why (GET /v1/audit)."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue

from shared.contracts.common import LocalText
from shared.wire import ReplyModel


class AuditEntry(ReplyModel):
    """One act; people are named by our ids only."""

    audit_id: UUID
    at: datetime
    #: The name of the key that was used, or the part of Tierline that acted by itself.
    actor: str
    action: str
    #: What the action is, in words; null for one that this version does not know.
    action_text: LocalText | None = None
    subject: str
    reason: str | None = None
    details: dict[str, JsonValue]
