"""Count and preview segments on a million customers, each after the sheets are filled.

Filling takes more than ten minutes and 16 GB of disk, so it runs only when it is named:
`python -m tests.load segments`.
"""

from statistics import median
from time import perf_counter
from typing import Any, Final
from zoneinfo import ZoneInfo

import asyncpg

from deploy.local.postgres import PostgresServer
from services.scoring.domain.conditions.parse import parse_condition
from services.scoring.queries.conditions.ask import Instant, Question, asking
from services.scoring.usecases.segments.keep_sheets import keep_sheets, keep_standings
from shared.clock import business_date
from shared.db import Limits, create_raw_pool
from tests.databases import Databases, blocking
from tests.load.base import NOW, fill, spec_of
from tests.load.table import Row

CUSTOMERS, RUNS, MOST_S = 1_000_000, 5, 2.0
ZONE: Final = ZoneInfo("Asia/Shanghai")
_OFTEN: Final = {"metric": {"name": "orders", "op": "gte", "value": 3, "last_days": 90}}
_RICH: Final = {"metric": {"name": "spend", "op": "gte", "value": "500.00", "last_days": 365}}
CONDITIONS: Final[dict[str, dict[str, Any]]] = {
    "orders of 90 days": _OFTEN,
    "behaviour, lifecycle, attribute": {
        "all": [
            {"any": [_OFTEN, _RICH]},
            {"not": {"lifecycle": {"in": ["churned"]}}},
            {"not": {"attribute": {"name": "geography.region", "op": "eq", "value": "west"}}},
        ]
    },
    "tier and bucket": {
        "any": [
            {"tier": {"programme": "value", "in": ["high"]}},
            {"random_bucket": {"percent": 10, "seed": "x"}},
        ]
    },
}


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Fill a base and its sheets, then count each condition some times."""
    with databases.temporary() as url:
        blocking(fill(url, spec_of(CUSTOMERS)))
        return blocking(measured(url))


async def measured(url: str) -> list[Row]:
    """Fill the sheets and count; gives a row for each condition."""
    pool = await create_raw_pool(url, Limits("bench", 600), size=2)
    try:
        filled = await _fill_sheets(pool)
        return [
            _row(name, [await _count(pool, tree) for _ in range(RUNS)], filled)
            for name, tree in CONDITIONS.items()
        ]
    finally:
        await pool.close()


async def _fill_sheets(pool: asyncpg.Pool) -> float:
    started, today = perf_counter(), business_date(NOW, ZONE)
    rows = await pool.fetch("SELECT profile_id FROM customers ORDER BY profile_id")
    ids = [row["profile_id"] for row in rows]
    await keep_sheets(pool, ids, today)
    await keep_standings(pool, ids, today, ZONE)
    await pool.execute("VACUUM ANALYZE customer_sheets, customer_standings")
    return perf_counter() - started


async def _count(pool: asyncpg.Pool, tree: dict[str, Any]) -> tuple[float, int]:
    question = Question(parse_condition(tree), Instant(NOW, business_date(NOW, ZONE)))
    started = perf_counter()
    async with asking(pool, 60) as connection:
        counted = await question.count(connection, sample=5)
    assert not counted.stale
    return perf_counter() - started, counted.matching


def _row(name: str, runs: list[tuple[float, int]], filled: float) -> Row:
    seconds = median(took for took, _ in runs)
    return Row(
        name=f"{CUSTOMERS:,} customers counted and shown by {name}",
        figure=f"{seconds:.2f} s ({min(runs)[0]:.2f}-{max(runs)[0]:.2f})",
        limit="",
        ratio=None,
        goal=f"<= {MOST_S:.0f} s",
        is_met=seconds <= MOST_S,
        note=f"{runs[0][1]:,} match; the first filling of sheets took {filled:.0f} s",
    )
