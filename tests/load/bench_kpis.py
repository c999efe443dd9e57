"""KPIs of a million customers: rolled up, read over HTTP, and compared with a full recount.

Filling takes about five minutes and 12 GB of disk, so it runs only when it is named:
`python -m tests.load kpis`.
"""

import time
from collections.abc import Mapping
from datetime import date, timedelta
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

import asyncpg
import httpx

from deploy.local.postgres import PostgresServer
from services.feedback.usecases.kpis.check import differences
from services.feedback.usecases.kpis.roll_up import RollUp
from shared.clock import FixedClock
from shared.db import Limits, create_raw_pool
from tests.databases import Databases, blocking
from tests.load.base import NOW, fill, spec_of
from tests.load.table import Row
from tests.servers import add_key, running

CUSTOMERS, READS, MOST_S = 1_000_000, 7, 2.0
ZONE: Final = ZoneInfo("Asia/Shanghai")
TODAY: Final = date(2026, 11, 1)
#: Dates that are counted again: yesterday, and some that look back on other years.
RECOUNTED: Final = tuple(TODAY - timedelta(days=n) for n in (1, 2, 40, 200, 400))
# Everybody is told a tier when they first buy and twice later, at an hour of their own.
_TIERS: Final = """
INSERT INTO shop (base_currency, fixed_at) VALUES ('CNY', now());
INSERT INTO programmes VALUES ('value', 'internal', true, now());
INSERT INTO programme_versions (programme_key, version, status, document, created_at)
VALUES ('value', 1, 'published',
    '{"kind": "value", "tiers": [{"key": "high"}, {"key": "mid"}, {"key": "low"}]}', now());
INSERT INTO releases (release_id, programme_key, programme_version, reference_date, status,
    created_at) VALUES (1, 'value', 1, now(), 'live', now());
INSERT INTO live_releases (programme_key, release_id, flipped_at) VALUES ('value', 1, now());
INSERT INTO tier_history (profile_id, history_id, programme_key, release_id, customer_version,
    business_instant, decided_at, tier_to, reason)
SELECT profile_id, gen_random_uuid(), 'value', 1, 1, at, at,
    (ARRAY['low', 'mid', 'high'])[1 + (hashtext(profile_id::text || n) & 3) % 3], 'moved'
FROM (
    SELECT profile_id, n, now() - make_interval(days => (
        CASE n WHEN 0 THEN 300 ELSE abs(hashtext(n || profile_id::text)) % 300 END)) AS at
    FROM customers CROSS JOIN generate_series(0, 2) n
) AS told;
ANALYZE tier_history
"""
QUESTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "every KPI, two years by day": {"from": "2024-11-01", "grain": "day"},
    "every KPI of every tier, a year by week": {
        "from": "2025-11-01",
        "grain": "week",
        "slice": "tier",
    },
}


def bench(_: PostgresServer, databases: Databases) -> list[Row]:
    """Fill a base, roll it up, recount some dates and read."""
    with databases.temporary() as url:
        orders = blocking(fill(url, spec_of(CUSTOMERS)))
        blocking(tell_tiers(url))
        rolling = blocking(rolled_up(url))
        return [_agreement(*blocking(recounted(url)), orders, rolling), *read(url)]


async def tell_tiers(url: str) -> None:
    """Let everybody have held some tiers."""
    connection = await asyncpg.connect(url, ssl=False)
    await connection.execute(_TIERS.replace("now()", f"timestamptz '{NOW.isoformat()}'"))
    await connection.close()


async def rolled_up(url: str) -> float:
    """Roll up the whole history; gives the seconds."""
    pool = await create_raw_pool(url, Limits("bench"), size=2)
    begun = time.perf_counter()
    await RollUp(pool, FixedClock(NOW), ZONE).run(is_all=True)
    took = time.perf_counter() - begun
    await pool.close()
    return took


async def recounted(url: str) -> tuple[int, int, float]:
    """Recount dates: how many fractions were compared, how many differ, seconds a date."""
    pool = await create_raw_pool(url, Limits("bench"), size=2)
    begun = time.perf_counter()
    compared, found = await differences(pool, ZONE, RECOUNTED)
    took = (time.perf_counter() - begun) / len(RECOUNTED)
    await pool.close()
    return compared, len(found), took


def read(url: str) -> list[Row]:
    """Read KPIs from the running service, today's included."""
    settings = {"BUSINESS_NOW": NOW.isoformat(), "BUSINESS_TIME_ZONE": ZONE.key}
    headers = {"Authorization": f"Bearer {add_key(url)}"}
    with (
        running("feedback", url, **settings) as feedback,
        httpx.Client(base_url=feedback.url, headers=headers, timeout=60) as client,
    ):
        return [_row(client, name, query) for name, query in QUESTIONS.items()]


def _row(client: httpx.Client, name: str, query: Mapping[str, str]) -> Row:
    took, sizes = [], []
    for _ in range(READS):
        begun = time.perf_counter()
        answer = client.get("/v1/kpis", params=query)
        took.append(time.perf_counter() - begun)
        sizes.append(len(answer.content))
        assert answer.json()["items"], answer.text
    seconds = median(took)
    return Row(
        name=f"{CUSTOMERS:,} customers: {name}",
        figure=f"{seconds:.2f} s ({min(took):.2f}-{max(took):.2f})",
        limit="",
        ratio=None,
        goal=f"<= {MOST_S:.0f} s",
        is_met=seconds <= MOST_S,
        note=f"{sizes[-1] / 1e6:.1f} MB at the client, today counted live",
    )


def _agreement(compared: int, differing: int, took: float, orders: int, rolling: float) -> Row:
    return Row(
        name=f"{CUSTOMERS:,} customers: roll-ups against a full recount",
        figure=f"{differing} of {compared:,} differ",
        limit="",
        ratio=None,
        goal="0",
        is_met=differing == 0,
        note=f"{orders:,} orders; all dates rolled up in {rolling:.0f} s, recount {took:.0f} s a"
        " date",
    )
