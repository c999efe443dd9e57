"""Take one piece of feedback: ask for the tier, then store it and its event in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.event import TYPE, event_of
from services.feedback.domain.capture.said import HeldTier, Said, is_believable
from services.feedback.queries.capture.feedback import add_feedback, feedback_under
from services.feedback.queries.erasure import is_refused
from services.feedback.usecases.capture.held_tier import tier_held_by
from services.feedback.usecases.desk import Desk
from shared import idempotency, outbox
from shared.contracts.common import CustomerReference
from shared.contracts.feedback import FeedbackAnswer, FeedbackRequest
from shared.erasures import tombstone
from shared.idempotency import Attempt, Stored, fingerprint_of
from shared.ids import short_key, uuid7
from shared.keys import Caller
from shared.problem import DomainError
from shared.secrets import Secrets

ROUTE: Final = "POST /v1/feedback"
STORED, KNOWN = 201, 200


class FeedbackConflict(DomainError):
    """Another piece of feedback was stored under this feedback_id; the first one stays."""


class NamesErased(DomainError):
    """The customer was erased; what names them is refused for a time."""


class UnbelievableInstant(DomainError):
    """occurred_at lies before 1990 or more than 48 hours ahead."""


@dataclass(frozen=True, slots=True)
class Given:
    """What to answer; `is_replayed` when an Idempotency-Key brought the first answer back."""

    status: int
    body: dict[str, Any]
    is_replayed: bool = False


async def give_feedback(
    desk: Desk, caller: Caller, request: FeedbackRequest, idempotency_key: str | None
) -> Given:
    """Store a piece of feedback once; raises FeedbackConflict, UnbelievableInstant, NamesErased."""
    now = desk.clock.now()
    if not is_believable(request.occurred_at or now, now):
        raise UnbelievableInstant
    held = await tier_held_by(request.customer, desk.tiers, desk.tier_budget_s)
    said = _said(caller, request, held, now)
    event = event_of(said, _sealed(desk.secrets, request.customer))
    async with desk.pool.acquire() as connection, connection.transaction():
        await _refuse_erased(connection, desk, request, now)
        if idempotency_key is None:
            return await _store(connection, said, event)
        attempt = Attempt(caller.key_id, ROUTE, idempotency_key, said.fingerprint)
        if first := await idempotency.begin(connection, attempt):
            return Given(first.status, first.body, is_replayed=True)
        given = await _store(connection, said, event)
        await idempotency.keep(connection, attempt, Stored(given.status, given.body))
        return given


async def _refuse_erased(
    connection: asyncpg.Connection, desk: Desk, request: FeedbackRequest, now: datetime
) -> None:
    given = {} if request.customer is None else request.customer.given()
    keys = [tombstone(desk.secrets, kind, value) for kind, value in given.items()]
    if keys and await is_refused(connection, keys, now):
        raise NamesErased


async def _store(connection: asyncpg.Connection, said: Said, event: dict[str, Any]) -> Given:
    if await add_feedback(connection, said):
        await outbox.enqueue(connection, TYPE, event)
        return Given(STORED, _answer(said, is_duplicate=False))
    first = await feedback_under(connection, said.event_key)
    if first is None or first.fingerprint != said.fingerprint:
        raise FeedbackConflict
    return Given(KNOWN, _answer(first, is_duplicate=True))


def _said(caller: Caller, request: FeedbackRequest, held: HeldTier, now: datetime) -> Said:
    feedback_id = uuid7()
    given_id = request.customer.customer_id if request.customer else None
    return Said(
        feedback_id=feedback_id,
        event_key=_key(caller, request.feedback_id, feedback_id),
        fingerprint=fingerprint_of(request),
        customer_id=given_id or held.customer_id,
        kind=request.kind,
        channel=request.channel,
        rating=request.rating,
        text=request.text,
        language=request.language,
        order_id=request.order_id,
        session_id=request.session_id,
        tier_held=held.tier,
        is_tier_known=held.is_known,
        properties=request.properties,
        occurred_at=request.occurred_at or now,
        received_at=now,
    )


def _key(caller: Caller, given: str | None, ours: UUID) -> bytes:
    """Name feedback by its source and the id it has there; without one, by ours."""
    if given is None:
        return short_key("feedback", str(ours))
    return short_key("feedback", caller.source or str(caller.key_id), given)


def _sealed(secrets: Secrets, customer: CustomerReference | None) -> dict[str, str]:
    identifiers = {} if customer is None else customer.given()
    return {k: secrets.encrypt_identifier(k, v).hex() for k, v in identifiers.items()}


def _answer(said: Said, *, is_duplicate: bool) -> dict[str, Any]:
    answer = FeedbackAnswer.model_validate(said, from_attributes=True)
    return answer.model_copy(update={"is_duplicate": is_duplicate}).model_dump(mode="json")
