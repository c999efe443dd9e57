"""The points wallet."""

from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from services.scoring.deps import Points
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.points.desk import Wish
from shared.auth import require
from shared.contracts.common import Page
from shared.contracts.points import (
    EXAMPLE_ADJUST,
    EXAMPLE_POINTS,
    EXAMPLE_REDEEM_POINTS,
    AdjustRequest,
    PointsAdjustment,
    PointsAnswer,
    PointsEntryAnswer,
    PointsRedemption,
    PointsRequest,
)
from shared.idempotency import HEADER_PARAMETER, REPLAYED, Answer, Asked, key_of
from shared.keys import Caller
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

PREFIX: Final = "/v1/customers/{customer_id}/points"
router = APIRouter(prefix=PREFIX, tags=["points"])
READING: Final = [Depends(require("customers:read"))]
Writer = Annotated[Caller, Depends(require("customers:write"))]
IdempotencyKey = Annotated[str | None, Depends(key_of)]
RedeemBody = Annotated[PointsRequest, Depends(json_body(PointsRequest))]
AdjustBody = Annotated[AdjustRequest, Depends(json_body(AdjustRequest))]
Programme = Annotated[str | None, Query(max_length=128)]
ASKING: Final = problem_responses(400, 401, 403, 404, 409, 422, 503)
GIVING: Final = problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503)


@dataclass(frozen=True, slots=True)
class Asking:
    """Which page of whose entries."""

    programme: Programme = None
    limit: Annotated[int, Query(ge=1, le=500)] = 100
    cursor: Annotated[UUID | None, Query()] = None


@router.get(
    "",
    dependencies=READING,
    response_model=PointsAnswer,
    responses={200: {"content": {"application/json": {"example": EXAMPLE_POINTS}}}, **ASKING},
)
async def points(desk: Points, customer_id: str, programme: Programme = None) -> Response:
    """Tell the balance now, every acknowledged receipt and passed expiry counted, and its lots."""
    return JSONResponse(await desk.tell(customer_id_of(customer_id), programme))


@router.get("/entries", dependencies=READING, responses=ASKING)
async def entries(
    desk: Points, customer_id: str, asked: Annotated[Asking, Depends(Asking)]
) -> Page[PointsEntryAnswer]:
    """List every change of the balance, the newest first; their sum is the balance."""
    found = await desk.entries(customer_id_of(customer_id), asked.programme)
    items, cursor = page_of(found, asked.cursor, asked.limit)
    return Page(items=[PointsEntryAnswer(**item) for item in items], next_cursor=cursor)


@router.post(
    "/redeem",
    status_code=201,
    response_model=PointsRedemption,
    openapi_extra=openapi_body(PointsRequest, EXAMPLE_REDEEM_POINTS)
    | {"parameters": [HEADER_PARAMETER]},
    responses=GIVING,
)
async def redeem(
    desk: Points, caller: Writer, *, customer_id: str, key: IdempotencyKey, body: RedeemBody
) -> Response:
    """Redeem points, those that expire first; 409 where the balance does not cover them."""
    who = customer_id_of(customer_id)
    asked = Asked(caller, f"POST {PREFIX}/{who}/redeem", body, key, status=201)
    wish = Wish(who, body.programme, body.points, body.reference)
    return _given(await desk.redeem(wish, asked))


@router.post("/redemptions/{redemption_id}/cancel", responses=ASKING)
async def cancel(
    desk: Points,
    caller: Writer,
    *,
    customer_id: str,
    redemption_id: UUID,
    programme: Programme = None,
) -> PointsRedemption:
    """Take a redemption back; points that have expired since are gone. Asking twice is once."""
    who = customer_id_of(customer_id)
    return PointsRedemption(**await desk.cancel(who, redemption_id, programme, actor=caller.name))


@router.post(
    "/adjust",
    status_code=201,
    response_model=PointsAdjustment,
    openapi_extra=openapi_body(AdjustRequest, EXAMPLE_ADJUST) | {"parameters": [HEADER_PARAMETER]},
    responses=GIVING,
)
async def adjust(
    desk: Points, caller: Writer, *, customer_id: str, key: IdempotencyKey, body: AdjustBody
) -> Response:
    """Give or take points by hand, for a reason; it is written into the audit log."""
    who = customer_id_of(customer_id)
    asked = Asked(caller, f"POST {PREFIX}/{who}/adjust", body, key, status=201)
    wish = Wish(who, body.programme, body.points, reason=body.reason)
    return _given(await desk.adjust(wish, asked))


def page_of(
    items: list[dict[str, Any]], cursor: UUID | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Cut a page out of entries; raises Problem 422 for a cursor that is none of theirs."""
    start = 0
    if cursor is not None:
        places = {item["entry_id"]: place for place, item in enumerate(items)}
        if str(cursor) not in places:
            fault = FieldFault("/query/cursor", "bad_cursor", "must be the next_cursor of a page")
            raise Problem(INVALID, errors=[fault])
        start = places[str(cursor)] + 1
    page = list(islice(items, start, start + limit))
    has_more = start + limit < len(items)
    return page, page[-1]["entry_id"] if has_more else None


def _given(answer: Answer) -> Response:
    return JSONResponse(answer.body, answer.status, REPLAYED if answer.is_replayed else None)
