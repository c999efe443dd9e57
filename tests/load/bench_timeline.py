"""The first page of a long life: 10,000 entries of every kind, and of the commonest kind alone."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Final
from uuid import UUID

import asyncpg
import httpx
import uvloop

from deploy.local.postgres import PostgresServer
from tests.databases import Databases
from tests.load import cpu
from tests.load.base import fill, spec_of
from tests.load.table import Row
from tests.servers import add_key, running

OTHERS, ENTRIES, WARM, READS = 2_000, 10_000, 30, 300
GOAL_MS: Final = 10.0
_PERSON: Final = """
WITH person AS (
    INSERT INTO customers (profile_id, customer_id, version, created_at, updated_at)
    VALUES ($1, $2, 1, now(), now())
)
INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)
VALUES ('customer_id', convert_to($2, 'UTF8'), $1, now())
"""
# One row every half hour back from now: $1 profile, $2 shop's id, $3 rows.
_AT: Final = "now() - n * interval '30 minutes'"
_LIVES: Final[Mapping[str, str]] = {
    "purchase": f"""
        INSERT INTO orders (profile_id, order_key, sequence, effective_at, business_date, channel,
            net) SELECT $1, decode(md5($2 || n), 'hex'), n, {_AT}, ({_AT})::date, 'store', 3750
        FROM generate_series(1, $3::int) AS n
        """,
    "feedback": f"""
        INSERT INTO feedback (feedback_id, customer_id, event_key, fingerprint, kind, channel,
            rating, text, occurred_at, received_at)
        SELECT gen_random_uuid(), $2, decode(md5($2 || n), 'hex'), '', 'csat', 'app', 4,
            repeat('又快又好喝 ', 20), {_AT}, {_AT}
        FROM generate_series(1, $3::int) AS n WHERE $1::uuid IS NOT NULL
        """,
    "interaction": f"""
        INSERT INTO interactions (customer_id, interaction_id, event_key, fingerprint, kind,
            direction, channel, note, cost, currency, at, received_at)
        SELECT $2, gen_random_uuid(), decode(md5($2 || n), 'hex'), '', 'call', 'out', 'phone',
            repeat('called ', 20), 600, 'CNY', {_AT}, {_AT}
        FROM generate_series(1, $3::int) AS n WHERE $1::uuid IS NOT NULL
        """,
    "task": f"""
        INSERT INTO tasks (task_id, once_key, customer_id, kind, channel, title, state, created_at,
            due_at, expires_at, closed_at)
        SELECT gen_random_uuid(), $2 || n, $2, 'vip_call', 'phone',
            '{{"en": "Call", "zh": "致电"}}', 'done', {_AT}, {_AT}, {_AT}, {_AT}
        FROM generate_series(1, $3::int) AS n WHERE $1::uuid IS NOT NULL
        """,
    "offer": f"""
        INSERT INTO offer_responses (customer_id, offer_key, sending, response_id, answer, at,
            received_at) SELECT $2, 'coffee', n::text, gen_random_uuid(), 'ignored', {_AT}, {_AT}
        FROM generate_series(1, $3::int) AS n WHERE $1::uuid IS NOT NULL
        """,
    "points": f"""
        INSERT INTO points_entries (profile_id, programme_key, entry_id, kind, points, at, source)
        SELECT $1, 'coffee', gen_random_uuid(), 'redeemed', -1, {_AT}, $2
        FROM generate_series(1, $3::int) AS n
        """,
    "tier": f"""
        INSERT INTO tier_history (profile_id, history_id, programme_key, release_id,
            customer_version, business_instant, decided_at, tier_from, tier_to, reason)
        SELECT $1, gen_random_uuid(), 'value', 1, n, {_AT}, {_AT}, 'low', 'high', $2
        FROM generate_series(1, $3::int) AS n
        """,
}
#: As in a shop that cares: mostly purchases, then what was said and done.
_MIXED: Final = {
    "purchase": 4_000,
    "feedback": 2_000,
    "interaction": 2_000,
    "task": 1_000,
    "offer": 500,
    "points": 300,
    "tier": 200,
}
PEOPLE: Final = {
    "mixed": _MIXED,
    "purchases": {"purchase": ENTRIES},
    "feedback": {"feedback": ENTRIES},
    "contacts": {"interaction": ENTRIES},
}


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Read first pages over HTTP, one after the other."""
    with databases.temporary() as url:
        uvloop.run(_live(url))
        headers = {"Authorization": f"Bearer {add_key(url)}"}
        with (
            running("feedback", url) as feedback,
            httpx.Client(base_url=feedback.url, headers=headers, timeout=30) as client,
        ):
            used = _Used(feedback.process.pid, server.cluster.data_dir)
            return [_row(client, used, name) for name in PEOPLE]


async def _live(url: str) -> None:
    await fill(url, spec_of(OTHERS))
    connection = await asyncpg.connect(url, ssl=False)
    await connection.execute("INSERT INTO shop (base_currency, fixed_at) VALUES ('CNY', now())")
    for number, (name, life) in enumerate(PEOPLE.items()):
        profile_id = UUID(int=number + 1)
        await connection.execute(_PERSON, profile_id, name)
        for kind, rows in life.items():
            await connection.execute(_LIVES[kind], profile_id, name, rows)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


@dataclass(frozen=True, slots=True)
class _Used:
    """Whose CPU is counted: a busy machine stretches the clock, not that."""

    service: int
    postgres: Path

    def ms(self) -> tuple[float, float]:
        return cpu.of_process(self.service) * 1000, cpu.of_postgres(self.postgres) * 1000


def _row(client: httpx.Client, used: _Used, name: str) -> Row:
    for _ in range(WARM):
        _read_ms(client, name)
    before = used.ms()
    took = [_read_ms(client, name) for _ in range(READS)]
    service, postgres = (
        (after - begun) / READS for after, begun in zip(used.ms(), before, strict=True)
    )
    middle, slow = median(took), quantiles(took, n=20)[-1]
    return Row(
        f"time line of 10,000 entries: {name}",
        f"{middle:.1f} ms",
        f"p95 {slow:.1f} ms",
        None,
        f"<= {GOAL_MS:.0f} ms",
        middle <= GOAL_MS,
        f"first page of 50; CPU ms: service {service:.1f}, Postgres {postgres:.1f}",
    )


def _read_ms(client: httpx.Client, name: str) -> float:
    begun = time.perf_counter()
    answer = client.get(f"/v1/customers/{name}/timeline")
    took = (time.perf_counter() - begun) * 1000
    assert len(answer.json()["items"]) == 50, answer.text
    return took
