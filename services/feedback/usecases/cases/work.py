"""Work on a case: change it, reopen it; nobody overwrites what somebody else just did."""

from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.cases.case import DISPUTE, Case, promise
from services.feedback.domain.cases.change import (
    WORDS,
    Change,
    Changed,
    Moment,
    Objection,
    changed,
    objection,
    reopened,
)
from services.feedback.domain.cases.states import State
from services.feedback.queries.cases.cases import add_events, find_case, hold_case, update_case
from services.feedback.queries.cases.labels import is_decided
from services.feedback.usecases.cases.calendar import calendar_in_force
from services.feedback.usecases.cases.errors import (
    AlreadyOpen,
    CaseChanged,
    ForbiddenStep,
    Undecided,
    UnknownCase,
)
from services.feedback.usecases.cases.read import told_case
from services.feedback.usecases.desk import Desk
from shared.contracts.cases import CaseAnswer
from shared.idempotency import Answer, Asked, idempotently
from shared.keys import Caller
from shared.problem import INVALID, FieldFault, Problem

_MISSING: Final = "is needed to take this step: say it now, or before"


async def change_case(
    desk: Desk, caller: Caller, case_id: UUID, change: Change, *, version: int
) -> CaseAnswer:
    """Change a case that nobody changed since it was read.

    Raises UnknownCase, CaseChanged, ForbiddenStep, Undecided and Problem 422.
    """
    now = desk.clock.now()
    async with desk.pool.acquire() as connection, connection.transaction():
        case = await _held(connection, case_id)
        if case.version != version:
            raise CaseChanged
        await _check(connection, case, change)
        calendar = await calendar_in_force(connection, desk.zone, case.opened_at, now)
        after = changed(case, change, Moment(now, calendar))
        await write(connection, after, actor=caller.name, at=now)
    return await told_case(desk.pool, after.case, now)


async def reopen_case(desk: Desk, case_id: UUID, reason: str, asked: Asked) -> Answer:
    """Begin a case again, with a new time to answer; raises UnknownCase, AlreadyOpen."""
    now = desk.clock.now()
    found = await find_case(desk.pool, case_id)
    level = None if found is None else await desk.cases.levels.of(found.customer_id)

    async def work(connection: asyncpg.Connection) -> dict[str, object]:
        case = await _held(connection, case_id)
        document = case.service_level if level is None else level.document()
        calendar = await calendar_in_force(connection, desk.zone, now)
        promised = promise(document, desk.cases.rules, now, calendar)
        after = reopened(case, reason, Moment(now, calendar), promised, level)
        if after is None:
            raise AlreadyOpen(case.state)
        await write(connection, after, actor=asked.caller.name, at=now)
        return (await told_case(connection, after.case, now)).model_dump(mode="json")

    return await idempotently(desk.pool, asked, work)


async def write(
    connection: asyncpg.Connection, after: Changed, *, actor: str, at: datetime
) -> None:
    """Store a case as it is after, and what happened."""
    await update_case(connection, after.case)
    await add_events(connection, after.case.case_id, after.events, actor=actor, at=at)


async def _held(connection: asyncpg.Connection, case_id: UUID) -> Case:
    case = await hold_case(connection, case_id)
    if case is None:
        raise UnknownCase
    return case


async def _check(connection: asyncpg.Connection, case: Case, change: Change) -> None:
    decided = case.kind != DISPUTE or await is_decided(connection, case)
    match objection(case, change, is_decided=decided):
        case Objection.SKIPS:
            raise ForbiddenStep(case.state)
        case Objection.UNDECIDED:
            raise Undecided
        case Objection.WORDS_MISSING:
            word = WORDS[change.state or State.ANSWERED]
            raise Problem(INVALID, errors=[FieldFault(f"/{word}", "missing", _MISSING)])
        case None:
            return
