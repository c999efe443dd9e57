"""Goods: category, brand, cost."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.ingest.deps import (
    CustomerReader,
    CustomerWriter,
    IdCursor,
    Limit,
    PathId,
    Running,
)
from services.ingest.errors import CostRefused
from services.ingest.usecases.desk.products import list_products, require_product, store_products
from shared.contracts.common import Page
from shared.contracts.products import (
    EXAMPLE_PRODUCT,
    EXAMPLE_PRODUCTS,
    NamedProduct,
    ProductAnswer,
    ProductsStored,
    ProductUpdate,
    ProductUpdates,
)
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(
    prefix="/v1/products", tags=["products"], responses=problem_responses(400, 401, 403, 422, 503)
)
Update = Annotated[ProductUpdate, Depends(json_body(ProductUpdate))]
Updates = Annotated[ProductUpdates, Depends(json_body(ProductUpdates))]
_MESSAGES = {
    "other_currency": "must be the base currency of the shop",
    "wrong_exponent": "has more decimals than the currency",
    "negative": "must not be negative",
}


def _refused(error: CostRefused, where: str) -> Problem:
    message = _MESSAGES.get(error.code, "is too large")
    return Problem(INVALID, errors=[FieldFault(f"{where}/cost/{error.field}", error.code, message)])


@router.put(
    "",
    responses=problem_responses(409, 413, 415),
    openapi_extra=openapi_body(ProductUpdates, EXAMPLE_PRODUCTS),
)
async def write_products(
    ingest: Running, caller: CustomerWriter, updates: Updates
) -> ProductsStored:
    """Create or replace products; lines without category or cost take them from here."""
    try:
        stored = await store_products(ingest, updates.products, actor=caller.name)
        return ProductsStored(stored=stored)
    except CostRefused as error:
        raise _refused(error, f"/products/{error.place}") from None


@router.put(
    "/{sku}",
    responses=problem_responses(409, 413, 415),
    openapi_extra=openapi_body(ProductUpdate, EXAMPLE_PRODUCT),
)
async def write_product(
    ingest: Running, caller: CustomerWriter, sku: PathId, update: Update
) -> ProductAnswer:
    """Create or replace a product."""
    try:
        product = NamedProduct(sku=sku, **dict(update))
        await store_products(ingest, [product], actor=caller.name)
    except CostRefused as error:
        raise _refused(error, "") from None
    return await require_product(ingest, sku)


@router.get("")
async def show_products(
    ingest: Running, _: CustomerReader, limit: Limit = 50, cursor: IdCursor = None
) -> Page[ProductAnswer]:
    """List the products."""
    return await list_products(ingest, after=cursor, limit=limit)


@router.get("/{sku}", responses=problem_responses(404))
async def show_product(ingest: Running, _: CustomerReader, sku: PathId) -> ProductAnswer:
    """Give a product."""
    return await require_product(ingest, sku)
