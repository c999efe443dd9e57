"""Offers that were answered and that nobody defined."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.feedback.deps import Reader, Running
from services.feedback.usecases.offers.unknown import list_unknown_offers
from shared.contracts.common import Page
from shared.contracts.unknown_offers import UnknownOfferAnswers
from shared.problem_handlers import problem_responses
from shared.wire import Identifier

router = APIRouter(prefix="/v1/unknown-offers", tags=["offers"])


@router.get("", responses=problem_responses(400, 401, 403, 422, 503))
async def unknown_offers(
    desk: Running,
    _: Reader,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[Identifier | None, Query()] = None,
) -> Page[UnknownOfferAnswers]:
    """List the keys that customers answered and no offer has, with how they answered."""
    return await list_unknown_offers(desk.pool, cursor, limit)
