"""Receipts in."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.ingest.deps import EventWriter, Running
from services.ingest.usecases.post_items import post_receipts
from shared.contracts.receipts import (
    EXAMPLE_RECEIPTS,
    BatchResult,
    RawReceiptBatch,
    ReceiptBatch,
)
from shared.problem_handlers import problem_responses
from shared.wire import BATCH_CAP, json_body, openapi_body

router = APIRouter(
    prefix="/v1",
    tags=["events"],
    responses=problem_responses(400, 401, 403, 413, 415, 422, 429, 503),
)
Batch = Annotated[RawReceiptBatch, Depends(json_body(RawReceiptBatch, max_bytes=BATCH_CAP))]


@router.post("/receipts", openapi_extra=openapi_body(ReceiptBatch, EXAMPLE_RECEIPTS))
async def take_receipts(ingest: Running, caller: EventWriter, batch: Batch) -> BatchResult:
    """Take sales, returns and voids in; 200 after commit, each receipt judged by itself."""
    return await post_receipts(ingest, caller.source or caller.name, batch.receipts)
