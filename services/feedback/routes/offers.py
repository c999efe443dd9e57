"""Offers, and how customers answer them."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from services.feedback.deps import IdempotencyKey, Reader, Reporter, Running, Writer
from services.feedback.routes.replies import replied_with_version
from services.feedback.usecases.offers.documents import (
    create_offer,
    list_offers,
    one_offer,
    write_offer,
)
from services.feedback.usecases.offers.respond import list_responses, respond, results_of
from shared.contracts.common import Page
from shared.contracts.offers import (
    EXAMPLE_OFFER,
    EXAMPLE_OFFER_BODY,
    EXAMPLE_RESPONSE,
    Offer,
    OfferBody,
    OfferRequest,
    OfferResponse,
    OfferResults,
    ResponseRequest,
)
from shared.fields import Instant
from shared.forms import KEY
from shared.idempotency import HEADER_PARAMETER
from shared.if_match import IF_MATCH_PARAMETER, Version, etag
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/offers", tags=["offers"])
Key = Annotated[str, Path(pattern=KEY)]
NewBody = Annotated[OfferRequest, Depends(json_body(OfferRequest))]
Body = Annotated[OfferBody, Depends(json_body(OfferBody))]
Answered = Annotated[ResponseRequest, Depends(json_body(ResponseRequest))]
Limit = Annotated[int, Query(ge=1, le=200)]
Moment = Annotated[Instant | None, Query()]
READING: Final = problem_responses(400, 401, 403, 404, 422, 503)
WRITING: Final = problem_responses(400, 401, 403, 404, 409, 410, 413, 415, 422, 503)


@router.post(
    "",
    status_code=201,
    response_model=Offer,
    responses=WRITING,
    openapi_extra=openapi_body(OfferRequest, EXAMPLE_OFFER) | {"parameters": [HEADER_PARAMETER]},
)
async def create(desk: Running, caller: Writer, key: IdempotencyKey, body: NewBody) -> Response:
    """Define an offer."""
    return replied_with_version(await create_offer(desk, caller, body, key))


@router.get("", responses=READING)
async def show_all(
    desk: Running,
    _: Reader,
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(pattern=KEY)] = None,
) -> Page[Offer]:
    """List offers by their keys."""
    return await list_offers(desk.pool, cursor, limit)


@router.get("/{offer_key}", responses=READING)
async def show(desk: Running, _: Reader, offer_key: Key, response: Response) -> Offer:
    """Give one offer; its ETag is its version."""
    offer = await one_offer(desk.pool, offer_key)
    response.headers.update(etag(offer.version))
    return offer


@router.put(
    "/{offer_key}",
    responses={**WRITING, **problem_responses(412, 428)},
    openapi_extra=openapi_body(OfferBody, EXAMPLE_OFFER_BODY)
    | {"parameters": [IF_MATCH_PARAMETER]},
)
async def write(
    desk: Running,
    caller: Writer,
    *,
    offer_key: Key,
    body: Body,
    version: Version,
    response: Response,
) -> Offer:
    """Create an offer, or change the version that If-Match names."""
    offer = await write_offer(desk, caller, offer_key, body, version=version)
    response.headers.update(etag(offer.version))
    return offer


@router.post(
    "/{offer_key}/responses",
    responses=WRITING,
    openapi_extra=openapi_body(ResponseRequest, EXAMPLE_RESPONSE),
)
async def answer(desk: Running, _: Writer, offer_key: Key, body: Answered) -> OfferResponse:
    """Store how a customer answered: once per customer and sending, the latest answer counts."""
    return await respond(desk, offer_key, body)


@router.get("/{offer_key}/responses", responses=READING)
async def responses(
    desk: Running,
    _: Reader,
    offer_key: Key,
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(max_length=128)] = None,
) -> Page[OfferResponse]:
    """List the answers that count, newest first."""
    return await list_responses(desk.pool, offer_key, cursor, limit)


@router.get("/{offer_key}/results", responses=READING)
async def results(
    desk: Running, _: Reporter, offer_key: Key, since: Moment = None, until: Moment = None
) -> OfferResults:
    """Tell how many accepted, declined or ignored an offer, by tier and lifecycle."""
    return await results_of(desk.pool, offer_key, since=since, until=until)
