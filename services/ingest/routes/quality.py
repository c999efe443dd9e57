"""How good what arrives is, per source."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from services.ingest.deps import IdCursor, Limit, ReportReader, Running
from services.ingest.usecases.desk.quality import (
    DEFAULT_DAYS,
    list_days,
    report_quality,
    summarise_quality,
)
from shared.contracts.common import Page
from shared.contracts.quality import QualityDay, QualityReport, QualitySummary
from shared.fields import identifier
from shared.problem_handlers import problem_responses

router = APIRouter(prefix="/v1/quality", tags=["quality"])
OfSource = Annotated[
    Annotated[str, AfterValidator(identifier)] | None, Query(min_length=1, max_length=128)
]
Days = Annotated[int, Query(ge=1, le=90)]


@router.get("", responses=problem_responses(400, 401, 403, 422, 503))
async def show_quality(
    ingest: Running,
    _: ReportReader,
    source: OfSource = None,
    days: Days = DEFAULT_DAYS,
    limit: Limit = 50,
    cursor: IdCursor = None,
) -> Page[QualityReport]:
    """Report on each source: validity, completeness, lateness, freshness, and a grade A to D."""
    return await report_quality(ingest, source, days=days, after=cursor, limit=limit)


@router.get("/summary", responses=problem_responses(400, 401, 403, 422, 503))
async def show_summary(ingest: Running, _: ReportReader) -> QualitySummary:
    """Say in a word and a sentence how good the data of the whole shop is."""
    return await summarise_quality(ingest)


@router.get("/days", responses=problem_responses(400, 401, 403, 422, 503))
async def show_days(
    ingest: Running, _: ReportReader, source: OfSource = None, days: Days = DEFAULT_DAYS
) -> Page[QualityDay]:
    """List what became of items by the business date they were received on, the oldest first."""
    return await list_days(ingest, source, days=days)
