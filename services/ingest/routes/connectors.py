"""What tills, web hooks and SDKs sent of late."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from services.ingest.deps import IdCursor, Limit, ReportReader, Running
from services.ingest.usecases.desk.connectors import list_connectors, list_hours, place_of
from shared.contracts.common import Page
from shared.contracts.connectors import Connector, ConnectorHour
from shared.fields import identifier
from shared.problem_handlers import problem_responses

router = APIRouter(
    prefix="/v1/connectors",
    tags=["connectors"],
    responses=problem_responses(400, 401, 403, 422, 503),
)
OfSource = Annotated[
    Annotated[str, AfterValidator(identifier)] | None, Query(min_length=1, max_length=128)
]


def _checked(cursor: str) -> str:
    place_of(cursor)
    return cursor


Cursor = Annotated[Annotated[str, AfterValidator(_checked)] | None, Query(max_length=140)]


@router.get("")
async def show_connectors(
    ingest: Running, _: ReportReader, limit: Limit = 50, cursor: IdCursor = None
) -> Page[Connector]:
    """List who sends, with the last hour, the last day and the last record refused."""
    return await list_connectors(ingest, after=cursor, limit=limit)


@router.get("/log")
async def show_log(
    ingest: Running,
    _: ReportReader,
    source: OfSource = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ConnectorHour]:
    """List what was sent by hour and connector, the newest first; 30 days are kept."""
    place = place_of(cursor) if cursor else None
    return await list_hours(ingest, source, before=place, limit=limit)
