"""Benefits of the tier, and their redemption."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from services.scoring.deps import Benefits
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.benefits.redeem import Wish
from shared.auth import require
from shared.contracts.common import Page
from shared.contracts.entitlements import (
    EXAMPLE_ENTITLEMENTS,
    EXAMPLE_REDEEM,
    EntitlementsAnswer,
    RedeemRequest,
    Redemption,
)
from shared.idempotency import HEADER_PARAMETER, REPLAYED, Asked, key_of
from shared.keys import Caller
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

PREFIX: Final = "/v1/customers/{customer_id}/entitlements"
router = APIRouter(prefix=PREFIX, tags=["benefits"])
READING: Final = [Depends(require("tier:read"))]
LISTING: Final = [Depends(require("customers:read"))]
Writer = Annotated[Caller, Depends(require("customers:write"))]
IdempotencyKey = Annotated[str | None, Depends(key_of)]
RedeemBody = Annotated[RedeemRequest, Depends(json_body(RedeemRequest))]
Programme = Annotated[str | None, Query(max_length=128)]


@dataclass(frozen=True, slots=True)
class Asking:
    """Which page of a customer's redemptions."""

    limit: Annotated[int, Query(ge=1, le=200)] = 50
    cursor: Annotated[UUID | None, Query()] = None


@router.get(
    "",
    dependencies=READING,
    response_model=EntitlementsAnswer,
    responses={
        200: {"content": {"application/json": {"example": EXAMPLE_ENTITLEMENTS}}},
        **problem_responses(400, 401, 403, 404, 422, 503),
    },
)
async def entitlements(
    benefits: Benefits, customer_id: str, programme: Programme = None
) -> Response:
    """Tell the benefits of the tiers held now, what is left of them, and the service level."""
    return JSONResponse(await benefits.tell(customer_id_of(customer_id), programme))


@router.get(
    "/redemptions",
    dependencies=LISTING,
    responses=problem_responses(400, 401, 403, 404, 422, 503),
)
async def redemptions(
    benefits: Benefits, customer_id: str, asked: Annotated[Asking, Depends(Asking)]
) -> Page[Redemption]:
    """List a customer's redemptions, the newest first, also cancelled ones."""
    who = customer_id_of(customer_id)
    items, cursor = await benefits.uses(who, before=asked.cursor, limit=asked.limit)
    following = None if cursor is None else str(cursor)
    return Page(items=[Redemption(**item) for item in items], next_cursor=following)


@router.post(
    "/{benefit}/redeem",
    status_code=201,
    response_model=Redemption,
    openapi_extra=openapi_body(RedeemRequest, EXAMPLE_REDEEM) | {"parameters": [HEADER_PARAMETER]},
    responses=problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503),
)
async def redeem(
    benefits: Benefits,
    caller: Writer,
    *,
    customer_id: str,
    benefit: str,
    key: IdempotencyKey,
    body: RedeemBody,
) -> Response:
    """Use a benefit of the tier held now; beyond its quota 409 says when it begins anew."""
    who = customer_id_of(customer_id)
    asked = Asked(caller, f"POST {PREFIX}/{who}/{benefit}/redeem", body, key, status=201)
    wish = Wish(who, benefit, body.programme, body.quantity, body.reference)
    answer = await benefits.redeem(wish, asked)
    return JSONResponse(answer.body, answer.status, REPLAYED if answer.is_replayed else None)


@router.post(
    "/redemptions/{redemption_id}/cancel",
    dependencies=[Depends(require("customers:write"))],
    responses=problem_responses(400, 401, 403, 404, 422, 503),
)
async def cancel(benefits: Benefits, customer_id: str, redemption_id: UUID) -> Redemption:
    """Take a redemption back, so that the benefit may be used again; asking twice is once."""
    return Redemption(**await benefits.cancel(customer_id_of(customer_id), redemption_id))
