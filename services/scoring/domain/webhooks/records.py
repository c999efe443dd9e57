"""Who listens, what is due, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

PING: Final = "webhook.ping"


@dataclass(frozen=True, slots=True)
class Wish:
    """Where somebody wants to hear of what; no programmes: the customer-facing ones."""

    url: str
    kinds: Sequence[str]
    programmes: Sequence[str]
    description: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who listens; `failing_since` is the first failure after the last success."""

    endpoint_id: UUID
    wish: Wish
    is_active: bool
    disabled_reason: str | None
    former_until: datetime | None
    failing_since: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What a sender needs of an endpoint; sealed secrets, those that sign now, the newest first."""

    endpoint_id: UUID
    url: str
    sealed: Sequence[bytes]
    failing_since: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that is leased to this sender; `attempts` counts the one that is to come."""

    delivery_id: UUID
    announcement_id: UUID
    attempts: int
    number: int
    kind: str
    at: datetime
    body: Mapping[str, Any]
    customer_id: str | None

    @property
    def message_id(self) -> str:
        """Name the message."""
        return message_id_of(self.announcement_id)

    def content(self) -> bytes:
        """Write what is sent; `sequence` rises from message to message of one customer."""
        data = {**self.body, "customer_id": self.customer_id}
        return content_of(self.kind, self.at, data, sequence=self.number)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One line of the delivery log; `tries` holds one object an attempt."""

    delivery_id: UUID
    announcement_id: UUID
    number: int
    kind: str
    status: str
    attempts: int
    due_at: datetime
    created_at: datetime
    finished_at: datetime | None
    tries: Sequence[Mapping[str, Any]]

    @property
    def message_id(self) -> str:
        """Name the message."""
        return message_id_of(self.announcement_id)


def message_id_of(message: UUID) -> str:
    """Name a message: the same at every attempt and at every endpoint."""
    return f"msg_{message.hex}"


def content_of(
    kind: str, at: datetime, data: Mapping[str, Any], *, sequence: int | None = None
) -> bytes:
    """Write a message: type, timestamp and data as Standard Webhooks has them."""
    message = {"type": kind, "timestamp": at.isoformat(), "sequence": sequence, "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
