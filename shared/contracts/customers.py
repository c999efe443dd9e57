"""Customer profiles and stores as ingest keeps them."""

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue

from shared.contracts.common import CustomerReference, LocalText, OpenObject
from shared.identifiers import EmailText, PhoneText
from shared.wire import CurrencyCode, Identifier, ReplyModel, TimeZoneName, WireModel

Purpose = Literal["service", "personalisation", "marketing"]
StoreKind = Literal["store", "web", "app", "phone", "partner", "social", "warehouse"]


class ProfileIdentifiers(WireModel):
    """Identifiers a profile may be given besides its customer id."""

    loyalty_account: Identifier | None = None
    phone: PhoneText | None = None
    email: EmailText | None = None
    wechat_openid: Identifier | None = None
    device_id: Identifier | None = None
    anonymous_id: Identifier | None = None
    external: dict[Identifier, Identifier] | None = Field(default=None, max_length=16)

    def given(self) -> dict[str, str]:
        """List the identifiers that are there, by kind."""
        return CustomerReference.model_construct(**dict(self)).given()


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


class IdentifiersRequest(WireModel):
    """The body of POST /v1/customers/{id}/identifiers."""

    identifiers: ProfileIdentifiers
    take_over: bool = Field(
        default=False,
        description="Take identifiers that others hold; what was done under them stays with them",
    )


class IdentifiersAnswer(ReplyModel):
    """What became of identifiers, by kind; a contested one is listed as a conflict."""

    customer: CustomerProfile
    gained: list[str] = Field(default_factory=list)
    taken_over: list[str] = Field(default_factory=list)
    contested: list[str] = Field(default_factory=list)
    #: Browsers nobody owned whose history is the customer's now.
    merged: int = 0


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
