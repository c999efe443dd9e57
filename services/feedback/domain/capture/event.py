"""The event that a piece of feedback is for ingest: no text, and no identifier in clear."""

from collections.abc import Mapping
from typing import Any, Final

from services.feedback.domain.capture.said import Said

TYPE: Final = "feedback_given"


def event_of(said: Said, sealed_customer: Mapping[str, str]) -> dict[str, Any]:
    """Give what waits in the outbox; `sealed_customer` holds encrypted identifiers by kind."""
    properties = {"kind": said.kind, "channel": said.channel}
    rating = {} if said.rating is None else {"rating": said.rating}
    return {
        "event_id": str(said.feedback_id),
        "type": TYPE,
        "occurred_at": said.occurred_at.isoformat(),
        "customer": dict(sealed_customer),
        "properties": properties | rating,
    }
