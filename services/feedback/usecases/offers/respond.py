"""Take how customers answer offers, and tell what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import asyncpg

from services.feedback.domain.capture.said import is_believable
from services.feedback.domain.contacts.place import Place, cursor_of
from services.feedback.domain.offers.response import Response, Tally, shares_of
from services.feedback.queries.offers.responses import (
    newest_responses,
    put_response,
    response_of,
    tallies_of,
)
from services.feedback.usecases.capture.give import UnbelievableInstant
from services.feedback.usecases.contacts.reading import BadCursor, place_of_cursor
from services.feedback.usecases.contacts.record import customer_named
from services.feedback.usecases.desk import Desk
from services.feedback.usecases.offers.documents import one_offer
from services.feedback.usecases.offers.record import telling
from shared.contracts.common import CustomerReference, Page
from shared.contracts.offers import (
    Offer,
    OfferResponse,
    OfferResults,
    ResponseRequest,
    ResponseShares,
    SharesOf,
)

KIND: Final = "offer"
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_END: Final = datetime.max.replace(tzinfo=UTC)


class UnbelievableAnswer(UnbelievableInstant):
    """An offer is answered at an instant that lies before 1990 or more than 48 hours ahead."""


async def respond(desk: Desk, offer_key: str, request: ResponseRequest) -> OfferResponse:
    """Store an answer to an offer; the latest one of a customer and sending counts.

    Raises UnknownOffer, UnbelievableAnswer, NamesErased.
    """
    now = desk.clock.now()
    if not is_believable(request.at or now, now):
        raise UnbelievableAnswer
    offer = await one_offer(desk.pool, offer_key)
    async with desk.pool.acquire() as connection, connection.transaction():
        customer = CustomerReference(customer_id=request.customer_id)
        customer_id = await customer_named(connection, desk, customer)
        told = await telling(connection, customer_id, offer_key, now)
        wished = told(request.answer, request.sending or "", request.at or now, None)
        return await _put(connection, wished, offer)


async def _put(connection: asyncpg.Connection, wished: Response, offer: Offer) -> OfferResponse:
    stored = await put_response(connection, wished)
    if stored is not None:
        return response_item(stored, offer, counts=True)
    first = await response_of(connection, wished.customer_id, wished.offer_key, wished.sending)
    return response_item(first or wished, offer, counts=False)


def response_item(response: Response, offer: Offer, *, counts: bool) -> OfferResponse:
    """Write an answer as it is told."""
    ends = offer.valid_until
    return OfferResponse.model_validate(
        {
            "response_id": response.response_id,
            "offer": response.offer_key,
            "customer_id": response.customer_id,
            "sending": response.sending or None,
            "answer": response.answer,
            "at": response.at,
            "programme": response.programme_key,
            "tier": response.tier_key,
            "lifecycle": response.lifecycle,
            "counts": counts,
            "is_late": ends is not None and response.at > ends,
        }
    )


async def list_responses(
    pool: asyncpg.Pool, offer_key: str, cursor: str | None, limit: int
) -> Page[OfferResponse]:
    """Give one page of the answers that count, newest first; raises UnknownOffer, BadCursor."""
    offer = await one_offer(pool, offer_key)
    place = None if cursor is None else place_of_cursor(cursor)
    if place is not None and place.kind != KIND:
        raise BadCursor
    before = None if place is None else (place.at, place.uuid)
    found = await newest_responses(pool, offer_key, before, limit + 1)
    items = [response_item(each, offer, counts=True) for each in found[:limit]]
    after = Place(items[-1].at, KIND, str(items[-1].response_id)) if len(found) > limit else None
    return Page(items=items, next_cursor=None if after is None else cursor_of(after))


async def results_of(
    pool: asyncpg.Pool, offer_key: str, *, since: datetime | None, until: datetime | None
) -> OfferResults:
    """Count the answers to an offer by tier and lifecycle; raises UnknownOffer."""
    offer = await one_offer(pool, offer_key)
    tallies = await tallies_of(pool, offer_key, since or _BEGINNING, until or _END)
    return OfferResults(
        offer=offer.key,
        total=ResponseShares.model_validate(_shares(tallies)),
        by_tier=_by(tallies, lambda tally: tally.tier_key),
        by_lifecycle=_by(tallies, lambda tally: tally.lifecycle),
    )


def _by(tallies: Sequence[Tally], key_of: Callable[[Tally], str | None]) -> list[SharesOf]:
    keys = sorted({key_of(tally) for tally in tallies}, key=lambda key: (key is None, key or ""))
    return [
        SharesOf.model_validate({"key": key, **_shares([t for t in tallies if key_of(t) == key])})
        for key in keys
    ]


def _shares(tallies: Sequence[Tally]) -> dict[str, float | int | None]:
    shares = shares_of(tallies)
    low, high = shares.acceptance_interval or (None, None)
    return {
        **shares.counts,
        "responses": shares.total,
        "response_rate": shares.response_rate,
        "acceptance_rate": shares.acceptance_rate,
        "acceptance_low": low,
        "acceptance_high": high,
    }
