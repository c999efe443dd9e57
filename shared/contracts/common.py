"""Parts that many bodies share: money, words in two languages, open objects, pages."""

import json
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, Field, JsonValue

from shared.fields import fault
from shared.identifiers import EmailText, PhoneText
from shared.wire import CurrencyCode, Identifier, ReplyModel, SignedMoneyText, WireModel

MAX_OPEN_BYTES = 32 * 1024


def _bounded(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if value and len(json.dumps(value, ensure_ascii=False).encode()) > MAX_OPEN_BYTES:
        raise fault("too_large", f"must have at most {MAX_OPEN_BYTES} bytes")
    return value


# The only open part of a body: at most 32 KiB of JSON.
OpenObject = Annotated[dict[str, JsonValue], AfterValidator(_bounded)]


class LocalText(WireModel):
    """Words for people, in both languages."""

    en: str = Field(min_length=1, max_length=2000)
    zh: str = Field(min_length=1, max_length=2000)


class Money(WireModel):
    """An amount in its currency, as a decimal string."""

    amount: SignedMoneyText
    currency: CurrencyCode


# Strongest first.
IDENTIFIER_KINDS = (
    "customer_id",
    "loyalty_account",
    "phone",
    "email",
    "wechat_openid",
    "device_id",
    "anonymous_id",
)


class CustomerReference(WireModel):
    """Everything a source knows to name a customer by; the strongest one given decides."""

    customer_id: Identifier | None = None
    loyalty_account: Identifier | None = None
    phone: PhoneText | None = None
    email: EmailText | None = None
    wechat_openid: Identifier | None = None
    device_id: Identifier | None = None
    anonymous_id: Identifier | None = None
    external: dict[Identifier, Identifier] | None = Field(default=None, max_length=16)

    def given(self) -> dict[str, str]:
        """List the identifiers that are there, strongest first (`external:<system>` last)."""
        named = {kind: getattr(self, kind) for kind in IDENTIFIER_KINDS}
        others = {f"external:{system}": value for system, value in (self.external or {}).items()}
        return {kind: value for kind, value in (named | others).items() if value is not None}


Item = TypeVar("Item")


class Page(ReplyModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[Item]
    next_cursor: str | None = None
