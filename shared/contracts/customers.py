"""Customer profiles and stores as ingest keeps them."""

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from shared.contracts.common import LocalText, OpenObject
from shared.identifiers import EmailText, PhoneText
from shared.wire import CurrencyCode, Identifier, ReplyModel, TimeZoneName, WireModel

Purpose = Literal["service", "personalisation", "marketing"]
StoreKind = Literal["store", "web", "app", "phone", "partner", "social", "warehouse"]


class ProfileIdentifiers(WireModel):
    """Identifiers a profile may be given besides its customer id."""

    loyalty_account: Identifier | None = None
    phone: PhoneText | None = None
    email: EmailText | None = None


class CustomerUpdate(WireModel):
    """The body of PUT /v1/customers/{id}."""

    attributes: OpenObject = Field(default_factory=dict)
    identifiers: ProfileIdentifiers = Field(default_factory=ProfileIdentifiers)
    consents: dict[Purpose, bool] = Field(default_factory=dict)


class IdentifierAnswer(ReplyModel):
    """One identifier of a profile."""

    kind: str
    value: str


class CustomerProfile(ReplyModel):
    """A customer as ingest knows them."""

    customer_id: str
    attributes: dict[str, JsonValue] = Field(default_factory=dict)
    identifiers: list[IdentifierAnswer] = Field(default_factory=list)
    consents: dict[str, bool] = Field(default_factory=dict)
    merged_from: list[str] = Field(default_factory=list)
    version: int
    created_at: datetime
    updated_at: datetime | None = None


class StoreUpdate(WireModel):
    """The body of PUT /v1/stores/{id}."""

    name: LocalText
    region: str | None = Field(default=None, max_length=200)
    time_zone: TimeZoneName | None = None
    currency: CurrencyCode | None = None
    kind: StoreKind = "store"


class Store(ReplyModel):
    """A store as ingest knows it."""

    store_id: str
    name: LocalText
    region: str | None = None
    time_zone: str
    currency: str | None = None
    kind: str
