"""What Segment-compatible clients post, and the two answers they understand."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.wire import ReplyModel


class SegmentMessage(BaseModel):
    """One message, as the document shows it; how it is read: docs/senders.md."""

    model_config = ConfigDict(extra="allow")

    type: str | None = Field(default=None, examples=["track"])
    messageId: str | None = None  # noqa: N815 - the clients' own spelling
    userId: str | None = None  # noqa: N815
    anonymousId: str | None = None  # noqa: N815
    timestamp: str | None = None
    sentAt: str | None = None  # noqa: N815


class SegmentBatch(BaseModel):
    """Messages and when they were sent; each message is judged by itself."""

    model_config = ConfigDict(extra="allow")

    batch: list[SegmentMessage]
    sentAt: str | None = None  # noqa: N815
    writeKey: str | None = None  # noqa: N815


class SegmentAnswer(ReplyModel):
    """All that is good is committed, all that is bad is kept aside."""

    success: Literal[True] = True


class SegmentFault(ReplyModel):
    """Why nothing of the body was taken."""

    code: str
    message: str


EXAMPLE_ORDER: dict[str, Any] = {
    "messageId": "m-2",
    "type": "track",
    "event": "Order Completed",
    "userId": "u-1",
    "timestamp": "2026-11-21T04:23:46.000Z",
    "properties": {
        "order_id": "o-1",
        "revenue": 25.0,
        "currency": "CNY",
        "products": [{"sku": "6927165", "price": 12.5, "quantity": 2, "category": "coffee"}],
    },
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "batch": {
        "batch": [
            {
                "messageId": "m-1",
                "type": "identify",
                "userId": "u-1",
                "anonymousId": "a-1",
                "traits": {"email": "ann@example.com", "city": "Shanghai"},
                "timestamp": "2026-11-21T04:20:00.000Z",
            },
            EXAMPLE_ORDER,
        ],
        "sentAt": "2026-11-21T04:23:47.000Z",
    },
    "track": EXAMPLE_ORDER,
    "identify": {
        "messageId": "m-3",
        "userId": "u-1",
        "anonymousId": "a-1",
        "traits": {"phone": "+8613800138000"},
        "timestamp": "2026-11-21T04:20:00.000Z",
    },
    "page": {
        "messageId": "m-4",
        "anonymousId": "a-1",
        "name": "Home",
        "properties": {"path": "/"},
        "timestamp": "2026-11-21T04:20:00.000Z",
    },
    "screen": {
        "messageId": "m-5",
        "userId": "u-1",
        "name": "Cart",
        "timestamp": "2026-11-21T04:21:00.000Z",
    },
    "group": {
        "messageId": "m-6",
        "userId": "u-1",
        "groupId": "g-1",
        "traits": {"name": "Office"},
        "timestamp": "2026-11-21T04:22:00.000Z",
    },
    "alias": {
        "messageId": "m-7",
        "userId": "u-1",
        "previousId": "a-1",
        "timestamp": "2026-11-21T04:22:00.000Z",
    },
}
