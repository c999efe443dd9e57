"""Stores as people write them."""

from typing import Any

from services.ingest.errors import UnknownStore
from services.ingest.queries import registry
from services.ingest.usecases.running import Ingest
from shared.audit import Note, note
from shared.contracts.common import Page
from shared.contracts.customers import Store, StoreUpdate


async def put_store(ingest: Ingest, store_id: str, update: StoreUpdate, *, actor: str) -> Store:
    """Create or replace a store; receipts read from now on are in its zone."""
    stored, now = update.model_dump(), ingest.clock.now()
    async with ingest.pool.acquire() as connection, connection.transaction():
        await registry.put_store(connection, store_id, stored, now)
        details = update.model_dump(mode="json")
        await note(connection, Note(actor, "store.written", store_id, details), at=now)
    ingest.registry.forget()
    return _store(ingest, stored | {"store_id": store_id})


async def require_store(ingest: Ingest, store_id: str) -> Store:
    """Return a store; raises UnknownStore."""
    found = await registry.find_store(ingest.pool, store_id)
    if found is None:
        raise UnknownStore
    return _store(ingest, found)


async def list_stores(ingest: Ingest, *, after: str | None, limit: int) -> Page[Store]:
    """Give one page of the stores; the cursor is the last one's id."""
    found = await registry.stores_after(ingest.pool, after or "", limit + 1)
    items = [_store(ingest, stored) for stored in found[:limit]]
    has_more = len(found) > limit
    return Page(items=items, next_cursor=items[-1].store_id if has_more else None)


def _store(ingest: Ingest, stored: dict[str, Any]) -> Store:
    return Store(**(stored | {"time_zone": stored["time_zone"] or str(ingest.zone)}))
