"""Ask for the service levels that scoring could not tell when cases were opened."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.cases.case import ServiceLevel
from services.feedback.domain.cases.change import learned
from services.feedback.queries.capture.feedback import find_feedback
from services.feedback.queries.cases.cases import hold_case
from services.feedback.queries.cases.waiting import Unpromised, unpromised
from services.feedback.usecases.cases.calendar import Shop, calendar_in_force
from services.feedback.usecases.cases.open import SYSTEM
from services.feedback.usecases.cases.service_levels import NOTHING, LevelSource, levels_of
from services.feedback.usecases.cases.work import write
from shared.clients.transport import RemoteProblem, RemoteUnavailable
from shared.logs import REMOTE_FAILED, logger

BATCH: Final = 50
#: Scoring will never take such a customer id. A 404 is none of them: it says that the address is
#: not there, as while a scoring of the version before still runs.
_FINAL: Final = frozenset({400, 422})
_LOG: Final[Any] = logger("worker")


async def learn_promises(shop: Shop, scoring: LevelSource) -> bool:
    """Settle a batch of cases; tells whether more may wait. Stops where scoring is away.

    Two workers at once ask the same and write the same.
    """
    waiting = await unpromised(shop.pool, limit=BATCH)
    for each in waiting:
        try:
            level = await _level_of(each, scoring)
        except (RemoteProblem, RemoteUnavailable) as error:
            _LOG.warning(REMOTE_FAILED, remote="scoring", error=type(error).__name__)
            return False
        async with shop.pool.acquire() as connection, connection.transaction():
            await _learn(connection, each.case_id, level, shop)
    return len(waiting) == BATCH


async def _level_of(waiting: Unpromised, scoring: LevelSource) -> ServiceLevel:
    if waiting.customer_id is None:
        return NOTHING
    try:
        (level,) = await levels_of([waiting.customer_id], scoring)
    except RemoteProblem as error:
        if error.status in _FINAL:
            return NOTHING
        raise
    return level


async def _learn(
    connection: asyncpg.Connection, case_id: UUID, level: ServiceLevel, shop: Shop
) -> None:
    case = await hold_case(connection, case_id)
    if case is None or case.is_service_level_known:
        return
    # Read only now: whoever was erased in the meantime is not named again.
    said = await find_feedback(connection, case.feedback_id) if case.feedback_id else None
    if said is not None:
        case = replace(case, customer_id=case.customer_id or said.customer_id)
    now = shop.clock.now()
    calendar = await calendar_in_force(connection, shop.zone, case.opened_at, now)
    after = learned(case, level, (said and said.tier_held) or {}, calendar)
    await write(connection, after, actor=SYSTEM, at=now)
