"""What was known then is what a shop knows that never heard the rest."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count, groupby
from uuid import UUID

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from services.ingest.usecases.rebuilds.as_known import DaysKnownThen
from shared.schema.facts import DAY_COUNTERS
from tests.databases import Databases
from tests.order_histories import AUTHORITY, HEARSAY, Story, Told, stories
from tests.servers import add_key, query
from tests.trained import platform_of, raw_pool

SINCE = datetime(2026, 11, 23, tzinfo=UTC)
EARLY, LATE = "2026-11-22T01:00:00Z", "2026-11-24T01:00:00Z"
BEFORE = date(2026, 11, 12)  # histories run from the 1st to the 21st
SOURCES = f"""
INSERT INTO sources (source_id, kind, order_namespace, is_authoritative, created_at)
VALUES ('{AUTHORITY}', 'api', 'shop', true, now()), ('{HEARSAY}', 'api', 'shop', false, now())
"""
Days = dict[tuple[str, date], dict[str, int]]


class NoScoring:
    """Nobody asks it for a tier."""

    async def rescore(self, profile_ids: Sequence[UUID]) -> None:
        """Do nothing."""


@dataclass(slots=True)
class Ingest:
    """One database, heard of at two business times."""

    runner: asyncio.Runner
    pool: asyncpg.Pool
    clients: dict[str, httpx.AsyncClient]
    keys: dict[str, str]

    def post(self, told: Sequence[Told], when: str) -> None:
        self.runner.run(self._post(told, when))

    async def _post(self, told: Sequence[Told], when: str) -> None:
        for (source, path), group in groupby(told, key=lambda each: (each.source, each.path)):
            name = path.removeprefix("/v1/")
            answer = await self.clients[when].post(
                path,
                json={name: [each.body for each in group]},
                headers={"Authorization": f"Bearer {self.keys[source]}"},
            )
            assert answer.status_code == 200, answer.text
            assert answer.json()["rejected"] == [], answer.text

    def days_today(self, prefix: str) -> Days:
        return self.runner.run(self._days(prefix))

    async def _days(self, prefix: str) -> Days:
        rows = await self.pool.fetch(
            "SELECT c.customer_id, d.* FROM customer_day d JOIN customers c USING (profile_id)"
            " WHERE c.customer_id LIKE $1 AND d.business_date < $2",
            f"{prefix}%",
            BEFORE,
        )
        found = {(row[0], row["business_date"]): counted(row) for row in rows}
        return {key: row for key, row in found.items() if row}

    def days_then(self, prefix: str) -> Days:
        return self.runner.run(self._days_then(prefix))

    async def _days_then(self, prefix: str) -> Days:
        """Take what is stored, and in its place what was different then."""
        found = await self._days(prefix)
        async for profile_id, days in DaysKnownThen().changed(self.pool, SINCE, BEFORE):
            name = await self.pool.fetchval(
                "SELECT customer_id FROM customers WHERE profile_id = $1", profile_id
            )
            if not name.startswith(prefix):
                continue
            found = {key: row for key, row in found.items() if key[0] != name}
            found |= {(name, day): counted(row) for day, row in days.items() if counted(row)}
        return found

    def count_late(self) -> int:
        return self.runner.run(DaysKnownThen().count_late(self.pool, SINCE, BEFORE))


def counted(row: object) -> dict[str, int]:
    """Give the counters that are not 0."""
    assert isinstance(row, dict | asyncpg.Record)
    return {name: row[name] for name in DAY_COUNTERS if name in row.keys() and row[name]}  # noqa: SIM118 - `in` looks among a record's values


@asynccontextmanager
async def opened(url: str, runner: asyncio.Runner) -> AsyncIterator[Ingest]:
    async with AsyncExitStack() as stack:
        clients = {}
        for when in (EARLY, LATE):
            app = create_app(IngestSettings(), platform_of(url, when), rescorer=NoScoring())
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            client = httpx.AsyncClient(transport=transport, base_url="http://ingest")
            clients[when] = await stack.enter_async_context(client)
        pool = await stack.enter_async_context(raw_pool(url))
        keys = {source: add_key(url, source=source) for source in (AUTHORITY, HEARSAY)}
        yield Ingest(runner, pool, clients, keys)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@contextmanager
def ingesting(databases: Databases, runner: asyncio.Runner) -> Iterator[Ingest]:
    with databases.temporary() as url:
        query(url, SOURCES)
        context = opened(url, runner)
        made = runner.run(context.__aenter__())
        try:
            yield made
        finally:
            runner.run(context.__aexit__(None, None, None))


@pytest.fixture
def ingest(databases: Databases, runner: asyncio.Runner) -> Iterator[Ingest]:
    with ingesting(databases, runner) as made:
        yield made


@pytest.fixture(scope="module")
def shops(databases: Databases, runner: asyncio.Runner) -> Iterator[tuple[Ingest, Ingest]]:
    """One that hears everything, some of it late, and one that never hears that.

    Two databases, not two prefixes: of sales at one instant the first is told by its key.
    """
    with ingesting(databases, runner) as whole, ingesting(databases, runner) as partial:
        yield whole, partial


_numbers = count()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(story=stories(), data=st.data())
def test_days_known_then_are_those_of_a_shop_that_never_heard_the_rest(
    shops: tuple[Ingest, Ingest], story: Story, data: st.DataObject
) -> None:
    whole, partial = shops
    prefix = f"h{next(_numbers)}-"
    told = [each.renamed(prefix) for each in story.told]
    is_late = [data.draw(st.booleans()) for _ in told]
    early = [each for each, late in zip(told, is_late, strict=True) if not late]
    for shop in shops:
        shop.post(early, EARLY)
    whole.post([each for each, late in zip(told, is_late, strict=True) if late], LATE)
    assert whole.days_then(prefix) == partial.days_today(prefix)


def sale(number: int, source: str = AUTHORITY) -> Told:
    body = {
        "store_id": "s1",
        "workstation_id": "1",
        "business_date": "2026-11-02",
        "sequence_number": number,
        "type": "sale",
        "occurred_at": f"2026-11-02T10:{number:02}:00Z",
        "currency": "CNY",
        "customer": {"customer_id": f"c{number}"},
        "lines": [{"line": 1, "sku": "a", "quantity": "1", "net": "5.00"}],
        "total": {"net": "5.00"},
    }
    return Told(source, "/v1/receipts", body)


def test_a_receipt_of_nobody_heard_late_changes_the_order_it_names(ingest: Ingest) -> None:
    online = {
        "event_id": "e1",
        "type": "order_completed",
        "occurred_at": "2026-11-02T11:00:00Z",
        "customer": {"customer_id": "c1"},
        "properties": {"order_id": "o1", "currency": "CNY", "lines": sale(1).body["lines"]},
    }
    at_the_till = sale(1).body | {"customer": None, "order_id": "o1"}
    ingest.post([Told(AUTHORITY, "/v1/events", online)], EARLY)
    before = ingest.days_today("c")
    assert before["c1", date(2026, 11, 2)]["online_orders"] == 1
    ingest.post([Told(AUTHORITY, "/v1/receipts", at_the_till)], LATE)
    assert "online_orders" not in ingest.days_today("c")["c1", date(2026, 11, 2)]
    assert ingest.days_then("c") == before


def imported(started: str, finished: str) -> str:
    return (
        "INSERT INTO imports (import_id, source_id, file_name, status, mapping, started_at,"
        f" finished_at) VALUES (gen_random_uuid(), '{AUTHORITY}', 'f', 'done', '{{}}',"
        f" '{started}', '{finished}')"
    )


@pytest.mark.parametrize(
    "declaration",
    [
        "UPDATE sources SET kind = 'import'",
        """UPDATE sources SET settings = '{"is_backfill": true}'""",
        imported("2026-11-24T00:00:00Z", "2026-11-24T02:00:00Z"),
    ],
)
def test_declared_backfills_were_known(ingest: Ingest, declaration: str) -> None:
    ingest.post([sale(1), sale(2)], LATE)
    assert ingest.count_late() == 2
    assert ingest.days_then("c") == {}
    ingest.runner.run(ingest.pool.execute(declaration))
    assert ingest.count_late() == 0
    assert len(ingest.days_then("c")) == 2
    assert ingest.days_then("c") == ingest.days_today("c")


def test_what_was_loaded_at_another_time_is_no_backfill(ingest: Ingest) -> None:
    statement = imported("2026-11-23T00:00:00Z", "2026-11-23T02:00:00Z")
    ingest.runner.run(ingest.pool.execute(statement))
    ingest.post([sale(1)], EARLY)
    ingest.post([sale(2)], LATE)
    assert ingest.count_late() == 1
    assert set(ingest.days_then("c")) == {("c1", date(2026, 11, 2))}
