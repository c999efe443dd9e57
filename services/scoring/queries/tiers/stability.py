"""How steady tiers are: who moved by themselves, and who fell and rose again soon after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg

# What people, releases and late news did is not flapping.
_NOT_THEIR_OWN: Final = (
    "first_decision", "release", "version", "correction", "pinned", "granted", "pin_ended",
    "grant_ended",
)  # fmt: skip
_PATIENCE_S: Final = 10
_STABILITY = """
WITH ranks AS (
    SELECT * FROM unnest($2::text[], $3::int[]) AS r (tier_key, rank)
), moves AS (
    SELECT h.profile_id, h.business_instant AS at, t.rank - f.rank AS step
    FROM tier_history h
    JOIN ranks t ON t.tier_key = h.tier_to
    JOIN ranks f ON f.tier_key = h.tier_from
    WHERE h.programme_key = $1 AND h.business_instant > $4 AND h.business_instant <= $5
        AND h.reason <> ALL($6::text[])
), paired AS (
    SELECT profile_id, at, step, min(at) FILTER (WHERE step > 0) OVER (
        PARTITION BY profile_id ORDER BY at
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS risen_at
    FROM moves WHERE step <> 0
)
SELECT count(DISTINCT profile_id) AS moved, count(*) AS moves,
    count(DISTINCT profile_id) FILTER (
        WHERE step < 0 AND risen_at <= at + make_interval(days => $7)) AS flapped,
    (SELECT count(*) FROM tier_current c JOIN live_releases l USING (programme_key, release_id)
        WHERE c.programme_key = $1) AS customers
FROM paired
"""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when moves are looked at, and how soon after a fall a rise is flapping."""

    start: datetime
    end: datetime
    within_days: int


@dataclass(frozen=True, slots=True)
class Steadiness:
    """Customers of a programme, who moved, how often, and who fell and rose again soon."""

    customers: int
    moved: int
    moves: int
    flapped: int

    @property
    def flap_rate(self) -> float:
        """Give the share of customers who fell and rose again soon."""
        return self.flapped / self.customers if self.customers else 0.0


async def steadiness(
    pool: asyncpg.Pool, programme: str, ranks: Mapping[str, int], span: Span
) -> Steadiness:
    """Count moves of a programme's tiers; one transaction, some seconds at most."""
    arguments = (span.start, span.end, _NOT_THEIR_OWN, span.within_days)
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute(f"SET LOCAL statement_timeout = '{_PATIENCE_S}s'")
        row = await connection.fetchrow(
            _STABILITY, programme, list(ranks), list(ranks.values()), *arguments
        )
    return Steadiness(**{name: row[name] for name in ("customers", "moved", "moves", "flapped")})
