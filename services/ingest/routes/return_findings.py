"""Returns that had no effect, and orders that are worth something else than was known."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from services.ingest.deps import CustomerReader, Limit, Running
from services.ingest.usecases.desk.findings import list_corrections, list_findings, place_of
from shared.contracts.common import Page
from shared.contracts.order_findings import FindingName, OrderCorrection, ReturnFinding
from shared.problem_handlers import problem_responses

router = APIRouter(
    prefix="/v1", tags=["orders and returns"], responses=problem_responses(400, 401, 403, 422, 503)
)


def _checked(cursor: str) -> str:
    place_of(cursor)
    return cursor


Cursor = Annotated[Annotated[str, AfterValidator(_checked)] | None, Query(max_length=64)]
Days = Annotated[int | None, Query(ge=0, le=3650)]


@router.get("/return-findings")
async def show_findings(
    ingest: Running,
    _: CustomerReader,
    finding: FindingName | None = None,
    older_than_days: Days = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ReturnFinding]:
    """List returns without effect: orphans after 30 days, what was returned too much at once."""
    after = place_of(cursor) if cursor else None
    return await list_findings(
        ingest, finding, older_than_days=older_than_days, after=after, limit=limit
    )


@router.get("/corrections")
async def show_corrections(
    ingest: Running, _: CustomerReader, limit: Limit = 50, cursor: UUID | None = None
) -> Page[OrderCorrection]:
    """List orders whose value changed after it was known, the newest first."""
    return await list_corrections(ingest, before=cursor, limit=limit)
