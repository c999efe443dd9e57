"""Read contacts again, page by page."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import asyncpg

from services.feedback.domain.contacts.interaction import Interaction
from services.feedback.domain.contacts.place import Place, cursor_of, place_in
from services.feedback.queries.contacts.interactions import (
    find_interaction,
    newest_interactions,
)
from services.feedback.queries.people import group_of
from shared.contracts.common import Money, Page
from shared.contracts.contacts import InteractionItem
from shared.money import format_minor
from shared.problem import DomainError

KIND = "interaction"


class UnknownInteraction(DomainError):
    """There is no such contact."""


class BadCursor(DomainError):
    """The cursor is none that this list gave; begin again without one."""


async def list_interactions(
    pool: asyncpg.Pool, customer_id: str | None, *, cursor: str | None, limit: int
) -> Page[InteractionItem]:
    """Give one page, newest first, of one customer (merged ids together) or of all."""
    before = None if cursor is None else _before(cursor)
    ids = None if customer_id is None else await ids_of(pool, customer_id)
    found = await newest_interactions(pool, ids, before, limit + 1)
    items = [interaction_item(each) for each in found[:limit]]
    after = _place(found[limit - 1]) if len(found) > limit else None
    return Page(items=items, next_cursor=None if after is None else cursor_of(after))


async def one_interaction(pool: asyncpg.Pool, interaction_id: UUID) -> InteractionItem:
    """Give one contact; raises UnknownInteraction."""
    found = await find_interaction(pool, interaction_id)
    if found is None:
        raise UnknownInteraction
    return interaction_item(found)


async def ids_of(pool: asyncpg.Pool, customer_id: str) -> tuple[str, ...]:
    """List every id of the shop for whom this one stands; a stranger has the one they gave."""
    group = await group_of(pool, customer_id)
    return (customer_id,) if group is None else group.customer_ids


def place_of_cursor(cursor: str) -> Place:
    """Read where a page ended; raises BadCursor."""
    place = place_in(cursor)
    if place is None:
        raise BadCursor
    return place


def _before(cursor: str) -> tuple[datetime, UUID]:
    place = place_of_cursor(cursor)
    if place.kind != KIND:
        raise BadCursor
    return place.at, place.uuid


def _place(interaction: Interaction) -> Place:
    return Place(interaction.at, KIND, str(interaction.interaction_id))


def interaction_item(interaction: Interaction) -> InteractionItem:
    """Write a contact as it is answered."""
    stored = asdict(interaction)
    minor, currency = stored.pop("cost"), stored.pop("currency")
    money = None
    if minor is not None and currency is not None:
        money = Money(amount=format_minor(minor, currency), currency=currency)
    return InteractionItem(**stored, cost=money)
