"""Take one piece of feedback: ask for the tier, then store it and its event in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.feedback.domain.capture.event import event_of
from services.feedback.domain.capture.said import (
    Arrival,
    Fate,
    HeldTier,
    Outcome,
    Said,
    is_believable,
)
from services.feedback.usecases.capture.committing import GroupCommit
from services.feedback.usecases.capture.following import follow, prepare, sets_off
from services.feedback.usecases.capture.held_tier import Asking, tier_held_by
from services.feedback.usecases.capture.store import outbox_rows, store
from services.feedback.usecases.capture.telling import Telling
from services.feedback.usecases.desk import Desk
from shared import idempotency
from shared.contracts.feedback import FeedbackRequest
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
    body: Mapping[str, Any]
    is_replayed: bool = False


@dataclass(frozen=True, slots=True)
class Counter:
    """Where feedback is taken in: the desk, and what is shared by those who come at once."""

    desk: Desk
    asking: Asking | None
    #: of feedback that is only stored
    committing: GroupCommit
    #: of feedback that sets something off in its transaction
    following: GroupCommit
    telling: Telling

    async def close(self) -> None:
        """Wait for the commits that somebody waits for."""
        await self.committing.close()
        await self.following.close()


def counter_at(desk: Desk, asking: Asking | None, telling: Telling) -> Counter:
    """Open the counter of a running service."""

    async def commit(arrivals: Sequence[Arrival]) -> list[Outcome]:
        # One statement is a transaction of its own: BEGIN and COMMIT would be two more trips.
        async with desk.pool.acquire() as connection:
            outcomes = await store(connection, arrivals, desk.clock.now())
        telling.soon(outbox_rows(arrivals, outcomes))
        return outcomes

    async def commit_and_follow(arrivals: Sequence[Arrival]) -> list[Outcome]:
        async with desk.pool.acquire() as connection, connection.transaction():
            outcomes = await store(connection, arrivals, desk.clock.now())
            await follow(connection, outcomes, desk)
        telling.soon(outbox_rows(arrivals, outcomes))
        return outcomes

    return Counter(desk, asking, GroupCommit(commit), GroupCommit(commit_and_follow), telling)


async def give_feedback(
    counter: Counter, caller: Caller, request: FeedbackRequest, idempotency_key: str | None
) -> Given:
    """Store a piece of feedback once.

    Raises FeedbackConflict, UnbelievableInstant, NamesErased, Overloaded.
    """
    now = counter.desk.clock.now()
    if not is_believable(request.occurred_at or now, now):
        raise UnbelievableInstant
    held = await tier_held_by(request.customer, counter.asking)
    arrival = arrival_of(counter.desk.secrets, caller, request, held, now)
    await prepare(arrival.said, counter.desk)
    if idempotency_key is None:
        is_more = sets_off(arrival.said, counter.desk)
        group = counter.following if is_more else counter.committing
        return given_of(await group.take(arrival))
    attempt = Attempt(caller.key_id, ROUTE, idempotency_key, arrival.said.fingerprint)
    return await _give_once(counter, attempt, arrival, now)


async def _give_once(counter: Counter, attempt: Attempt, arrival: Arrival, now: datetime) -> Given:
    async with counter.desk.pool.acquire() as connection, connection.transaction():
        if first := await idempotency.begin(connection, attempt):
            return Given(first.status, first.body, is_replayed=True)
        outcomes = await store(connection, [arrival], now)
        await follow(connection, outcomes, counter.desk)
        given = given_of(outcomes[0])
        await idempotency.keep(connection, attempt, Stored(given.status, dict(given.body)))
    counter.telling.soon(outbox_rows([arrival], outcomes))
    return given


def given_of(outcome: Outcome) -> Given:
    """Say what to answer; raises FeedbackConflict, NamesErased."""
    match outcome.fate:
        case Fate.STORED:
            return Given(STORED, _answer(outcome.said, is_duplicate=False))
        case Fate.KNOWN:
            return Given(KNOWN, _answer(outcome.said, is_duplicate=True))
        case Fate.CONFLICT:
            raise FeedbackConflict
        case Fate.ERASED:
            raise NamesErased


def arrival_of(
    secrets: Secrets, caller: Caller, request: FeedbackRequest, held: HeldTier, now: datetime
) -> Arrival:
    """Make what is stored of a request: the row, the event, and the names to look for."""
    said = _said(caller, request, held, now)
    named = {} if request.customer is None else request.customer.given()
    event = event_of(said, _sealed(secrets, named))
    return Arrival(said, event, [tombstone(secrets, kind, value) for kind, value in named.items()])


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
        offer_key=request.offer_key,
        answer=request.answer,
    )


def _key(caller: Caller, given: str | None, ours: UUID) -> bytes:
    """Name feedback by its source and the id it has there; without one, by ours."""
    if given is None:
        return short_key("feedback", str(ours))
    return short_key("feedback", caller.source or str(caller.key_id), given)


def _sealed(secrets: Secrets, named: Mapping[str, str]) -> dict[str, str]:
    return {kind: secrets.encrypt_identifier(kind, value).hex() for kind, value in named.items()}


def _answer(said: Said, *, is_duplicate: bool) -> dict[str, Any]:
    """Write `FeedbackAnswer`: its parts were checked when they came in."""
    return {
        "feedback_id": str(said.feedback_id),
        "kind": said.kind,
        "customer_id": said.customer_id,
        "is_duplicate": is_duplicate,
        "is_tier_known": said.is_tier_known,
        "tier_held": said.tier_held,
        "received_at": said.received_at.isoformat().replace("+00:00", "Z"),
    }
