"""Where events come from, as a shop registers it (PUT and GET /v1/sources)."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field, JsonValue

from shared.contracts.common import OpenObject
from shared.wire import Identifier, ReplyModel, WireModel

SourceKind = Literal["pos", "web", "sdk", "webhook", "import", "api"]
Grade = Literal["A", "B", "C", "D"]


class SourceUpdate(WireModel):
    """The body of PUT /v1/sources/{id}.

    Value of an order comes from the one authoritative source of its namespace; `take_over` moves
    that authority here. Without a namespace a source has one of its own.
    """

    kind: SourceKind
    order_namespace: Identifier | None = None
    is_authoritative: bool = True
    settings: OpenObject = Field(default_factory=dict)
    take_over: bool = False


class SourceAnswer(ReplyModel):
    """A source as ingest knows it; no grade before there is enough to judge."""

    source_id: str
    kind: str
    order_namespace: str
    is_authoritative: bool
    settings: dict[str, JsonValue]
    created_at: datetime
    updated_at: datetime | None = None
    last_seen_at: datetime | None = None
    grade: Grade | None = None


EXAMPLE_SOURCE: dict[str, Any] = {
    "kind": "webhook",
    "order_namespace": "shop",
    "is_authoritative": True,
    "settings": {"note": "web shop"},
    "take_over": True,
}
