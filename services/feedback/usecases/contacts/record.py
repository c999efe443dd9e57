"""Take one contact with a customer: find out with whom, then store it once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.said import is_believable
from services.feedback.domain.contacts.interaction import Interaction
from services.feedback.queries.contacts.interactions import add_interaction, interaction_under
from services.feedback.queries.erasure import is_refused
from services.feedback.queries.people import base_currency, holder_of
from services.feedback.usecases.capture.give import NamesErased, UnbelievableInstant
from services.feedback.usecases.contacts.reading import interaction_item
from services.feedback.usecases.desk import Desk
from shared.contracts.common import CustomerReference
from shared.contracts.contacts import Cost, InteractionAnswer, InteractionRequest
from shared.erasures import tombstone
from shared.idempotency import Answer, Asked, fingerprint_of, idempotently
from shared.identifiers import lookup_key
from shared.ids import short_key, uuid7
from shared.keys import Caller
from shared.problem import DomainError

ROUTE: Final = "POST /v1/interactions"


class InteractionConflict(DomainError):
    """Another contact was stored under this interaction_id; the first one stays."""


class OtherCurrency(DomainError):
    """What contacts and offers cost is given in the currency of the shop."""


class UnknownCustomer(DomainError):
    """Nobody with a customer_id is known by these identifiers; name the customer_id."""


async def record_interaction(
    desk: Desk, caller: Caller, request: InteractionRequest, idempotency_key: str | None
) -> Answer:
    """Store a contact once.

    Raises InteractionConflict, UnbelievableInstant, OtherCurrency, NamesErased, UnknownCustomer.
    """
    now = desk.clock.now()
    if not is_believable(request.occurred_at or now, now):
        raise UnbelievableInstant

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        await refuse_other_currency(connection, request.cost)
        customer_id = await customer_named(connection, desk, request.customer)
        return await _store(connection, _interaction(desk, caller, request, customer_id))

    return await idempotently(
        desk.pool, Asked(caller, ROUTE, request, idempotency_key, status=201), work
    )


async def refuse_other_currency(connection: asyncpg.Connection, cost: Cost | None) -> None:
    """Raise OtherCurrency for a cost that could not be added up with the others."""
    if cost is not None and await base_currency(connection) not in (None, cost.currency):
        raise OtherCurrency


async def customer_named(
    connection: asyncpg.Connection, desk: Desk, customer: CustomerReference
) -> str:
    """Give the shop's id of a customer; raises NamesErased, UnknownCustomer."""
    given, now = customer.given(), desk.clock.now()
    erased = [tombstone(desk.secrets, kind, value) for kind, value in given.items()]
    if erased and await is_refused(connection, erased, now):
        raise NamesErased
    if customer.customer_id is not None:
        return customer.customer_id
    keys = [(kind, lookup_key(desk.secrets, kind, value)) for kind, value in given.items()]
    found = await holder_of(connection, keys)
    if found is None:
        raise UnknownCustomer
    return found


async def _store(connection: asyncpg.Connection, interaction: Interaction) -> dict[str, Any]:
    if await add_interaction(connection, interaction):
        return _answer(interaction, is_duplicate=False)
    first = await interaction_under(connection, interaction.event_key)
    if first is None or first.fingerprint != interaction.fingerprint:
        raise InteractionConflict
    return _answer(first, is_duplicate=True)


def _interaction(
    desk: Desk, caller: Caller, request: InteractionRequest, customer_id: str
) -> Interaction:
    interaction_id, now = uuid7(), desk.clock.now()
    return Interaction(
        customer_id=customer_id,
        interaction_id=interaction_id,
        event_key=_key(caller, request.interaction_id, interaction_id),
        fingerprint=fingerprint_of(request),
        kind=request.kind,
        direction=request.direction,
        channel=request.channel,
        subject=request.subject,
        note=request.note,
        agent=request.agent,
        outcome=request.outcome,
        duration_s=request.duration_s,
        case_id=_uuid(request.case_id),
        task_id=_uuid(request.task_id),
        cost=request.cost.minor if request.cost else None,
        currency=request.cost.currency if request.cost else None,
        at=request.occurred_at or now,
        received_at=now,
    )


def _key(caller: Caller, given: str | None, ours: UUID) -> bytes:
    """Name a contact by its source and the id it has there; without one, by ours."""
    if given is None:
        return short_key("interaction", str(ours))
    return short_key("interaction", caller.source or str(caller.key_id), given)


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _answer(interaction: Interaction, *, is_duplicate: bool) -> dict[str, Any]:
    item = interaction_item(interaction).model_dump()
    answer = InteractionAnswer(**item, is_duplicate=is_duplicate)
    return answer.model_dump(mode="json")
