"""Segments: conditions with members."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from services.scoring.deps import Segmenting
from services.scoring.domain.segments import Segment
from services.scoring.routes.contracts.segment_answers import count_of, member_answer
from services.scoring.usecases.segments.define import Draft
from services.scoring.usecases.segments.desk import Listed
from shared.auth import require
from shared.contracts.common import LocalText, Page
from shared.contracts.segments import (
    EXAMPLE_BODY,
    EXAMPLE_PREVIEW,
    EXAMPLE_SEGMENT,
    KEY,
    CountAnswer,
    MemberAnswer,
    PreviewAnswer,
    PreviewRequest,
    SegmentAnswer,
    SegmentBody,
    SegmentRequest,
)
from shared.csv_cells import csv_row
from shared.idempotency import HEADER_PARAMETER, REPLAYED, Asked, key_of
from shared.if_match import IF_MATCH_PARAMETER, Version, etag
from shared.keys import Caller
from shared.money import exponent_of, format_scaled
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

WRITE: Final = "segments:write"
router = APIRouter(prefix="/v1/segments", tags=["segments"])
Writer = Annotated[Caller, Depends(require(WRITE))]
READING: Final = [Depends(require("customers:read"))]
IdempotencyKey = Annotated[str | None, Depends(key_of)]
NewBody = Annotated[SegmentRequest, Depends(json_body(SegmentRequest))]
Body = Annotated[SegmentBody, Depends(json_body(SegmentBody))]
PreviewBody = Annotated[PreviewRequest, Depends(json_body(PreviewRequest))]
Key = Annotated[str, Path(max_length=128)]
NewKey = Annotated[str, Path(pattern=KEY)]
GIVING: Final = problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503)
ASKING: Final = problem_responses(400, 401, 403, 404, 422, 503)
CSV: Final = "text/csv"
_HEADINGS: Final = (
    "customer_id", "entered_at", "lifecycle", "orders_365_days", "spend_365_days", "currency",
    "last_order",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asking:
    """Which page of a list."""

    limit: Annotated[int, Query(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Query(max_length=64)] = None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Which page of members, or all of them as CSV; `raw` leaves cells as they are."""

    limit: Annotated[int, Query(ge=1, le=1000)] = 100
    cursor: Annotated[UUID | None, Query()] = None
    format: Annotated[Literal["json", "csv"] | None, Query()] = None
    raw: Annotated[Literal["0", "1"], Query()] = "0"


@router.get("", dependencies=READING, responses=ASKING)
async def show_all(
    desk: Segmenting, asked: Annotated[Asking, Depends(Asking)]
) -> Page[SegmentAnswer]:
    """List segments by their keys."""
    found, cursor = await desk.page(asked.cursor, asked.limit)
    return Page(items=[_answer(each) for each in found], next_cursor=cursor)


@router.post(
    "",
    status_code=201,
    response_model=SegmentAnswer,
    openapi_extra=openapi_body(SegmentRequest, EXAMPLE_SEGMENT)
    | {"parameters": [HEADER_PARAMETER]},
    responses=GIVING,
)
async def create(desk: Segmenting, caller: Writer, key: IdempotencyKey, body: NewBody) -> Response:
    """Define a segment; who is in it is known within seconds, and told from then on."""
    asked = Asked(caller, "POST /v1/segments", body, key, status=201)
    answer = await desk.create(_draft(body.key, body), asked)
    headers = dict(REPLAYED) if answer.is_replayed else None
    return JSONResponse(dict(answer.body), answer.status, headers)


@router.post(
    "/preview",
    openapi_extra=openapi_body(PreviewRequest, EXAMPLE_PREVIEW),
    responses=GIVING,
    dependencies=[Depends(require(WRITE))],
)
async def preview(desk: Segmenting, body: PreviewBody) -> PreviewAnswer:
    """Count whom a condition would hold and show a few of them; nothing is kept."""
    tally = await desk.preview(body.condition, body.purpose, body.sample)
    currency = await desk.currency()
    sample = [member_answer(each, currency) for each in tally.sample]
    return PreviewAnswer(**count_of(tally).model_dump(), sample=sample)


