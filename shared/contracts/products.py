"""Goods as a shop keeps them (PUT and GET /v1/products)."""

from datetime import datetime
from typing import Any, Final

from pydantic import Field

from shared.contracts.common import LocalText, Money
from shared.wire import Identifier, ReplyModel, WireModel

MAX_PRODUCTS: Final = 1000


class ProductUpdate(WireModel):
    """The body of PUT /v1/products/{sku}; `cost`: of one piece, in the base currency."""

    name: LocalText | None = None
    category: Identifier | None = None
    brand: Identifier | None = None
    cost: Money | None = None


class NamedProduct(ProductUpdate):
    """The same with its SKU."""

    sku: Identifier


class ProductUpdates(WireModel):
    """The body of PUT /v1/products."""

    products: list[NamedProduct] = Field(min_length=1, max_length=MAX_PRODUCTS)


class ProductsStored(ReplyModel):
    """How many products were stored."""

    stored: int


class ProductAnswer(ReplyModel):
    """A product as ingest knows it."""

    sku: str
    name: LocalText | None = None
    category: str | None = None
    brand: str | None = None
    cost: Money | None = None
    updated_at: datetime


EXAMPLE_PRODUCT: dict[str, Any] = {
    "name": {"en": "Coffee beans", "zh": "咖啡豆"},
    "category": "coffee",
    "brand": "House",
    "cost": {"amount": "5.00", "currency": "CNY"},
}
EXAMPLE_PRODUCTS: dict[str, Any] = {"products": [{"sku": "6927165"} | EXAMPLE_PRODUCT]}
