"""Stores as people write them."""

from services.ingest.queries import registry
from services.ingest.usecases.running import Ingest
from shared.contracts.customers import Store, StoreUpdate


async def put_store(ingest: Ingest, store_id: str, update: StoreUpdate) -> Store:
    """Create or replace a store; receipts read from now on are in its zone."""
    await registry.put_store(ingest.pool, store_id, update.model_dump(), ingest.clock.now())
    ingest.registry.forget()
    zone = update.time_zone or str(ingest.zone)
    return Store(store_id=store_id, **(update.model_dump() | {"time_zone": zone}))
