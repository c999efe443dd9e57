"""Feedback as the tests of its way in make it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.feedback.domain.capture.said import Arrival, Said

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


def make_said(**changes: Any) -> Said:
    values: dict[str, Any] = {
        "feedback_id": UUID(int=1),
        "event_key": b"k",
        "fingerprint": b"f",
        "customer_id": None,
        "kind": "complaint",
        "channel": "store",
        "rating": None,
        "text": "cold",
        "language": "en",
        "order_id": None,
        "session_id": None,
        "tier_held": None,
        "is_tier_known": True,
        "properties": {},
        "occurred_at": NOW,
        "received_at": NOW,
    }
    return Said(**(values | changes))


def make_arrival(number: int) -> Arrival:
    return Arrival(make_said(feedback_id=UUID(int=number), event_key=bytes([number])), {})
