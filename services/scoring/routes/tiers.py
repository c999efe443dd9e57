"""Tiers over HTTP."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.scoring.deps import Desk, Keys
from services.scoring.routes.hot_tier import PATH, customer_id_of
from shared.auth import require
from shared.contracts.tier import TierAnswer, TierAnswers, TierQuery
from shared.identifiers import lookup_key
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

EXAMPLE: Final[dict[str, Any]] = {
    "customer_id": "c-1",
    "known": True,
    "programme": "value",
    "programme_version": 1,
    "tier": {"key": "high", "rank": 2, "name": {"en": "High value", "zh": "高价值"}},
    "since": "2026-10-02T00:00:00Z",
    "valid_until": None,
    "status": "held",
    "lifecycle": "active",
    "progress": {"next": None, "keep": None},
    "reasons": [
        {
            "code": "value_rank",
            "text": {
                "en": "Among the top 20 % by expected spending",
                "zh": "预期消费位列前20%",
            },
        }
    ],
    "model_version": "2026-11-21-1",
    "release": "r-17",
    "as_of": "2026-11-22T01:00:00Z",
    "stale": False,
}
QUERY_EXAMPLE: Final = {"customers": [{"loyalty_account": "M-1"}, {"customer_id": "c-1"}]}
JSON: Final = "application/json"

router = APIRouter(tags=["tiers"], dependencies=[Depends(require("tier:read"))])


@router.get(
    PATH,
    response_model=TierAnswer,
    responses={
        200: {"content": {JSON: {"example": EXAMPLE}}},
        **problem_responses(400, 401, 403, 404, 422, 503),
    },
)
async def tier(
    request: Request,
    desk: Desk,
    customer_id: str,
    programme: Annotated[str | None, Query(max_length=128)] = None,
) -> Response:
    """Tell a customer's tier now, every acknowledged receipt counted; unknown ones too (200)."""
    # GET is answered by routes/hot_tier.py before it comes here; this is its description.
    body = await desk.answer(customer_id_of(customer_id), programme)
    return Response(body, media_type=JSON)


@router.post(
    "/v1/tiers/query",
    response_model=TierAnswers,
    openapi_extra=openapi_body(TierQuery, QUERY_EXAMPLE),
    responses={
        200: {"content": {JSON: {"example": {"answers": [EXAMPLE]}}}},
        **problem_responses(400, 401, 403, 404, 413, 415, 422, 503),
    },
)
async def tiers(
    desk: Desk, secrets: Keys, query: Annotated[TierQuery, Depends(json_body(TierQuery))]
) -> Response:
    """Tell the tiers of up to 1,000 customers in the order asked, by id or by identifier."""
    asked = references(query)
    keys = [(kind, lookup_key(secrets, kind, value)) for kind, value in asked]
    names = [value if kind == "customer_id" else None for kind, value in asked]
    return Response(await desk.answers(keys, names, query.programme), media_type=JSON)


def references(query: TierQuery) -> list[tuple[str, str]]:
    """Name every customer by the strongest identifier given; raises Problem 422 for none."""
    if query.customer_ids is not None:
        return [("customer_id", value) for value in query.customer_ids]
    given = [reference.given() for reference in query.customers or ()]
    if {} in given:
        fault = FieldFault(f"/customers/{given.index({})}", "missing", "names nobody")
        raise Problem(INVALID, errors=[fault])
    return [next(iter(named.items())) for named in given]
