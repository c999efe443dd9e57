"""From 0018 to 0019: what is kept of pinned tiers, open cases and KPIs is put right."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from services.feedback.queries.kpis import daily
from services.scoring.queries.tiers.controlled_anew import decide_controlled_anew
from shared.db import sqlalchemy_url
from shared.schema import migrate
from tests.databases import Databases
from tests.paths import REPO_DIR
from tests.trained import raw_pool

ADD_CUSTOMER = """
INSERT INTO customers (profile_id, version, created_at, updated_at, merged_into)
VALUES ($1, 0, now(), now(), $2)
"""
ADD_TIER = """
INSERT INTO tier_current (profile_id, programme_key, release_id, decided_version, business_date,
    decided_at, next_change_at, rank, tier_key, since, lifecycle, answer)
VALUES ($1, $2, 1, 1, CASE $2 WHEN 'club' THEN 'infinity' ELSE '2026-03-01'::date END,
    '2026-03-01Z', '2027-03-01Z', 1, 'silver', '2026-03-01Z', 'active', '')
"""
ADD: Final = {
    "pin": """
        INSERT INTO pins (profile_id, pin_id, programme_key, mode, tier_key, reason,
            control_version, starts_at, ends_at, ended_at)
        VALUES ($1, gen_random_uuid(), $2, 'floor', 'silver', '', 1, $3, $4, $5)
        """,
    "grant": """
        INSERT INTO grants (profile_id, grant_id, programme_key, tier_key, kind, reason,
            control_version, starts_at, ends_at, ended_at)
        VALUES ($1, gen_random_uuid(), $2, 'silver', 'invited', '', 1, $3, $4, $5)
        """,
    "membership": """
        INSERT INTO memberships (profile_id, membership_id, programme_key, starts_at, ends_at,
            ended_at)
        VALUES ($1, '', $2, $3, $4, $5)
        """,
}
ADD_CASES = """
INSERT INTO cases (case_id, kind, state, opened_at, clock_from, due_at, first_due_at, updated_at,
    resolved_at, resolution_minutes)
SELECT gen_random_uuid(), 'complaint', state, now(), now(), now(), now(), now(),
    CASE state WHEN 'resolved' THEN now() END, 7
FROM unnest(ARRAY['received', 'resolved']) AS state
"""
ADD_KPI_DAYS = """
INSERT INTO kpi_days (business_date, fingerprint, rolled_up_at)
SELECT day, 7, now() FROM unnest(ARRAY['2026-03-01', '2026-03-02']::date[]) AS day
"""
STALE = "SELECT profile_id FROM tier_current WHERE next_change_at <= decided_at"


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody decided in March, and what may show them a tier; months of its start and ends."""

    name: str
    sort: str | None
    programme: str = "club"
    starts: int = 2
    ends: int | None = 6
    taken_back: int | None = None
    decided_in: str = "club"
    is_of_merged: bool = False


STALE_CASES = [
    Case("pinned", "pin"),
    Case("pinned for ever", "pin", ends=None),
    Case("to be pinned", "pin", starts=4),
    Case("pinned before a merge", "pin", is_of_merged=True),
    Case("pinned in a value programme", "pin", "value", decided_in="value"),
    Case("granted in a value programme", "grant", "value", decided_in="value"),
    Case("paid in a value programme", "membership", "value", decided_in="value"),
]
OTHER_CASES = [
    Case("nothing", None),
    Case("pinned before", "pin", starts=1, ends=2),
    Case("pin taken back", "pin", starts=1, taken_back=2),
    Case("pinned elsewhere", "pin", "value"),
    Case("granted by rules", "grant"),
    Case("paid by rules", "membership"),
    Case("granted before", "grant", "value", starts=1, ends=2, decided_in="value"),
]
CASES = [*STALE_CASES, *OTHER_CASES]


def _to_0018(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(REPO_DIR / "shared/schema/migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "0018")


def month(number: int | None) -> datetime | None:
    return None if number is None else datetime(2026, number, 1, tzinfo=UTC)


async def add(connection: asyncpg.Connection, place: int, case: Case) -> None:
    owner, former = UUID(int=place), UUID(int=1000 + place)
    await connection.execute(ADD_CUSTOMER, owner, None)
    await connection.execute(ADD_TIER, owner, case.decided_in)
    if case.is_of_merged:
        await connection.execute(ADD_CUSTOMER, former, owner)
    if case.sort is not None:
        whose = former if case.is_of_merged else owner
        times = [month(number) for number in (case.starts, case.ends, case.taken_back)]
        await connection.execute(ADD[case.sort], whose, case.programme, *times)


async def stale(pool: asyncpg.Pool) -> list[str]:
    places = sorted(row["profile_id"].int for row in await pool.fetch(STALE))
    return [CASES[place].name for place in places]


@pytest.fixture
def old_url(databases: Databases) -> Iterator[str]:
    with databases.temporary("template0") as url:
        yield url


@pytest.fixture
async def old(old_url: str) -> AsyncIterator[asyncpg.Pool]:
    """An installation of the version before."""
    engine = create_async_engine(sqlalchemy_url(old_url))
    async with engine.begin() as opened:
        await opened.run_sync(_to_0018)
    await engine.dispose()
    async with raw_pool(old_url) as pool:
        yield pool


async def test_what_was_kept_wrongly_is_put_right(old: asyncpg.Pool, old_url: str) -> None:
    async with old.acquire() as connection:
        for place, case in enumerate(CASES):
            await add(connection, place, case)
    await old.execute(f"{ADD_CASES}; {ADD_KPI_DAYS}")
    await migrate.upgrade(old_url)
    expected = [case.name for case in STALE_CASES]
    assert await stale(old) == expected
    times = await old.fetch("SELECT state, resolution_minutes FROM cases ORDER BY state")
    assert [tuple(row) for row in times] == [("received", None), ("resolved", 7)]
    rolled_up = await daily.last_rolled_up(old)
    assert rolled_up is not None
    assert rolled_up[0] == date(2026, 3, 1), "a round is due at once"
    # a service of the version before stores its answers again, until the new worker starts
    await old.execute("UPDATE tier_current SET next_change_at = '2027-03-01'")
    await decide_controlled_anew(old)
    assert await stale(old) == expected
