"""Open a case in the transaction that stores what was said."""

import asyncpg

from services.feedback.domain.capture.said import Said
from services.feedback.domain.cases.case import Case, CaseEvent, ServiceLevel, case_of, opens_case
from services.feedback.queries.cases.cases import add_case, add_events
from services.feedback.usecases.cases.calendar import calendar_in_force
from services.feedback.usecases.desk import Desk
from shared.ids import uuid7

#: Who opens a case that nobody asked for.
SYSTEM = "tierline"


async def open_case(connection: asyncpg.Connection, said: Said, desk: Desk) -> None:
    """Open the case of something said, if it has to be answered; again changes nothing.

    What the tier promises is taken as `desk.cases.levels` knows it: ask it before the transaction.
    """
    if opens_case(said.kind, said.rating, desk.cases.rules):
        await begin_case(connection, said, desk, actor=SYSTEM)


async def begin_case(
    connection: asyncpg.Connection, said: Said, desk: Desk, *, actor: str
) -> Case | None:
    """Open the case of something said, whatever it is; None when it has one."""
    calendar = await calendar_in_force(connection, desk.zone, said.received_at)
    case = case_of(said, uuid7(), _level_of(said, desk), desk.cases.rules, calendar)
    if not await add_case(connection, case):
        return None
    opened = CaseEvent("opened", {"due_at": case.due_at.isoformat()})
    await add_events(connection, case.case_id, [opened], actor=actor, at=case.opened_at)
    return case


def _level_of(said: Said, desk: Desk) -> ServiceLevel | None:
    """Give what is promised; while the tier is not known, nor is that."""
    return desk.cases.levels.seen(said.customer_id) if said.is_tier_known else None
