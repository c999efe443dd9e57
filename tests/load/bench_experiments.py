"""Sum up an experiment that a hundred thousand customers met, plan another, and tell single arms.

The million days of a year lie in the order of time, as they do in a shop: ten a customer.
`python -m tests.load experiments`.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime
from statistics import median
from time import perf_counter
from typing import Final

import asyncpg

from deploy.local.postgres import PostgresServer
from services.feedback.queries.experiments.audience import Asked, lately
from services.feedback.queries.experiments.exposures import find_subject
from services.feedback.queries.experiments.outcomes import Window, read_outcomes
from services.feedback.usecases.experiments.assign import draw, log_met
from services.feedback.usecases.experiments.plan import LENGTHS
from shared.db import Limits, create_raw_pool
from tests.databases import Databases, blocking
from tests.load.table import Row

CUSTOMERS, DAYS, RUNS = 100_000, 1_000_000, 3
TODAY: Final = date(2026, 11, 22)
NOW: Final = datetime(2026, 11, 22, 1, tzinfo=UTC)
ASKED: Final = 2_000
_ID: Final = "lpad(to_hex(n), 32, '0')::uuid"
_FILL: Final = f"""
SELECT setseed(0.4);
INSERT INTO customers (profile_id, customer_id, version, created_at, updated_at)
SELECT {_ID}, 'c-' || n, 1, now(), now() FROM generate_series(1, {CUSTOMERS}) n;
INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)
SELECT 'customer_id', convert_to('c-' || n, 'UTF8'), {_ID}, now()
FROM generate_series(1, {CUSTOMERS}) n;
INSERT INTO customer_day (profile_id, business_date, net_booked, orders)
SELECT lpad(to_hex(1 + (power(random(), 2) * {CUSTOMERS - 1})::int), 32, '0')::uuid,
    date '{TODAY}' - 365 + (n / ({DAYS} / 365)), (exp(random() * 4) * 100)::int, 1
FROM generate_series(0, {DAYS - 1}) n ON CONFLICT DO NOTHING;
INSERT INTO experiments (experiment_key, state, document, about_kind, about_key, salt,
    audience_size, started_at, shares_since, created_at, updated_at)
SELECT key, 'running', '{{"arms": [{{"key": "control", "share": 200}},
    {{"key": "call", "share": 800}}], "segment": null, "ends_at": null}}', 'playbook', key, 's',
    {CUSTOMERS}, now(), now(), now(), now() FROM unnest(ARRAY['met', 'new']) key;
INSERT INTO exposures (unit, experiment_key, profile_id, arm, exposed_at)
SELECT {_ID}::text, 'met', {_ID}, (ARRAY['control', 'call', 'call', 'call', 'call'])[1 + n % 5],
    timestamptz '{TODAY}' - interval '28 days' FROM generate_series(1, {CUSTOMERS}) n;
"""


def bench(_: PostgresServer, databases: Databases) -> list[Row]:
    """Draw a base, then ask some times."""
    with databases.temporary() as url:
        return blocking(measured(url))


async def measured(url: str) -> list[Row]:
    """Give a row for each question."""
    pool = await create_raw_pool(url, Limits("bench", 600), size=2)
    try:
        await pool.execute(_FILL)
        await pool.execute("VACUUM ANALYZE customer_day, customers, identifiers, exposures")
        return [
            _row("result, 28 days and 28 before", await _timed(lambda: _result(pool)), 5.0),
            _row("plan of six lengths", await _timed(lambda: _plan(pool)), 5.0),
            _row(f"hold-out of a playbook, {ASKED:,} at once", await _held_out(pool), 1.0),
            _row(f"one arm, of {ASKED:,}", await _arms(pool), 0.01),
        ]
    finally:
        await pool.close()


async def _result(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        window = Window("Asia/Shanghai", TODAY, datetime(2026, 10, 1, tzinfo=UTC), 28)
        await read_outcomes(connection, "met", window, with_satisfaction=True)


async def _plan(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await lately(connection, Asked("spend", None, TODAY, LENGTHS, 28))


async def _held_out(pool: asyncpg.Pool) -> list[float]:
    taken = []
    async with pool.acquire() as connection:
        for turn in range(RUNS):
            units = [f"{turn * ASKED + n:032x}" for n in range(1, ASKED + 1)]
            units = [f"{u[:8]}-{u[8:12]}-{u[12:16]}-{u[16:20]}-{u[20:]}" for u in units]
            started = perf_counter()
            drawn = await draw(connection, "playbook", "new", units, now=NOW)
            await log_met(connection, drawn, units, now=NOW)
            taken.append(perf_counter() - started)
    return taken


async def _arms(pool: asyncpg.Pool) -> list[float]:
    taken = []
    for number in range(1, ASKED + 1):
        started = perf_counter()
        await find_subject(pool, "met", f"c-{number}")
        taken.append(perf_counter() - started)
    return taken


async def _timed(ask: Callable[[], Awaitable[None]]) -> list[float]:
    taken = []
    for _ in range(RUNS):
        started = perf_counter()
        await ask()
        taken.append(perf_counter() - started)
    return taken


def _row(name: str, runs: Sequence[float], most_s: float) -> Row:
    seconds = median(runs)
    return Row(
        name=f"{name}, {CUSTOMERS:,} customers",
        figure=f"{seconds * 1000:.1f} ms ({min(runs) * 1000:.1f}-{max(runs) * 1000:.1f})",
        limit="",
        ratio=None,
        goal=f"<= {most_s:g} s",
        is_met=seconds <= most_s,
    )
