"""How steady tiers are: who moved by themselves, and who fell and rose again soon after."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Final

import asyncpg

from services.scoring.domain.overview.steadiness import Span, Steadiness

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
_KEEP: Final = """
INSERT INTO tier_steadiness (programme_key, release_id, business_date, started_at, ended_at,
    within_days, customers, moved, moves, flapped)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (programme_key, business_date) DO UPDATE SET release_id = excluded.release_id,
    started_at = excluded.started_at, ended_at = excluded.ended_at,
    within_days = excluded.within_days, customers = excluded.customers, moved = excluded.moved,
    moves = excluded.moves, flapped = excluded.flapped
"""
_KEPT: Final = """
SELECT s.started_at, s.ended_at, s.within_days, s.customers, s.moved, s.moves, s.flapped
FROM tier_steadiness s JOIN live_releases l USING (programme_key, release_id)
WHERE s.programme_key = $1 AND s.business_date = $2
"""


@asynccontextmanager
async def while_somebody_waits(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Connection]:
    """Open a transaction in which counting may take some seconds at most."""
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute(f"SET LOCAL statement_timeout = '{_PATIENCE_S}s'")
        yield connection


async def steadiness(
    connection: asyncpg.Connection, programme: str, ranks: Mapping[str, int], span: Span
) -> Steadiness:
    """Count moves of a programme's tiers: a pass over the history of the span."""
    arguments = (span.start, span.end, _NOT_THEIR_OWN, span.within_days)
    row = await connection.fetchrow(
        _STABILITY, programme, list(ranks), list(ranks.values()), *arguments
    )
    return Steadiness(**{name: row[name] for name in ("customers", "moved", "moves", "flapped")})


async def keep_steadiness(
    connection: asyncpg.Connection,
    release: tuple[str, int],
    day: date,
    found: tuple[Span, Steadiness],
) -> None:
    """Keep what was counted on a date of a (programme, release), in place of what was before."""
    span, steady = found
    figures = (steady.customers, steady.moved, steady.moves, steady.flapped)
    await connection.execute(_KEEP, *release, day, span.start, span.end, span.within_days, *figures)


async def kept_steadiness(
    pool: asyncpg.Pool, programme: str, day: date
) -> tuple[Span, Steadiness] | None:
    """Give what was counted on a date of the release in force; None where nobody has counted."""
    row = await pool.fetchrow(_KEPT, programme, day)
    if row is None:
        return None
    started, ended, within, *figures = row
    return Span(started, ended, within), Steadiness(*figures)
