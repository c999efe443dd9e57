"""Finding a customer by whatever somebody has in hand (POST /v1/customers/search)."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from pydantic import Field

from shared.wire import ReplyModel, ShortText, WireModel

MAX_FOUND: Final = 50


class CustomerSearch(WireModel):
    """The body of POST /v1/customers/search; in a body, for an address would be logged."""

    query: ShortText = Field(
        description="A customer id or its beginning, a card, a phone in any spelling, an e-mail"
        " address, an order id, or a receipt as store/till/date/number",
    )
    limit: int = Field(default=20, ge=1, le=MAX_FOUND)


class MergedInto(ReplyModel):
    """The customer for whom another one counts."""

    customer_id: str | None = None
    profile_id: UUID


class FoundCustomer(ReplyModel):
    """A customer who fits; a merged one shows what is known of whom they count for."""

    customer_id: str | None = None
    profile_id: UUID
    found_by: list[str]
    merged_into: MergedInto | None = None
    name: str | None = None
    created_at: datetime
    first_seen_on: date | None = None
    last_seen_on: date | None = None


class SearchAnswer(ReplyModel):
    """Who fits, exact matches first; `has_more`: more ids begin so than were asked for."""

    items: list[FoundCustomer]
    has_more: bool = False


EXAMPLE_SEARCH: dict[str, Any] = {"query": "138 0013 8000", "limit": 20}
