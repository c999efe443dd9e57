"""Pins and grants: what people decide about a customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from services.scoring.deps import Day, Pool
from services.scoring.domain.controls import NewControl, Sort
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.controls.give import Ending, end, give
from services.scoring.usecases.controls.listing import PageOf, list_held
from shared.auth import require
from shared.contracts.common import Page
from shared.contracts.controls import (
    EXAMPLE_GRANT,
    EXAMPLE_PIN,
    EndedGrants,
    EndedPins,
    GrantAnswer,
    GrantRequest,
    PinAnswer,
    PinRequest,
)
from shared.idempotency import HEADER_PARAMETER, REPLAYED, Answer, Asked, key_of
from shared.keys import Caller
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/customers/{customer_id}", tags=["controls"])
READING: Final = [Depends(require("customers:read"))]
Writer = Annotated[Caller, Depends(require("customers:write"))]
IdempotencyKey = Annotated[str | None, Depends(key_of)]
PinBody = Annotated[PinRequest, Depends(json_body(PinRequest))]
GrantBody = Annotated[GrantRequest, Depends(json_body(GrantRequest))]
Programme = Annotated[str, Query(min_length=1, max_length=128)]
GIVING: Final = problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503)
ASKING: Final = problem_responses(400, 401, 403, 404, 422, 503)
_WORDS: Final[Mapping[Sort, tuple[str, str]]] = {
    "pin": ("pin_id", "mode"),
    "grant": ("grant_id", "kind"),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """Which page of a customer's pins or grants."""

    programme: Annotated[str | None, Query(max_length=128)] = None
    limit: Annotated[int, Query(ge=1, le=200)] = 50
    cursor: Annotated[UUID | None, Query()] = None

    def page(self) -> PageOf:
        """Say which page."""
        return PageOf(self.programme, self.cursor, self.limit)


AskedPage = Annotated[Asking, Depends(Asking)]


@router.post(
    "/pins",
    status_code=201,
    response_model=PinAnswer,
    openapi_extra=openapi_body(PinRequest, EXAMPLE_PIN) | {"parameters": [HEADER_PARAMETER]},
    responses=GIVING,
)
async def pin(
    pool: Pool, day: Day, caller: Writer, *, customer_id: str, key: IdempotencyKey, body: PinBody
) -> Response:
    """Pin a customer's tier for a time; what is earned goes on beneath and shows again after."""
    asked = Asked(caller, f"POST /v1/customers/{customer_id}/pins", body, key, status=201)
    now, who = day.moment().now, customer_id_of(customer_id)
    wish = _asked_for("pin", body.mode, body)
    return _given("pin", await give(pool, who, wish, asked, now=now))


@router.get("/pins", dependencies=READING, responses=ASKING)
async def pins(pool: Pool, customer_id: str, asked: AskedPage) -> Page[PinAnswer]:
    """List a customer's pins, the oldest first, also those that have ended."""
    items, cursor = await list_held(pool, "pin", customer_id_of(customer_id), asked.page())
    return Page(items=[PinAnswer(**_named("pin", item)) for item in items], next_cursor=cursor)


@router.delete("/pins", responses=ASKING)
async def end_pins(
    pool: Pool, day: Day, caller: Writer, *, customer_id: str, programme: Programme
) -> EndedPins:
    """Take back all of a customer's pins in a programme; the rows stay."""
    ending = Ending("pin", customer_id_of(customer_id), programme=programme)
    items = await end(pool, ending, caller, now=day.moment().now)
    return EndedPins(items=[PinAnswer(**_named("pin", item)) for item in items])


@router.delete("/pins/{pin_id}", responses=ASKING)
async def end_pin(
    pool: Pool, day: Day, caller: Writer, *, customer_id: str, pin_id: UUID
) -> PinAnswer:
    """Take a pin back; one that had been taken back stays as it was."""
    ending = Ending("pin", customer_id_of(customer_id), control_id=pin_id)
    items = await end(pool, ending, caller, now=day.moment().now)
    return PinAnswer(**_named("pin", items[0]))


@router.post(
    "/grants",
    status_code=201,
    response_model=GrantAnswer,
    openapi_extra=openapi_body(GrantRequest, EXAMPLE_GRANT) | {"parameters": [HEADER_PARAMETER]},
    responses=GIVING,
)
async def grant(
    pool: Pool, day: Day, caller: Writer, *, customer_id: str, key: IdempotencyKey, body: GrantBody
) -> Response:
    """Grant a customer a tier for a time: at least that one is held while the grant lasts."""
    asked = Asked(caller, f"POST /v1/customers/{customer_id}/grants", body, key, status=201)
    now, who = day.moment().now, customer_id_of(customer_id)
    return _given(
        "grant", await give(pool, who, _asked_for("grant", body.kind, body), asked, now=now)
    )


@router.get("/grants", dependencies=READING, responses=ASKING)
async def grants(pool: Pool, customer_id: str, asked: AskedPage) -> Page[GrantAnswer]:
    """List a customer's grants, the oldest first, also those that have ended."""
    items, cursor = await list_held(pool, "grant", customer_id_of(customer_id), asked.page())
    return Page(items=[GrantAnswer(**_named("grant", item)) for item in items], next_cursor=cursor)


@router.delete("/grants", responses=ASKING)
async def end_grants(
    pool: Pool, day: Day, caller: Writer, *, customer_id: str, programme: Programme
) -> EndedGrants:
    """Take back all of a customer's grants in a programme; the rows stay."""
    ending = Ending("grant", customer_id_of(customer_id), programme=programme)
    items = await end(pool, ending, caller, now=day.moment().now)
    return EndedGrants(items=[GrantAnswer(**_named("grant", item)) for item in items])


@router.delete("/grants/{grant_id}", responses=ASKING)
async def end_grant(
    pool: Pool, day: Day, caller: Writer, *, customer_id: str, grant_id: UUID
) -> GrantAnswer:
    """Take a grant back; one that had been taken back stays as it was."""
    ending = Ending("grant", customer_id_of(customer_id), control_id=grant_id)
    items = await end(pool, ending, caller, now=day.moment().now)
    return GrantAnswer(**_named("grant", items[0]))


def _asked_for(sort: Sort, word: str, body: PinRequest | GrantRequest) -> NewControl:
    return NewControl(
        sort,
        word,
        body.programme,
        body.tier,
        reason=body.reason,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
    )


def _given(sort: Sort, answer: Answer) -> Response:
    headers = REPLAYED if answer.is_replayed else None
    return JSONResponse(_named(sort, answer.body), answer.status, headers)


def _named(sort: Sort, item: Mapping[str, Any]) -> dict[str, Any]:
    """Give a control the names of its sort."""
    key, word = _WORDS[sort]
    rest = {name: value for name, value in item.items() if name not in {"id", "word"}}
    return {key: item["id"], word: item["word"], **rest}
