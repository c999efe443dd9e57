"""Erasures, consents and retention as ingest answers them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field, JsonValue

from shared.contracts.customers import Purpose
from shared.wire import ReplyModel, ShortText, WireModel

ErasureStatus = Literal["running", "done", "failed"]


class EraseRequest(WireModel):
    """The body of POST /v1/customers/{id}/erase: why, in words without the person's name."""

    reason: ShortText = "customer_request"


class ErasureAccepted(ReplyModel):
    """An erasure was asked for; its receipt is at GET /v1/erasures/{erasure_id}."""

    erasure_id: UUID
    job_id: UUID | None = None
    status: ErasureStatus


class Erasure(ReplyModel):
    """The receipt of an erasure: nothing in it names the person."""

    erasure_id: UUID
    status: ErasureStatus
    requested_by: str
    reason: str
    requested_at: datetime
    finished_at: datetime | None = None
    refused_until: datetime | None = None
    #: rows by table: deleted, or blanked where amounts must stay
    removed: dict[str, int] = Field(default_factory=dict)
    #: services that still have something of the person
    waiting_for: list[str] = Field(default_factory=list)


class ConsentProperties(WireModel):
    """Properties of `consent_changed`: one purpose, given or taken back."""

    purpose: Purpose
    granted: bool


class ConsentChange(ReplyModel):
    """One change, in the order of its instants."""

    purpose: str
    granted: bool
    changed_at: datetime
    customer_version: int
    sequence: int


class Consents(ReplyModel):
    """What a customer agrees to now, and every change that led there."""

    customer_id: str
    consents: dict[str, bool] = Field(default_factory=dict)
    history: list[ConsentChange] = Field(default_factory=list)


class RetentionRule(ReplyModel):
    """How long rows of one kind are kept; null keeps them for ever."""

    table: str
    what: str
    keep_days: int | None
    due: int
    oldest: datetime | None = None


class RetentionPolicy(ReplyModel):
    """Every rule, and what each would delete now."""

    as_of: datetime
    rules: list[RetentionRule]


EXAMPLE_ERASE: dict[str, Any] = {"reason": "customer_request"}
EXAMPLE_CONSENTS: dict[str, JsonValue] = {"service": True, "marketing": False}


class ConsentUpdate(WireModel):
    """The body of PUT /v1/customers/{id}/consents; a purpose that is not named stays."""

    service: bool | None = None
    personalisation: bool | None = None
    marketing: bool | None = None

    def named(self) -> dict[str, bool]:
        """List the purposes that are named."""
        return {name: value for name, value in self.model_dump().items() if value is not None}
