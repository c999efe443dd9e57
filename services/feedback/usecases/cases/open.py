"""Open cases in the transaction that stores what was said."""

from collections.abc import Sequence

import asyncpg

from services.feedback.domain.capture.said import Said
from services.feedback.domain.cases.case import Case, CaseEvent, ServiceLevel, case_of, opens_case
from services.feedback.queries.cases.cases import add_cases, add_events_of
from services.feedback.usecases.cases.calendar import calendar_in_force
from services.feedback.usecases.desk import Desk
from shared.ids import uuid7

#: Who opens a case that nobody asked for.
SYSTEM = "tierline"


async def open_cases(connection: asyncpg.Connection, said: Sequence[Said], desk: Desk) -> None:
    """Open the cases of what was said, where it has to be answered; again changes nothing.

    What a tier promises is taken as `desk.cases.levels` knows it: ask it before the transaction.
    """
    wanted = [each for each in said if opens_case(each.kind, each.rating, desk.cases.rules)]
    if wanted:
        await begin_cases(connection, wanted, desk, actor=SYSTEM)


async def begin_cases(
    connection: asyncpg.Connection, said: Sequence[Said], desk: Desk, *, actor: str
) -> list[Case]:
    """Open the cases of what was said, whatever it is; those that are there already are left."""
    received = [each.received_at for each in said]
    calendar = await calendar_in_force(connection, desk.zone, min(received), max(received))
    cases = [
        case_of(each, uuid7(), _level_of(each, desk), desk.cases.rules, calendar) for each in said
    ]
    added = await add_cases(connection, cases)
    begun = [case for case in cases if case.case_id in added]
    opened = [(case.case_id, _opened(case), case.opened_at) for case in begun]
    await add_events_of(connection, opened, actor=actor)
    return begun


def _opened(case: Case) -> CaseEvent:
    return CaseEvent("opened", {"due_at": case.due_at.isoformat()})


def _level_of(said: Said, desk: Desk) -> ServiceLevel | None:
    """Give what is promised; while the tier is not known, nor is that."""
    return desk.cases.levels.seen(said.customer_id) if said.is_tier_known else None
