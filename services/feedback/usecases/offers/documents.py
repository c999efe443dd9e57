"""Write offers, and read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.feedback.queries.offers.offers import (
    StoredOffer,
    add_offer,
    change_offer,
    find_offer,
    offers_after,
)
from services.feedback.usecases.contacts.record import refuse_other_currency
from services.feedback.usecases.desk import Desk
from shared.audit import Note, note
from shared.contracts.common import Page
from shared.contracts.offers import Offer, OfferBody, OfferRequest
from shared.idempotency import Answer, Asked, idempotently
from shared.keys import Caller
from shared.problem import DomainError

ROUTE: Final = "POST /v1/offers"


class UnknownOffer(DomainError):
    """There is no such offer."""


class OfferKeyTaken(DomainError):
    """There is an offer with this key; PUT changes it."""


class OfferVersionMissing(DomainError):
    """The offer is there already: send the ETag that was read as If-Match."""


class OfferChanged(DomainError):
    """The offer was changed by somebody else; read it again."""


async def create_offer(
    desk: Desk, caller: Caller, request: OfferRequest, idempotency_key: str | None
) -> Answer:
    """Store a new offer; raises OfferKeyTaken, OtherCurrency."""

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        await refuse_other_currency(connection, request.cost)
        now = desk.clock.now()
        stored = await add_offer(connection, request.key, _document(request), now)
        if stored is None:
            raise OfferKeyTaken
        await _note(connection, caller, stored, now)
        return offer_of(stored).model_dump(mode="json")

    return await idempotently(
        desk.pool, Asked(caller, ROUTE, request, idempotency_key, status=201), work
    )


async def write_offer(
    desk: Desk, caller: Caller, key: str, body: OfferBody, *, version: int | None
) -> Offer:
    """Create an offer, or change the version that was read.

    Raises OfferVersionMissing, OfferChanged, OtherCurrency.
    """
    async with desk.pool.acquire() as connection, connection.transaction():
        await refuse_other_currency(connection, body.cost)
        document, now = _document(body), desk.clock.now()
        if version is not None:
            stored = await change_offer(connection, key, document, version=version, now=now)
            wrong: type[DomainError] = OfferChanged
        else:
            stored, wrong = await add_offer(connection, key, document, now), OfferVersionMissing
        if stored is None:
            raise wrong
        await _note(connection, caller, stored, now)
        return offer_of(stored)


async def _note(
    connection: asyncpg.Connection, caller: Caller, stored: StoredOffer, at: datetime
) -> None:
    made = Note(caller.name, "offer.written", stored.offer_key, {"version": stored.version})
    await note(connection, made, at=at)


async def one_offer(pool: asyncpg.Pool, key: str) -> Offer:
    """Give one offer; raises UnknownOffer."""
    stored = await find_offer(pool, key)
    if stored is None:
        raise UnknownOffer
    return offer_of(stored)


async def list_offers(pool: asyncpg.Pool, after: str | None, limit: int) -> Page[Offer]:
    """Give one page of offers by their keys; the cursor is the last key."""
    found = await offers_after(pool, after or "", limit + 1)
    items = [offer_of(each) for each in found[:limit]]
    return Page(items=items, next_cursor=items[-1].key if len(found) > limit else None)


def offer_of(stored: StoredOffer) -> Offer:
    """Write an offer as it is answered."""
    return Offer.model_validate(
        {
            **stored.document,
            "key": stored.offer_key,
            "version": stored.version,
            "created_at": stored.created_at,
            "updated_at": stored.updated_at,
        }
    )


def _document(body: OfferBody) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude={"key"}, exclude_none=True)
