"""Goods: category, brand, cost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from asyncpg import Connection, Pool

from services.ingest.domain.goods import Goods
from services.ingest.queries import bulk
from shared.schema.ingest import products


@dataclass(frozen=True, slots=True)
class Product:
    """A product as it is kept; `cost` in minor units of the base currency."""

    sku: str
    name: dict[str, Any]
    category: str | None
    brand: str | None
    cost: int | None
    updated_at: datetime


_NAMES = tuple(field.name for field in fields(Product))
_COLUMNS = ", ".join(_NAMES)


async def put_products(connection: Connection, goods: Iterable[Product]) -> None:
    """Create or replace products, each known by its SKU."""
    rows = (tuple(getattr(product, name) for name in _NAMES) for product in goods)
    await bulk.run(connection, bulk.put_sql(products, _NAMES), rows)


async def find_product(pool: Pool, sku: str) -> Product | None:
    """Return a product."""
    row = await pool.fetchrow(f"SELECT {_COLUMNS} FROM products WHERE sku = $1", sku)  # noqa: S608 - our own column list
    return None if row is None else Product(*row)


async def products_after(pool: Pool, after: str, limit: int) -> list[Product]:
    """Return the next products by SKU."""
    rows = await pool.fetch(
        f"SELECT {_COLUMNS} FROM products WHERE sku > $1 ORDER BY sku LIMIT $2",  # noqa: S608 - our own column list
        after,
        limit,
    )
    return [Product(*row) for row in rows]


async def are_there_products(pool: Pool) -> bool:
    """Tell whether the shop keeps any product."""
    found: bool = await pool.fetchval("SELECT EXISTS (SELECT FROM products)")
    return found


async def goods_of(pool: Pool, skus: Sequence[str]) -> dict[str, Goods]:
    """Return what is known of goods."""
    rows = await pool.fetch(
        "SELECT sku, category, cost FROM products WHERE sku = ANY($1::text[])", skus
    )
    return {row[0]: Goods(row[1], row[2]) for row in rows}
