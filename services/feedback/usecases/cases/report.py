"""Open a case by hand: for something told to staff, which counts as feedback, or given before."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.said import Outcome, Said, is_believable
from services.feedback.domain.cases.change import Change, Moment, changed
from services.feedback.queries.capture.feedback import find_feedback
from services.feedback.usecases.capture.give import (
    Counter,
    UnbelievableInstant,
    arrival_of,
    given_of,
)
from services.feedback.usecases.capture.held_tier import tier_held_by
from services.feedback.usecases.capture.store import outbox_rows, store
from services.feedback.usecases.cases.calendar import calendar_in_force
from services.feedback.usecases.cases.errors import CaseExists, NoSuchFeedback
from services.feedback.usecases.cases.open import begin_cases
from services.feedback.usecases.cases.read import told_case
from services.feedback.usecases.cases.work import write
from services.feedback.usecases.desk import Desk
from shared.contracts.cases import CaseRequest
from shared.contracts.feedback import FeedbackRequest
from shared.idempotency import Answer, Asked, idempotently


async def report_case(counter: Counter, request: CaseRequest, asked: Asked) -> Answer:
    """Open a case: of something told to staff, stored in the same transaction, or given before.

    Raises UnbelievableInstant, NamesErased, NoSuchFeedback, CaseExists and Problem 409, 422.
    """
    if request.feedback_id is not None:
        return await _open_for(counter.desk, request.feedback_id, request, asked)
    desk, now = counter.desk, counter.desk.clock.now()
    if not is_believable(request.occurred_at or now, now):
        raise UnbelievableInstant
    held = await tier_held_by(request.customer, counter.asking)
    arrival = arrival_of(desk.secrets, asked.caller, _feedback_in(request), held, now)
    await desk.cases.levels.of(arrival.said.customer_id)
    outcomes: list[Outcome] = []

    async def work(connection: asyncpg.Connection) -> dict[str, Any]:
        outcomes[:] = await store(connection, [arrival], now)
        given_of(outcomes[0])
        return await _begin(connection, arrival.said, desk, request, asked.caller.name)

    answer = await idempotently(desk.pool, asked, work)
    counter.telling.soon(outbox_rows([arrival], outcomes) if outcomes else [])
    return answer


async def _open_for(desk: Desk, feedback_id: UUID, request: CaseRequest, asked: Asked) -> Answer:
    """Open the case of feedback given before; its clock starts now."""
    found = await find_feedback(desk.pool, feedback_id)
    if found is not None:
        await desk.cases.levels.of(found.customer_id)

    async def work(connection: asyncpg.Connection) -> dict[str, Any]:
        said = await find_feedback(connection, feedback_id)
        if said is None:
            raise NoSuchFeedback
        said = replace(said, received_at=desk.clock.now())
        return await _begin(connection, said, desk, request, asked.caller.name)

    return await idempotently(desk.pool, asked, work)


async def _begin(
    connection: asyncpg.Connection, said: Said, desk: Desk, request: CaseRequest, actor: str
) -> dict[str, Any]:
    begun = await begin_cases(connection, [said], desk, actor=actor)
    if not begun:
        raise CaseExists
    case = begun[0]
    now = case.opened_at
    calendar = await calendar_in_force(connection, desk.zone, now)
    after = changed(case, _change_in(request), Moment(now, calendar))
    await write(connection, after, actor=actor, at=now)
    return (await told_case(connection, after.case, now)).model_dump(mode="json")


def _feedback_in(request: CaseRequest) -> FeedbackRequest:
    names = ("kind", "text", "language", "channel", "customer", "order_id", "occurred_at")
    return FeedbackRequest.model_validate({name: getattr(request, name) for name in names})


def _change_in(request: CaseRequest) -> Change:
    return Change(
        owner=request.owner,
        is_owner_given=request.owner is not None,
        priority=request.priority,
        note=request.note,
    )
