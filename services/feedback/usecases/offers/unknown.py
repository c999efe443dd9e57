"""Tell which answers name an offer that nobody defined: nothing is lost, and nothing is silent."""

from __future__ import annotations

import asyncpg

from services.feedback.queries.offers.unknown import unknown_offers_after
from shared.contracts.common import Page
from shared.contracts.unknown_offers import UnknownOfferAnswers


async def list_unknown_offers(
    pool: asyncpg.Pool, after: str | None, limit: int
) -> Page[UnknownOfferAnswers]:
    """Give one page of keys that were answered and no offer has; the cursor is the last key."""
    found = await unknown_offers_after(pool, after or "", limit + 1)
    items = [UnknownOfferAnswers.model_validate(each) for each in found[:limit]]
    return Page(items=items, next_cursor=items[-1].offer if len(found) > limit else None)
