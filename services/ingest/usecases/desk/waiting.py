"""Tell what waits in quarantine, by source and reason."""

from typing import Final

from asyncpg import Pool

from services.ingest.queries.quarantined import kept_is_more_than, waiting_groups
from shared.contracts.quarantine import QuarantineSummary, WaitingGroup

#: Only the newest records are counted: bounded however many are kept.
NEWEST: Final = 50_000


async def summarise_kept(pool: Pool) -> QuarantineSummary:
    """Count what waits, the most first."""
    items = [
        WaitingGroup(source=source, reason=reason, waiting=waiting, times_seen=times, newest_at=at)
        for source, reason, waiting, times, at in await waiting_groups(pool, NEWEST)
    ]
    return QuarantineSummary(
        items=items,
        waiting=sum(each.waiting for each in items),
        is_capped=await kept_is_more_than(pool, NEWEST),
    )
