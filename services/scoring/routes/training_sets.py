"""Rows to learn from, for data scientists: nobody named, nothing known too early."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response, StreamingResponse

from services.scoring.deps import Day, Pool
from services.scoring.usecases.models.training_set import (
    COLUMNS_OF_SET,
    SetAsked,
    TrainingSets,
)
from shared.auth import require
from shared.csv_cells import csv_row
from shared.fields import Instant
from shared.problem_handlers import problem_responses

router = APIRouter(
    prefix="/v1/training-sets",
    tags=["models"],
    dependencies=[Depends(require("models:write"))],
)
NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"
SetKind = Literal["offer_response", "task", "tier_judgement"]
Moment = Annotated[Instant | None, Query()]


@dataclass(frozen=True, slots=True)
class SetPart:
    """Which rows: decided from `since` on, their outcome known before `until` (default: now)."""

    since: Moment = None
    until: Moment = None
    format: Annotated[Literal["ndjson", "csv"], Query()] = "ndjson"


@router.get(
    "/{kind}",
    response_class=Response,
    responses={
        200: {"content": {NDJSON: {}, CSV: {}}, "description": "One row a line"},
        **problem_responses(400, 401, 403, 404, 422, 503),
    },
)
async def training_set(
    pool: Pool, day: Day, kind: SetKind, part: Annotated[SetPart, Depends(SetPart)]
) -> StreamingResponse:
    """Give every decision of a kind with its outcome, and the features of the date it was made.

    Features see only facts before that date. No row names a customer; who withdrew their consent
    to personalisation, or was erased, is left out.
    """
    pages = TrainingSets(pool, day).rows(SetAsked(kind, part.since, part.until))
    if part.format == "csv":
        return StreamingResponse(_csv(pages), media_type=f"{CSV}; charset=utf-8")
    return StreamingResponse(_ndjson(pages), media_type=NDJSON)


async def _ndjson(pages: AsyncIterator[list[dict[str, Any]]]) -> AsyncIterator[str]:
    async for rows in pages:
        yield "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


async def _csv(pages: AsyncIterator[list[dict[str, Any]]]) -> AsyncIterator[str]:
    yield csv_row(COLUMNS_OF_SET)
    async for rows in pages:
        yield "".join(csv_row(_cell(row[name]) for name in COLUMNS_OF_SET) for row in rows)


def _cell(value: str | float | None) -> str | Decimal | None:
    return Decimal(str(value)) if isinstance(value, float) else value