@router.get("/{segment_key}", dependencies=READING, responses=ASKING)
async def show(desk: Segmenting, segment_key: Key, response: Response) -> SegmentAnswer:
    """Give one segment; its ETag is its version."""
    found = await desk.one(segment_key)
    response.headers.update(etag(found.version))
    return _answer(found)


@router.put(
    "/{segment_key}",
    openapi_extra=openapi_body(SegmentBody, EXAMPLE_BODY) | {"parameters": [IF_MATCH_PARAMETER]},
    responses=GIVING | problem_responses(412),
)
async def replace(
    desk: Segmenting,
    caller: Writer,
    segment_key: NewKey,
    body: Body,
    *,
    based_on: Version,
    response: Response,
) -> SegmentAnswer:
    """Write a segment, new or anew (If-Match); who moves because of that is not told as news."""
    made = await desk.replace(_draft(segment_key, body), caller.name, based_on)
    response.headers.update(etag(made.version))
    return _answer(made)


@router.delete("/{segment_key}", status_code=204, responses=GIVING)
async def delete(desk: Segmenting, caller: Writer, segment_key: Key) -> None:
    """Take a segment away, unless another one or a programme refers to it."""
    await desk.delete(segment_key, caller.name)


@router.get("/{segment_key}/count", dependencies=READING, responses=ASKING)
async def count(desk: Segmenting, segment_key: Key) -> CountAnswer:
    """Count who is in a segment now."""
    return count_of(await desk.count(segment_key))


@router.get(
    "/{segment_key}/members",
    dependencies=READING,
    response_model=Page[MemberAnswer],
    responses={200: {"content": {CSV: {}}}, **ASKING},
)
async def members(
    request: Request,
    desk: Segmenting,
    segment_key: Key,
    asked: Annotated[MemberPage, Depends(MemberPage)],
) -> Response | Page[MemberAnswer]:
    """List who is in a segment now: a page of JSON, or everybody as CSV (`Accept: text/csv`)."""
    currency = await desk.currency()
    is_csv = asked.format == "csv" or request.headers.get("accept", "").startswith(CSV)
    if asked.format != "json" and is_csv:
        rows = _csv(await desk.all_members(segment_key), currency, is_raw=asked.raw == "1")
        disposition = {"Content-Disposition": 'attachment; filename="members.csv"'}
        return StreamingResponse(rows, media_type=f"{CSV}; charset=utf-8", headers=disposition)
    found, cursor = await desk.members(segment_key, asked.cursor, asked.limit)
    items = [member_answer(each.member, currency, each.entered_at) for each in found]
    return Page(items=items, next_cursor=cursor)


async def _csv(
    pages: AsyncIterator[list[Listed]], currency: str, *, is_raw: bool
) -> AsyncIterator[str]:
    yield csv_row(_HEADINGS)
    exponent = exponent_of(currency)
    async for page in pages:
        yield "".join(
            csv_row(
                (
                    each.member.customer_id,
                    each.entered_at,
                    each.member.lifecycle,
                    each.member.orders,
                    Decimal(format_scaled(each.member.spend, exponent)),
                    currency,
                    each.member.last_order,
                ),
                is_raw=is_raw,
            )
            for each in page
        )


def _draft(key: str, body: SegmentBody) -> Draft:
    return Draft(key, body.name.model_dump(), body.condition, body.purpose)


def _answer(segment: Segment) -> SegmentAnswer:
    return SegmentAnswer(
        key=segment.segment_key,
        name=LocalText(**segment.name),
        condition=segment.condition,
        purpose=segment.purpose,
        version=segment.version,
        is_settled=segment.is_settled,
        created_at=segment.created_at,
        updated_at=segment.updated_at,
    )
