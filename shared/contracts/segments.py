"""What segments look like on the wire."""

from datetime import date, datetime
from typing import Any, Final, Literal

from pydantic import Field

from shared.contracts.common import LocalText, Money
from shared.forms import form
from shared.wire import ReplyModel, WireModel

Purpose = Literal["service", "personalisation", "marketing"]
#: An operand of conditions and addresses alike.
KEY: Final = form(
    r"^[a-z0-9][a-z0-9_-]{0,63}$",
    "must be 1 to 64 lower-case letters, digits, _ or -, a letter or digit first",
)

EXAMPLE_CONDITION: Final[dict[str, Any]] = {
    "all": [
        {"metric": {"name": "orders", "op": "gte", "value": 3, "last_days": 90}},
        {"attribute": {"name": "geography.region", "op": "in", "value": ["Shanghai", "Zhejiang"]}},
        {"not": {"lifecycle": {"in": ["churned"]}}},
    ]
}
EXAMPLE_SEGMENT: Final[dict[str, Any]] = {
    "key": "regulars-east",
    "name": {"en": "Regulars in the east", "zh": "东部常客"},
    "condition": EXAMPLE_CONDITION,
    "purpose": "marketing",
}
EXAMPLE_BODY: Final[dict[str, Any]] = {
    name: value for name, value in EXAMPLE_SEGMENT.items() if name != "key"
}
EXAMPLE_PREVIEW: Final[dict[str, Any]] = {"condition": EXAMPLE_CONDITION, "sample": 3}


class SegmentBody(WireModel):
    """A segment as it is written under its key."""

    name: LocalText
    condition: dict[str, Any] = Field(description="A condition tree: see docs/programmes.md")
    purpose: Purpose | None = Field(
        default=None, description="Leaves out who withdrew their consent to this purpose"
    )


class SegmentRequest(SegmentBody):
    """A new segment."""

    key: str = Field(pattern=KEY)


class SegmentAnswer(ReplyModel):
    """A segment as it stands; `is_settled`: everybody was checked against it."""

    key: str
    name: LocalText
    condition: dict[str, Any]
    purpose: str | None
    version: int
    is_settled: bool
    created_at: datetime
    updated_at: datetime


class PreviewRequest(WireModel):
    """A condition to be counted before it becomes a segment."""

    condition: dict[str, Any]
    purpose: Purpose | None = None
    sample: int = Field(default=5, ge=0, le=20)


class CountAnswer(ReplyModel):
    """How many customers are in; `pending` are counted as they were when last looked at."""

    matching: int
    total: int
    share: float
    pending: int
    as_of: datetime
    business_date: date


class MemberAnswer(ReplyModel):
    """A customer who is in; orders and spend of the last 365 days."""

    customer_id: str | None
    lifecycle: str | None
    orders: int
    spend: Money
    last_order: date | None
    entered_at: datetime | None = None


class PreviewAnswer(CountAnswer):
    """A count and a few of the customers counted."""

    sample: list[MemberAnswer]
