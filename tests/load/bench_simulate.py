"""Simulate a dearer coffee club over the whole base, twice: the same bytes, and what it takes.

SIMULATED sets the base (1000000 for the goal of five minutes; filling it takes as long again).
"""

import json
import os
from copy import deepcopy
from typing import Any

import asyncpg

from deploy.local.postgres import PostgresServer
from tests.databases import Databases, blocking
from tests.load import cpu
from tests.load.base import fill, spec_of
from tests.load.coffee import DOCUMENT, KEY, publish_coffee
from tests.load.releasing import Took, simulated
from tests.load.table import Row

CUSTOMERS = int(os.environ.get("SIMULATED", "100000"))
MOST_S, MOST_MIB = 300.0, 2048.0
_DRAFT = """
INSERT INTO programme_versions (programme_key, version, status, document, created_at)
SELECT $1, max(version) + 1, 'draft', $2::jsonb, now() FROM programme_versions
WHERE programme_key = $1 RETURNING version
"""


def bench(server: PostgresServer, databases: Databases) -> list[Row]:
    """Publish the club, draft a dearer one, and simulate it twice, each time in a process."""
    with databases.temporary() as url:
        orders = blocking(fill(url, spec_of(CUSTOMERS)))
        blocking(publish_coffee(url))
        version = blocking(_draft(url))
        before = cpu.of_postgres(server.cluster.data_dir)
        first = simulated(url, KEY, version)
        database = cpu.of_postgres(server.cluster.data_dir) - before
        again = simulated(url, KEY, version)
    assert first.version == again.version, "the same snapshot and seed gave other bytes"
    result = json.loads(first.version)
    assert result["customers"] == CUSTOMERS
    return [_row(first, again, database, orders, result)]


def _row(first: Took, again: Took, database: float, orders: int, result: dict[str, Any]) -> Row:
    seconds, peak = max(first.seconds, again.seconds), max(first.peak_mib, again.peak_mib)
    each = 1e6 / CUSTOMERS
    return Row(
        name=f"a draft simulated over {CUSTOMERS:,} customers",
        figure=f"{seconds:.1f} s, {peak:.0f} MiB",
        limit="",
        ratio=None,
        goal=f"<= {MOST_S:.0f} s, {MOST_MIB:.0f} MiB",
        is_met=seconds <= MOST_S and peak <= MOST_MIB,
        note=f"{orders:,} orders; CPU us a customer: worker {first.cpu_seconds * each:.0f},"
        f" Postgres {database * each:.0f}; {result['losing']['customers']:,} lose a tier;"
        " the same bytes twice",
    )


def _dearer() -> dict[str, Any]:
    document = deepcopy(DOCUMENT)
    document["tiers"][1]["enter"]["all"]["stars"] *= 2
    return document


async def _draft(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        version: int = await connection.fetchval(_DRAFT, KEY, json.dumps(_dearer()))
        return version
    finally:
        await connection.close()
