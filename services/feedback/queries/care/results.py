"""What came of a playbook, and who its audience is, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import asyncpg

_RESULTS: Final = """
SELECT segment_at ->> 'tier' AS tier, state, outcome, max(currency) AS currency, count(*) AS tasks,
    coalesce(sum(coalesce(actual_cost, cost)), 0)::bigint AS cost
FROM tasks WHERE playbook_key = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """How many tasks of a tier stand in a state with an outcome, and what they cost."""

    tier: str | None
    state: str
    outcome: str | None
    currency: str | None
    tasks: int
    cost: int


async def results_of(pool: asyncpg.Pool, playbook_key: str) -> list[ResultRow]:
    """Count the tasks of a playbook by tier, state and outcome."""
    return [ResultRow(**dict(row)) for row in await pool.fetch(_RESULTS, playbook_key)]
