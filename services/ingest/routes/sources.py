"""Where events come from."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.ingest.deps import Admin, IdCursor, Limit, PathId, ReportReader, Running
from services.ingest.usecases.desk.sources import list_sources, register_source
from shared.contracts.common import Page
from shared.contracts.sources import EXAMPLE_SOURCE, SourceAnswer, SourceUpdate
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/sources", tags=["sources"])
Update = Annotated[SourceUpdate, Depends(json_body(SourceUpdate))]


@router.put(
    "/{source_id}",
    responses=problem_responses(400, 401, 403, 409, 413, 415, 422, 503),
    openapi_extra=openapi_body(SourceUpdate, EXAMPLE_SOURCE),
)
async def write_source(
    ingest: Running, caller: Admin, source_id: PathId, update: Update
) -> SourceAnswer:
    """Register a source: its kind, its order namespace, whether value comes from it."""
    return await register_source(ingest, source_id, update, actor=caller.name)


@router.get("", responses=problem_responses(400, 401, 403, 422, 503))
async def show_sources(
    ingest: Running, _: ReportReader, limit: Limit = 50, cursor: IdCursor = None
) -> Page[SourceAnswer]:
    """List the sources with their grade and when each was last heard of."""
    return await list_sources(ingest, after=cursor, limit=limit)
