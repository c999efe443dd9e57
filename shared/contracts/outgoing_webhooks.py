"""Outgoing webhooks as they are told: who listens to what, and what was delivered."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.wire import ReplyModel


class EndpointAnswer(ReplyModel):
    """Who is told of what, and how it goes; the secret is shown when it is made, never again."""

    webhook_id: UUID
    url: str
    kinds: list[str]
    programmes: list[str]
    description: str
    status: Literal["active", "disabled"]
    disabled_reason: str | None
    failing_since: datetime | None
    former_secret_until: datetime | None
    created_at: datetime
    updated_at: datetime


class EndpointSecret(ReplyModel):
    """An endpoint and the secret that signs what it is sent (Standard Webhooks, `whsec_`)."""

    webhook_id: UUID
    secret: str
    former_secret_until: datetime | None


class PingAnswer(ReplyModel):
    """What came of a message of the kind `webhook.ping`."""

    delivered: bool
    status: int | None
    ms: int
    error: str | None


class Try(ReplyModel):
    """One attempt: the receiver's status, or what went wrong before there was one."""

    at: datetime
    status: int | None
    ms: int
    error: str | None


class DeliveryAnswer(ReplyModel):
    """One delivery and its attempts; `next_attempt_at` only while it is pending."""

    delivery_id: UUID
    message_id: str
    type: str
    sequence: int
    status: Literal["pending", "delivered", "given_up"]
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    tries: list[Try]


class ReplayAnswer(ReplyModel):
    """How many deliveries were put up again; where more wait, ask again from `continue_from`."""

    replayed: int
    continue_from: datetime | None
