"""Events in."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.ingest.deps import EventWriter, Running
from services.ingest.usecases.post_items import post_events
from shared.contracts.events import EXAMPLE_EVENTS, EventBatch, RawEventBatch
from shared.contracts.receipts import BatchResult
from shared.problem_handlers import problem_responses
from shared.wire import BATCH_CAP, json_body, openapi_body

router = APIRouter(
    prefix="/v1", tags=["events"], responses=problem_responses(400, 401, 403, 413, 415, 422, 503)
)
Batch = Annotated[RawEventBatch, Depends(json_body(RawEventBatch, max_bytes=BATCH_CAP))]


@router.post("/events", openapi_extra=openapi_body(EventBatch, EXAMPLE_EVENTS))
async def take_events(ingest: Running, caller: EventWriter, batch: Batch) -> BatchResult:
    """Take orders, behaviour and feedback counts in; 200 after commit."""
    return await post_events(ingest, caller.source or caller.name, batch.events)
