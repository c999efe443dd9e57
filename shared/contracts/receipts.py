"""Receipts as tills and shops post them (CONTRACT: POST /v1/receipts)."""

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.contracts.common import CustomerReference
from shared.wire import (
    BusinessDate,
    CurrencyCode,
    Identifier,
    Instant,
    MoneyText,
    ReplyModel,
    SignedMoneyText,
    SignedQuantityText,
    WireModel,
)

Channel = Literal["store", "web", "app", "phone", "partner", "social"]
MAX_ITEMS = 1000
MAX_LINES = 500
SequenceNumber = Annotated[int, Field(ge=0, lt=2**63)]
LineNumber = Annotated[int, Field(ge=0, lt=2**31)]


class ReceiptLine(WireModel):
    """One line of a receipt.

    On a return, `line` and `sku` name the line of the sale it undoes; quantity and money may carry
    either sign there and mean goods coming back.
    """

    line: LineNumber
    sku: Identifier
    category: Identifier | None = None
    quantity: SignedQuantityText
    unit_price: MoneyText | None = None
    discount: MoneyText = "0"
    net: SignedMoneyText
    cost: SignedMoneyText | None = None


class ReceiptTotal(WireModel):
    """What the lines add up to."""

    net: SignedMoneyText
    tax: SignedMoneyText | None = None


class ReceiptLink(WireModel):
    """The natural key of another receipt."""

    store_id: Identifier
    workstation_id: Identifier
    business_date: BusinessDate
    sequence_number: SequenceNumber


class Receipt(WireModel):
    """A sale, a return or a void; known for ever by store, workstation, date and number."""

    store_id: Identifier
    workstation_id: Identifier
    business_date: BusinessDate
    sequence_number: SequenceNumber
    type: Literal["sale", "return", "void"]
    occurred_at: Instant
    channel: Channel = "store"
    currency: CurrencyCode
    customer: CustomerReference | None = None
    lines: list[ReceiptLine] = Field(default_factory=list, max_length=MAX_LINES)
    total: ReceiptTotal
    link: ReceiptLink | None = None
    order_id: Identifier | None = None


class ReceiptBatch(WireModel):
    """1 to 1,000 receipts; each is judged by itself."""

    receipts: list[Receipt] = Field(min_length=1, max_length=MAX_ITEMS)


class RawReceiptBatch(WireModel):
    """The envelope alone: items are validated one by one, so that one never blocks the others."""

    receipts: list[Any] = Field(min_length=1, max_length=MAX_ITEMS)


class ItemConflict(ReplyModel):
    """An item whose key is known with another body; the first stays."""

    index: int
    code: str


class ItemRejected(ReplyModel):
    """An item that was kept aside and has no effect."""

    index: int
    code: str
    message: str
    quarantine_id: str


class BatchResult(ReplyModel):
    """What became of each item; `sequence` is the newest position this batch reached."""

    accepted: int
    duplicates: int
    conflicts: list[ItemConflict]
    rejected: list[ItemRejected]
    sequence: int


EXAMPLE_RECEIPT: dict[str, Any] = {
    "store_id": "0747",
    "workstation_id": "137",
    "business_date": "2026-11-21",
    "sequence_number": 5470,
    "type": "sale",
    "occurred_at": "2026-11-21T12:23:46+08:00",
    "channel": "store",
    "currency": "CNY",
    "customer": {"loyalty_account": "M-1", "phone": "+8613800138000"},
    "lines": [
        {
            "line": 1,
            "sku": "6927165",
            "category": "coffee",
            "quantity": "1",
            "unit_price": "16.50",
            "discount": "4.13",
            "net": "12.37",
            "cost": "5.00",
        }
    ],
    "total": {"net": "12.37", "tax": "0.00"},
    "link": None,
}
EXAMPLE_RECEIPTS = {"receipts": [EXAMPLE_RECEIPT]}
