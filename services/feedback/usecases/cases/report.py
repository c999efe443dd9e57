"""Open a case for something told to staff, on the phone or on a visit: it counts as feedback."""

from typing import Any

import asyncpg

from services.feedback.domain.capture.said import Outcome, is_believable
from services.feedback.domain.cases.change import Change, Moment, changed
from services.feedback.usecases.capture.give import (
    Counter,
    UnbelievableInstant,
    arrival_of,
    given_of,
)
from services.feedback.usecases.capture.held_tier import tier_held_by
from services.feedback.usecases.capture.store import outbox_rows, store
from services.feedback.usecases.cases.calendar import calendar_in_force
from services.feedback.usecases.cases.open import begin_case
from services.feedback.usecases.cases.read import told_case
from services.feedback.usecases.cases.work import write
from services.feedback.usecases.idempotently import Answer, Asked, idempotently
from shared.contracts.cases import CaseRequest
from shared.contracts.feedback import FeedbackRequest


async def report_case(counter: Counter, request: CaseRequest, asked: Asked) -> Answer:
    """Store what was told and open its case, in one transaction.

    Raises UnbelievableInstant, NamesErased and Problem 409, 422.
    """
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
        case = await begin_case(connection, arrival.said, desk, actor=asked.caller.name)
        assert case is not None  # noqa: S101 - this feedback is new, nobody else knows it
        calendar = await calendar_in_force(connection, desk.zone, now)
        after = changed(case, _change_in(request), Moment(now, calendar))
        await write(connection, after, actor=asked.caller.name, at=now)
        return (await told_case(connection, after.case, now)).model_dump(mode="json")

    answer = await idempotently(desk.pool, asked, work)
    counter.telling.soon(outbox_rows([arrival], outcomes) if outcomes else [])
    return answer


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
