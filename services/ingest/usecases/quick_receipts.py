"""The short way to read receipts: takes only what the contract would surely take, at C speed.

Whoever is in doubt here goes the long way (shared/strict_json.py, shared/contracts/receipts.py),
which alone says what is wrong. Measured for a receipt of three lines: 9 us instead of 60.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Final, Literal, cast

import msgspec
from msgspec import Meta, Struct
from pydantic_core import PydanticCustomError

from shared.contracts.receipts import MAX_ITEMS, MAX_LINES, Channel, Receipt
from shared.decimal_text import AMOUNT, SIGNED_AMOUNT, SIGNED_QUANTITY
from shared.fields import identifier, instant
from shared.identifiers import phone
from shared.json_structure import MAX_DEPTH, MAX_KEYS
from shared.money import is_currency
from shared.strict_json import MAX_INTEGER, MAX_KEY_LENGTH, MIN_INTEGER

Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_SPACE_BEFORE_COLON: Final = re.compile(rb'"[ \t\r\n]+:')
_MAX_CONTAINERS: Final = 100_000


class QuickLine(Struct, kw_only=True, forbid_unknown_fields=True):
    """`ReceiptLine`, field by field in its order: the hash of a body is made from it."""

    line: Annotated[int, Meta(ge=0, lt=2**31)]
    sku: str
    category: str | None = None
    quantity: str
    unit_price: str | None = None
    discount: str = "0"
    net: str
    cost: str | None = None


class QuickTotal(Struct, kw_only=True, forbid_unknown_fields=True):
    """`ReceiptTotal`."""

    net: str
    tax: str | None = None


class QuickLink(Struct, kw_only=True, forbid_unknown_fields=True):
    """`ReceiptLink`."""

    store_id: str
    workstation_id: str
    business_date: date
    sequence_number: Number


class QuickCustomer(Struct, kw_only=True, forbid_unknown_fields=True):
    """`CustomerReference`, for who is known by ids; an e-mail address goes the long way."""

    customer_id: str | None = None
    loyalty_account: str | None = None
    phone: str | None = None
    email: None = None
    wechat_openid: str | None = None
    device_id: str | None = None
    anonymous_id: str | None = None
    external: None = None

    def given(self) -> dict[str, str]:
        """List the identifiers that are there, strongest first."""
        return {name: value for name in _IDS if (value := getattr(self, name)) is not None}


_IDS: Final = tuple(n for n in QuickCustomer.__struct_fields__ if n not in ("email", "external"))


class QuickReceipt(Struct, kw_only=True, forbid_unknown_fields=True):
    """`Receipt`."""

    store_id: str
    workstation_id: str
    business_date: date
    sequence_number: Number
    type: Literal["sale", "return", "void"]
    occurred_at: Any
    channel: Channel = "store"
    currency: str
    customer: QuickCustomer | None = None
    lines: Annotated[list[QuickLine], Meta(max_length=MAX_LINES)] = []
    total: QuickTotal
    link: QuickLink | None = None
    order_id: str | None = None


class ShapedItem(dict[str, Any]):
    """An item as posted, with the receipt it has the shape of: that is found out once."""

    __slots__ = ("receipt",)
    receipt: QuickReceipt


def quick_items(body: bytes) -> list[Any] | None:
    """Return the receipts of a body as JSON values; None where only the long way can tell."""
    if b"\\u" in body and (b"\\u0000" in body or b"\\ud" in body.lower()):
        return None
    if body.count(b"{") + body.count(b"[") > _MAX_CONTAINERS or _SPACE_BEFORE_COLON.search(body):
        return None
    try:
        batch = msgspec.json.decode(body)
        items = batch["receipts"]
        shaped = [_shaped(item) for item in items]
        # Nothing but the end of a key holds `":`, so a key that stands twice shows.
        is_once = body.count(b'":') == len(batch) + sum(map(_count_keys, shaped))
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError, RecursionError):
        return None
    is_batch = is_once and len(batch) == 1 and 1 <= len(items) <= MAX_ITEMS
    return shaped if is_batch and isinstance(items, list) else None


def _shaped(item: Any) -> Any:
    try:
        receipt = msgspec.convert(item, QuickReceipt)
    except msgspec.ValidationError:
        return item
    shaped = ShapedItem(item)
    shaped.receipt = receipt
    return shaped


def _count_keys(item: Any) -> int:
    """Count the keys of an item; raises ValueError where the long way may refuse the whole body."""
    if not isinstance(item, ShapedItem):
        return _count_any(item, 0)
    keys = len(item) + len(item["total"]) + len(item.get("customer") or ())
    return keys + len(item.get("link") or ()) + sum(map(len, item.get("lines", ())))


def _count_any(value: Any, depth: int) -> int:
    if isinstance(value, dict):
        if len(value) > MAX_KEYS or any(len(key) > MAX_KEY_LENGTH for key in value):
            raise ValueError
        return len(value) + sum(_count_any(each, depth + 1) for each in value.values())
    if isinstance(value, list):
        return sum(_count_any(each, depth + 1) for each in value)
    is_doubtful = isinstance(value, float) or depth >= MAX_DEPTH - 2
    if is_doubtful or (isinstance(value, int) and not MIN_INTEGER <= value <= MAX_INTEGER):
        raise ValueError
    return 0


def quick_receipt(item: object) -> Receipt | None:
    """Return an item that has exactly the shape of the contract; None where there is a doubt."""
    try:
        receipt = _receipt_of(item)
        receipt.occurred_at = instant(receipt.occurred_at)
        is_sure = _is_sure(receipt)
    except (msgspec.ValidationError, PydanticCustomError):
        return None
    # It has every attribute that readers of a Receipt use.
    return cast(Receipt, receipt) if is_sure else None


def _receipt_of(item: object) -> QuickReceipt:
    return item.receipt if isinstance(item, ShapedItem) else msgspec.convert(item, QuickReceipt)


def quick_json(receipt: QuickReceipt) -> bytes:
    """Return the bytes that `Receipt.model_dump_json` gives."""
    return msgspec.json.encode(receipt)


def _is_sure(receipt: QuickReceipt) -> bool:
    link, customer, total = receipt.link, receipt.customer, receipt.total
    return (
        is_plain_id(receipt.store_id)
        and is_plain_id(receipt.workstation_id)
        and is_code(receipt.currency)
        and all(map(_is_sure_line, receipt.lines))
        and is_signed_amount(total.net)
        and (total.tax is None or is_signed_amount(total.tax))
        and (receipt.order_id is None or _is_id(receipt.order_id))
        and (link is None or (is_plain_id(link.store_id) and is_plain_id(link.workstation_id)))
        and (customer is None or _is_sure_customer(customer))
    )


def _is_sure_line(line: QuickLine) -> bool:
    price, cost, category = line.unit_price, line.cost, line.category
    return (
        is_plain_id(line.sku)
        and (category is None or is_plain_id(category))
        and is_quantity(line.quantity)
        and is_signed_amount(line.net)
        and is_amount(line.discount)
        and (price is None or is_amount(price))
        and (cost is None or is_signed_amount(cost))
    )


def _is_sure_customer(customer: QuickCustomer) -> bool:
    given = customer.given()
    if customer.phone is not None:
        phone(given.pop("phone"))
    return all(map(_is_id, given.values()))


def _is_id(text: str) -> bool:
    """Tell whether an id is one, and already in the form it is kept in."""
    return identifier(text) == text


#: Of goods and tills, which come again and again; never of people: a cache would remember them.
is_plain_id: Final = lru_cache(2**14)(_is_id)
is_code: Final = lru_cache(256)(is_currency)


def _matcher(pattern: str) -> Any:
    # `$` also matches before a last line break, which the contract's engine does not take.
    fullmatch = re.compile(pattern.removeprefix("^").removesuffix("$"), re.ASCII).fullmatch
    return lru_cache(2**14)(lambda text: fullmatch(text) is not None)


is_amount: Final = _matcher(AMOUNT)
is_signed_amount: Final = _matcher(SIGNED_AMOUNT)
is_quantity: Final = _matcher(SIGNED_QUANTITY)
