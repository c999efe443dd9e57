"""Goods as people keep them."""

from collections.abc import Sequence
from datetime import datetime

from services.ingest.errors import CostRefused, NoBaseCurrency, UnknownProduct
from services.ingest.queries import products
from services.ingest.queries.products import Product
from services.ingest.usecases.running import Ingest
from shared.audit import Note, note
from shared.contracts.common import LocalText, Money, Page
from shared.contracts.products import NamedProduct, ProductAnswer
from shared.money import MoneyFault, format_minor, parse_minor


async def store_products(ingest: Ingest, updates: Sequence[NamedProduct], *, actor: str) -> int:
    """Create or replace products; of two of one SKU the later counts. Purchases follow from now.

    Raises NoBaseCurrency and CostRefused; nothing is stored then.
    """
    now = ingest.clock.now()
    base = await ingest.registry.base_currency(None, now)
    stored = {
        update.sku: _kept(update, base, place=place, now=now)
        for place, update in enumerate(updates)
    }
    async with ingest.pool.acquire() as connection, connection.transaction():
        await products.put_products(connection, stored.values())
        subject = next(iter(stored)) if len(stored) == 1 else "products"
        made = Note(actor, "products.written", subject, {"stored": len(stored)})
        await note(connection, made, at=now)
    ingest.registry.shelf.forget()
    return len(stored)


def _kept(update: NamedProduct, base: str, *, place: int, now: datetime) -> Product:
    cost = None if update.cost is None else _minor(update.cost, base, place)
    name = {} if update.name is None else update.name.model_dump()
    return Product(update.sku, name, update.category, update.brand, cost, now)


def _minor(cost: Money, base: str, place: int) -> int:
    if not base:
        raise NoBaseCurrency
    if cost.currency != base:
        raise CostRefused(place, "currency", "other_currency")
    try:
        return parse_minor(cost.amount, base)
    except MoneyFault as error:
        raise CostRefused(place, "amount", error.code) from None


async def require_product(ingest: Ingest, sku: str) -> ProductAnswer:
    """Return a product; raises UnknownProduct."""
    found = await products.find_product(ingest.pool, sku)
    if found is None:
        raise UnknownProduct
    return _answer(found, await ingest.registry.base_currency(None, ingest.clock.now()))


async def list_products(ingest: Ingest, *, after: str | None, limit: int) -> Page[ProductAnswer]:
    """Give one page of the products; the cursor is the last one's SKU."""
    base = await ingest.registry.base_currency(None, ingest.clock.now())
    found = await products.products_after(ingest.pool, after or "", limit + 1)
    items = [_answer(product, base) for product in found[:limit]]
    has_more = len(found) > limit
    return Page(items=items, next_cursor=items[-1].sku if has_more else None)


def _answer(product: Product, base: str) -> ProductAnswer:
    cost = None
    if product.cost is not None:
        cost = Money(amount=format_minor(product.cost, base), currency=base)
    return ProductAnswer(
        sku=product.sku,
        name=LocalText(**product.name) if product.name else None,
        category=product.category,
        brand=product.brand,
        cost=cost,
        updated_at=product.updated_at,
    )
