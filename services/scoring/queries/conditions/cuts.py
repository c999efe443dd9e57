"""Where the top of the base begins: cuts are found once and frozen with a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import asyncpg

from services.scoring.domain.conditions.tree import By, Rank
from services.scoring.queries.conditions.compile import column_of
from services.scoring.queries.conditions.standings import RELEASES

_RELEASE: Final = """
SELECT coalesce(max(l.release_id), 0)::bigint FROM live_releases l
JOIN programmes p ON p.programme_key = l.programme_key WHERE p.is_default
"""
_FROZEN: Final = "SELECT measure, cut FROM segment_cuts WHERE release_id = $1"
_FREEZE: Final = """
INSERT INTO segment_cuts (measure, release_id, cut, population, computed_at)
VALUES ($1, $2, $3, $4, clock_timestamp()) ON CONFLICT DO NOTHING
"""
# Of a tie across the boundary all are in or all are out, whichever lies nearer to the share.
_CUT: Final = """
WITH counted AS (
    SELECT value, count(*) AS customers, sum(value) AS held FROM ({values}) v GROUP BY value
), ranked AS (
    SELECT value, sum(customers) OVER w AS reached, sum(customers) OVER () AS everybody,
        sum(held) OVER w - held AS before, sum(greatest(held, 0)) OVER () AS whole
    FROM counted WINDOW w AS (ORDER BY value DESC)
)
SELECT value::float8 AS cut, everybody::bigint AS population FROM ranked WHERE {among}
"""
_BY_CUSTOMERS: Final = """
round(everybody * $2::int / 10000.0) > 0
ORDER BY abs(reached - round(everybody * $2::int / 10000.0)), reached DESC LIMIT 1
"""
_BY_VALUE: Final = "value > 0 AND before < whole * $2::int / 10000.0 ORDER BY value LIMIT 1"
_SCORES: Final = f"""
SELECT score AS value FROM customer_standings
WHERE score IS NOT NULL AND business_date = $1 AND releases = {RELEASES}
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Cut:
    """The least number that is still among the top, and among how many it was found."""

    value: float
    population: int


async def default_release(pool: asyncpg.Pool) -> int:
    """Name the default programme's live release; 0 while there is none."""
    found: int = await pool.fetchval(_RELEASE)
    return found


async def frozen_cuts(
    pool: asyncpg.Pool, ranks: Sequence[Rank], release_id: int
) -> dict[Rank, float]:
    """Read the cuts that are frozen with a release."""
    rows = await pool.fetch(_FROZEN, release_id)
    known = {row["measure"]: row["cut"] for row in rows}
    return {rank: known[measure_of(rank)] for rank in ranks if measure_of(rank) in known}


async def find_cut(pool: asyncpg.Pool, rank: Rank, today: date) -> Cut | None:
    """Find where the top begins among the sheets of today; None where there is nobody."""
    values = _SCORES if rank.of == "score" else _sums(rank)
    among = _BY_CUSTOMERS if rank.by is By.CUSTOMERS else _BY_VALUE
    row = await pool.fetchrow(_CUT.format(values=values, among=among), today, rank.top)
    return None if row is None else Cut(row["cut"], row["population"])


async def freeze_cut(pool: asyncpg.Pool, rank: Rank, release_id: int, cut: Cut) -> None:
    """Keep a cut with a release; the first one stays."""
    await pool.execute(_FREEZE, measure_of(rank), release_id, cut.value, cut.population)


def _sums(rank: Rank) -> str:
    column = column_of(rank.of, rank.window)
    return f"SELECT coalesce({column}, 0) AS value FROM customer_sheets WHERE business_date = $1 AND orders_0 > 0"  # noqa: E501, S608 - our own column


def measure_of(rank: Rank) -> str:
    """Name what a cut is of."""
    days = rank.window.last_days or 0
    return f"{rank.of}/{days}/{rank.by}/{rank.top}"


def cuts_missing(ranks: Sequence[Rank], known: Mapping[Rank, float]) -> list[Rank]:
    """List the ranks whose cut is not frozen yet, each once."""
    return [rank for rank in dict.fromkeys(ranks) if rank not in known]
