"""Who is told, and what was delivered."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.responses import JSONResponse, Response

from services.scoring.deps import Hooks
from services.scoring.routes.contracts.webhook_contracts import (
    EXAMPLE_CHANGE,
    EXAMPLE_ENDPOINT,
    EXAMPLE_REPLAY,
    EndpointChange,
    EndpointRequest,
    ReplayRequest,
    delivery_answer,
    endpoint_answer,
)
from shared.auth import require
from shared.contracts.common import Page
from shared.contracts.outgoing_webhooks import (
    DeliveryAnswer,
    EndpointAnswer,
    EndpointSecret,
    PingAnswer,
    ReplayAnswer,
)
from shared.forms import NO_CURSOR, form
from shared.idempotency import HEADER_PARAMETER, REPLAYED, Answer, Asked, key_of
from shared.keys import ADMIN, Caller
from shared.problem_handlers import problem_responses
from shared.wire import WireModel, json_body, openapi_body

router = APIRouter(
    prefix="/v1/webhooks", tags=["webhooks"], responses=problem_responses(400, 401, 403, 422, 503)
)
Admin = Annotated[Caller, Depends(require(ADMIN))]
IdempotencyKey = Annotated[str | None, Depends(key_of)]
EndpointBody = Annotated[EndpointRequest, Depends(json_body(EndpointRequest))]
ChangeBody = Annotated[EndpointChange, Depends(json_body(EndpointChange))]
ReplayBody = Annotated[ReplayRequest, Depends(json_body(ReplayRequest))]
_CURSOR: Final = form("^[0-9]{1,18}$", NO_CURSOR)
FOUND: Final = problem_responses(404)
POSTED: Final = problem_responses(404, 409, 413, 415)


class _Nothing(WireModel):
    """A body that says nothing."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """Which part of the delivery log."""

    status: Annotated[Literal["pending", "delivered", "given_up"] | None, Query()] = None
    limit: Annotated[int, Query(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Query(pattern=_CURSOR)] = None


@router.post(
    "",
    status_code=201,
    response_model=EndpointSecret,
    openapi_extra=openapi_body(EndpointRequest, EXAMPLE_ENDPOINT)
    | {"parameters": [HEADER_PARAMETER]},
    responses=POSTED,
)
async def add(hooks: Hooks, caller: Admin, key: IdempotencyKey, body: EndpointBody) -> Response:
    """Tell an endpoint from now on; the answer holds the secret, which is shown only here."""
    asked = Asked(caller, "POST /v1/webhooks", body, key, status=201)
    return _replied(await hooks.register(body.wish(), asked))


@router.get("")
async def show_all(
    hooks: Hooks,
    _: Admin,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: UUID | None = None,
) -> Page[EndpointAnswer]:
    """List who is told of what, the oldest first."""
    found, after = await hooks.page(cursor, limit)
    return Page(items=[endpoint_answer(each) for each in found], next_cursor=after)


@router.get("/{webhook_id}", responses=FOUND)
async def show(hooks: Hooks, _: Admin, webhook_id: UUID) -> EndpointAnswer:
    """Give one endpoint and how it goes."""
    return endpoint_answer(await hooks.one(webhook_id))


@router.put(
    "/{webhook_id}",
    openapi_extra=openapi_body(EndpointChange, EXAMPLE_CHANGE),
    responses=POSTED,
)
async def change(hooks: Hooks, caller: Admin, webhook_id: UUID, body: ChangeBody) -> EndpointAnswer:
    """Replace what an endpoint is told; what waits for it stays, also while it is not active."""
    return endpoint_answer(
        await hooks.change(webhook_id, body.wish(), caller.name, is_active=body.active)
    )


@router.delete("/{webhook_id}", status_code=204, responses=FOUND)
async def remove(hooks: Hooks, caller: Admin, webhook_id: UUID) -> None:
    """Forget an endpoint with its secrets and its log."""
    await hooks.remove(webhook_id, caller.name)


@router.post(
    "/{webhook_id}/rotate",
    response_model=EndpointSecret,
    openapi_extra={"parameters": [HEADER_PARAMETER]},
    responses=POSTED,
)
async def rotate(hooks: Hooks, caller: Admin, webhook_id: UUID, key: IdempotencyKey) -> Response:
    """Give an endpoint a new secret; for 24 hours messages carry both signatures."""
    asked = Asked(caller, f"POST /v1/webhooks/{webhook_id}/rotate", _Nothing(), key)
    return _replied(await hooks.rotate(webhook_id, asked))


@router.post("/{webhook_id}/ping", responses=FOUND)
async def ping(hooks: Hooks, _: Admin, webhook_id: UUID) -> PingAnswer:
    """Send a message of the kind `webhook.ping` now, once, and say what came of it."""
    made = await hooks.ping(webhook_id)
    return PingAnswer(delivered=made.is_success, status=made.status, ms=made.ms, error=made.error)


@router.get("/{webhook_id}/deliveries", responses=FOUND)
async def log(
    hooks: Hooks, _: Admin, webhook_id: UUID, page: Annotated[LogPage, Depends(LogPage)]
) -> Page[DeliveryAnswer]:
    """List what was sent and how it went, the newest first; 30 days are kept."""
    before = None if page.cursor is None else int(page.cursor)
    found, after = await hooks.log(webhook_id, page.status, before, page.limit)
    return Page(items=[delivery_answer(each) for each in found], next_cursor=after)


@router.post("/{webhook_id}/deliveries/{delivery_id}/replay", status_code=202, responses=FOUND)
async def replay(
    hooks: Hooks, caller: Admin, webhook_id: UUID, delivery_id: UUID
) -> DeliveryAnswer:
    """Send a delivery once more, under the same id; one that is under way goes on."""
    return delivery_answer(await hooks.replay(webhook_id, delivery_id, caller.name))


@router.post(
    "/{webhook_id}/replay",
    status_code=202,
    openapi_extra=openapi_body(ReplayRequest, EXAMPLE_REPLAY),
    responses=POSTED,
)
async def replay_since(
    hooks: Hooks, caller: Admin, webhook_id: UUID, body: ReplayBody
) -> ReplayAnswer:
    """Send everything once more that was announced since, also from before it listened."""
    again = await hooks.replay_since(webhook_id, body.since, caller.name)
    return ReplayAnswer(replayed=again.replayed, continue_from=again.goes_on)


def _replied(answer: Answer) -> Response:
    headers = REPLAYED if answer.is_replayed else None
    return JSONResponse(dict(answer.body), answer.status, headers)
