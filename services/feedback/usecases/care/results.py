"""What came of a playbook: tasks by state, outcomes, cost, who was reached, who responded."""

from __future__ import annotations

import asyncpg

from services.feedback.domain.care.outcomes import Tally
from services.feedback.queries.care.playbooks import held_back
from services.feedback.queries.care.results import ResultRow, results_of
from services.feedback.usecases.care.playbook_desk import require_playbook
from shared.contracts.common import Money
from shared.contracts.playbooks import PlaybookResults, TierResults
from shared.money import format_minor


async def playbook_results(pool: asyncpg.Pool, key: str) -> PlaybookResults:
    """Give what came of a playbook, in all and by tier; raises UnknownPlaybook."""
    await require_playbook(pool, key)
    rows = await results_of(pool, key)
    whole, tiers = Tally(), dict[str | None, Tally]()
    for row in rows:
        _add(whole, row)
        _add(tiers.setdefault(row.tier, Tally()), row)
    return PlaybookResults(
        key=key,
        **_told(None, whole).model_dump(),
        open_cost=_money(whole.open_cost, whole.currency),
        held_back=await held_back(pool, key),
        by_tier=[_told(tier, tally) for tier, tally in tiers.items()],
    )


def _add(tally: Tally, row: ResultRow) -> None:
    tally.add(row.state, row.outcome, row.tasks, row.cost)
    tally.currency = tally.currency or row.currency


def _told(tier: str | None, tally: Tally) -> TierResults:
    return TierResults(
        tier=tier,
        tasks=tally.tasks,
        states=tally.states,
        outcomes=tally.outcomes,
        cost=_money(tally.cost, tally.currency),
        reached_rate=tally.reached_rate,
        response_rate=tally.response_rate,
    )


def _money(minor: int, currency: str | None) -> Money | None:
    if currency is None:
        return None
    return Money(amount=format_minor(minor, currency), currency=currency)
