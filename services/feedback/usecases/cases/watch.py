"""Notice promises that passed: each once, however many workers look."""

from typing import Final

from services.feedback.domain.cases.change import missed
from services.feedback.queries.cases.waiting import hold_passed
from services.feedback.usecases.cases.calendar import Shop
from services.feedback.usecases.cases.open import SYSTEM
from services.feedback.usecases.cases.work import write

BATCH: Final = 200


async def note_breaches(shop: Shop) -> bool:
    """Note a batch of breaches; tells whether more may wait."""
    now = shop.clock.now()
    async with shop.pool.acquire() as connection, connection.transaction():
        late = await hold_passed(connection, now, limit=BATCH)
        for case in late:
            await write(connection, missed(case, now), actor=SYSTEM, at=now)
    return len(late) == BATCH
