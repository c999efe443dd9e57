"""Stores."""

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
from services.ingest.usecases.desk.stores import list_stores, put_store, require_store
from shared.contracts.common import Page
from shared.contracts.customers import Store, StoreUpdate
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(
    prefix="/v1/stores",
    tags=["stores"],
    responses=problem_responses(400, 401, 403, 413, 415, 422, 503),
)
Update = Annotated[StoreUpdate, Depends(json_body(StoreUpdate))]
EXAMPLE = {
    "name": {"en": "Nanjing Road", "zh": "南京路店"},
    "region": "Shanghai",
    "time_zone": "Asia/Shanghai",
    "currency": "CNY",
    "kind": "store",
}


@router.put("/{store_id}", openapi_extra=openapi_body(StoreUpdate, EXAMPLE))
async def write_store(
    ingest: Running, caller: CustomerWriter, store_id: PathId, update: Update
) -> Store:
    """Create or replace a store: its name, region, time zone, currency and kind."""
    return await put_store(ingest, store_id, update, actor=caller.name)


@router.get("")
async def show_stores(
    ingest: Running, _: CustomerReader, limit: Limit = 50, cursor: IdCursor = None
) -> Page[Store]:
    """List the stores."""
    return await list_stores(ingest, after=cursor, limit=limit)


@router.get("/{store_id}", responses=problem_responses(404))
async def show_store(ingest: Running, _: CustomerReader, store_id: PathId) -> Store:
    """Give a store."""
    return await require_store(ingest, store_id)
