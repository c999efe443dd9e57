"""Sessions: identity and events in, tiers and entitlements out."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.scoring.routes.hot_session import OWN_TIER_PATH, SESSIONS_PATH
from shared.auth import require
from shared.contracts.session import EXAMPLE_SESSION, OwnTiers, SessionAnswer, SessionRequest
from shared.problem import METHOD_NOT_ALLOWED, Problem
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

# Shown without a key: the token is what lets a page in.
_KEYLESS: Final[dict[str, Any]] = {"security": []}

router = APIRouter(tags=["sessions"])


# Both are answered by routes/hot_session.py before they come here; these are their descriptions.
@router.post(
    SESSIONS_PATH,
    response_model=SessionAnswer,
    response_model_exclude_unset=True,
    dependencies=[Depends(require("tier:read"))],
    openapi_extra=openapi_body(SessionRequest, EXAMPLE_SESSION),
    responses=problem_responses(400, 401, 403, 404, 413, 415, 422, 503),
)
async def open_session(
    _: Annotated[SessionRequest, Depends(json_body(SessionRequest))],
) -> Response:
    """Open a session: who is here and what they did, in; tiers, benefits and a token, out.

    The session keeps the tiers it began with, or higher ones: `pinned` says which, `current` what
    is held now. Post the token again to go on with the session; it ends 15 minutes after the last
    time, and 12 hours after it began. Events need the scope events:write; they are posted to ingest
    with your key first. The token may go to the customer's browser: it tells nothing about them.
    """
    raise Problem(METHOD_NOT_ALLOWED)


@router.get(
    OWN_TIER_PATH,
    response_model=OwnTiers,
    openapi_extra=_KEYLESS,
    responses=problem_responses(400, 401, 503),
)
async def own_tier(_: Request) -> Response:
    """Tell a page its customer's tier, progress and benefits in customer-facing programmes.

    Send the session's token as `Authorization: Bearer ...`, no key.
    """
    raise Problem(METHOD_NOT_ALLOWED)
