"""Rank a million customers for the win-back list, and find whose frequency dropped.

Their sheets are drawn in SQL: half a minute instead of the ten that filling them from orders takes.
`python -m tests.load win_back`.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Final
from uuid import UUID

import asyncpg

from deploy.local.postgres import PostgresServer
from services.feedback.domain.care.rhythm import slow_limits
from services.feedback.queries.care.birthdays import birthdays_near
from services.feedback.queries.care.rhythm import SpendPage, drops_by_spend, season_of
from services.feedback.queries.care.win_back import Ranking, page_to_win_back
from services.feedback.usecases.care.places import TOP
from shared.db import Limits, create_raw_pool
from tests.databases import Databases, blocking
from tests.load.table import Row

CUSTOMERS, ANSWERS, RUNS = 1_000_000, 300_000, 5
#: Somebody waits for a list; the pass over birthdays is the worker's, once a day.
MOST_S, MOST_OF_A_PASS_S = 2.0, 10.0
TODAY: Final = date(2026, 11, 22)
NOW: Final = datetime(2026, 11, 22, 1, tzinfo=UTC)
_ID: Final = "lpad(to_hex(n), 32, '0')::uuid"
# Three in ten each are active, at risk and churned, one in ten is new; who came more often in the
# year comes more often now. One in fifty was asked something, some twice.
_FILL: Final = f"""
SELECT setseed(0.4);
INSERT INTO customers (profile_id, customer_id, version, attributes, created_at, updated_at)
SELECT {_ID}, 'c-' || n, 1, jsonb_build_object('demography', jsonb_build_object('birthday',
    to_char(date '1960-01-01' + (random() * 16000)::int, 'YYYY-MM-DD'))), now(), now()
FROM generate_series(1, {CUSTOMERS}) n;
INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)
SELECT 'customer_id', convert_to('c-' || n, 'UTF8'), {_ID}, now()
FROM generate_series(1, {CUSTOMERS}) n;
INSERT INTO customer_sheets (profile_id, version, business_date, lifecycle, lifecycle_since,
    lifecycle_until, last_orders, days_0, days_365, days_90, spend_0, spend_365, consent_marketing)
SELECT {_ID}, 1, date '2026-11-22', (ARRAY['active','active','active','at_risk','at_risk',
    'at_risk','churned','churned','churned','new'])[1 + n % 10],
    last + 3 * gap + 1, last + 3 * gap + 1, last, days, days, (days * random() * 0.4)::int,
    days * 4000, days * 3000, (ARRAY[true, true, null, false])[1 + n % 4]
FROM (SELECT n, date '2026-11-22' - (random() * 400)::int AS last, 7 + (random() * 90)::int AS gap,
    1 + (power(random(), 3) * 60)::int AS days FROM generate_series(1, {CUSTOMERS}) n) drawn;
INSERT INTO offer_responses (customer_id, offer_key, sending, response_id, answer, at, received_at)
SELECT 'c-' || 1 + (n::bigint * 7919) % {CUSTOMERS}, 'o-' || n % 5, n::text, {_ID},
    (ARRAY['accepted', 'declined', 'ignored'])[1 + n % 3], now(), now()
FROM generate_series(1, {ANSWERS}) n;
"""


def bench(_: PostgresServer, databases: Databases) -> list[Row]:
    """Draw a base, then ask for the first page of each list some times."""
    with databases.temporary() as url:
        return blocking(measured(url))


async def measured(url: str) -> list[Row]:
    """Give a row for each list."""
    pool = await create_raw_pool(url, Limits("bench", 600), size=2)
    try:
        await pool.execute(_FILL)
        await pool.execute(
            "VACUUM ANALYZE customer_sheets, customers, identifiers, offer_responses"
        )
        return [
            _row("win-back list", MOST_S, *await _timed(lambda: _win_back(pool))),
            _row("frequency drops", MOST_S, *await _timed(lambda: _drops(pool))),
            _row("birthdays of a day", MOST_OF_A_PASS_S, *await _timed(lambda: _birthdays(pool))),
        ]
    finally:
        await pool.close()


async def _win_back(pool: asyncpg.Pool) -> int:
    asked = Ranking(TODAY, NOW - timedelta(days=730), TOP, 50, "value")
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        return len(await page_to_win_back(connection, asked))


async def _drops(pool: asyncpg.Pool) -> int:
    await season_of(pool)
    below = (2**63 - 1, UUID(int=2**128 - 1))
    return len(await drops_by_spend(pool, slow_limits(), TODAY, SpendPage(below, 50)))


async def _birthdays(pool: asyncpg.Pool) -> int:
    return len(await birthdays_near(pool, ["11-22"], UUID(int=0), CUSTOMERS))


async def _timed(ask: Callable[[], Awaitable[int]]) -> tuple[list[float], int]:
    taken = []
    found = 0
    for _ in range(RUNS):
        started = perf_counter()
        found = await ask()
        taken.append(perf_counter() - started)
    return taken, found


def _row(name: str, most_s: float, runs: Sequence[float], found: int) -> Row:
    seconds = median(runs)
    return Row(
        name=f"{name} of {CUSTOMERS:,} customers",
        figure=f"{seconds:.2f} s ({min(runs):.2f}-{max(runs):.2f})",
        limit="",
        ratio=None,
        goal=f"<= {most_s:.0f} s",
        is_met=seconds <= most_s,
        note=f"{found:,} given",
    )
