"""Order does not matter: any routes, permutation and batching, through two real processes."""

import asyncio
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count, groupby
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, given, settings

from services.ingest.domain.placing import pseudonym
from services.ingest.queries.stored_facts import Difference
from services.ingest.usecases.rebuilds.rebuild import Rebuild
from tests.databases import Databases
from tests.order_histories import AUTHORITY, HEARSAY, Story, Told, stories
from tests.servers import Server, add_key, query, running
from tests.status_shop import CLUB, club, publish
from tests.trained import NOW, raw_pool

Facts = dict[str, list[tuple[Any, ...]]]
BUSINESS_NOW = NOW.isoformat()
# What the template was trained on; only the model and its release stay.
_FACTS = "customers, identifiers, customer_day, orders, tier_current, tier_timeline, tier_history"
_SOURCES = f"""
INSERT INTO sources (source_id, kind, order_namespace, is_authoritative, created_at)
VALUES ('{AUTHORITY}', 'api', 'shop', true, now()), ('{HEARSAY}', 'api', 'shop', false, now())
ON CONFLICT (source_id) DO UPDATE SET order_namespace = 'shop'
"""

#: Every plain metric and one of its own; what these stories spend lets most of them rise.
CLUB_OF_ALL = club(
    tiers=[
        {"key": "regular"},
        {"key": "silver", "enter": {"all": {"stars": 9, "orders": 1}}},
        {"key": "gold", "enter": {"any": {"days": 2, "spend": "40.00"}, "all": {"stars": 12}}},
    ],
    counting={"min_order": "2.00", "max_orders_per_day": 2},
    points={
        "earn": {"per": "0.50", "points": 3, "tiers": {"silver": "1.5", "gold": "2"}},
        "expiry": {"months": 1},
    },
    time_zone="Asia/Shanghai",
)

_ASKED = ("tier", "score", "points", "points/entries")

# Every fact a customer has, without what says when it was known (sequence, profile id).
_PER_CUSTOMER = {
    "orders": "order_key, effective_at, business_date, store_id, channel, gross, discount, net,"
    " cost, quantity_milli, returned_net, returned_quantity_milli, refunded_net, is_void",
    "order_lines": "order_key, line, sku, category, quantity_milli, discount, net, cost,"
    " returned_quantity_milli, returned_net",
    "entries": "entry_id, reverses, at, known_at, spend, margin, orders, quantity_milli",
    "return_findings": "event_key, finding, order_key, at",
    "customer_day": "business_date, net_booked, net_qualifying, sales_net, gross, discount, cost,"
    " orders, lines, quantity_milli, returns, returns_net, online_orders",
    "customer_category": "category, lines, quantity_milli, net_booked",
    "customer_sku": "sku, lines, quantity_milli, net_booked",
    "customer_habit": "slot, orders",
}


@dataclass(slots=True)
class Shop:
    """One database with its ingest processes and its scoring process."""

    database_url: str
    ingest: list[Server]
    scoring: Server
    headers: dict[str, dict[str, str]]
    runner: asyncio.Runner
    client: httpx.Client

    def post(self, told: Iterable[Told], to: int) -> None:
        """Post a batch to one process: what stands side by side goes together."""
        for (source, path), group in groupby(told, key=lambda each: (each.source, each.path)):
            name = path.removeprefix("/v1/")
            answer = self.client.post(
                f"{self.ingest[to % len(self.ingest)].url}{path}",
                json={name: [each.body for each in group]},
                headers=self.headers[source],
            )
            assert answer.status_code == 200, answer.text
            body = answer.json()
            assert body["conflicts"] == [], body
            assert body["rejected"] == [], body

    def facts(self, prefix: str) -> Facts:
        return self.runner.run(_facts(self.database_url, prefix))

    def answers(self, prefix: str) -> list[Any]:
        """Tiers, score and points of every customer, as answered."""
        answers = [
            self.client.get(
                f"{self.scoring.url}/v1/customers/{prefix}c{number}/{what}",
                headers=self.headers[AUTHORITY],
            ).json()
            for number in range(3)
            for what in (*_ASKED, f"tier?programme={CLUB}")
        ]
        # a problem names its request: that of an unknown customer's score differs by it alone
        return [{k: v for k, v in answer.items() if k != "instance"} for answer in answers]

    def timelines(self, prefix: str) -> list[tuple[Any, ...]]:
        """Every tier that rules gave a customer, when, why and until when."""
        return self.runner.run(_timelines(self.database_url, prefix))

    def differences(self) -> list[Difference]:
        """Compare every stored fact with a rebuild from the log."""
        return self.runner.run(_differences(self.database_url))


async def _differences(database_url: str) -> list[Difference]:
    async with raw_pool(database_url) as pool:
        work = Rebuild(repairs=False)
        return [difference async for difference in work.run(pool, lambda _done, _of: None)]


async def _timelines(database_url: str, prefix: str) -> list[tuple[Any, ...]]:
    async with raw_pool(database_url) as pool:
        rows = await pool.fetch(
            """
            SELECT c.customer_id, t.at, t.tier_key, t.reason, t.valid_until
            FROM tier_timeline t JOIN customers c USING (profile_id)
            WHERE t.programme_key = $1 AND c.customer_id LIKE $2 ORDER BY 1, 2
            """,
            CLUB,
            f"{prefix}%",
        )
        return [tuple(row) for row in rows]


async def _publish(database_url: str) -> None:
    async with raw_pool(database_url) as pool:
        await publish(pool, database_url, CLUB_OF_ALL)


async def _facts(database_url: str, prefix: str) -> Facts:
    connection = await asyncpg.connect(database_url, ssl=False)
    try:
        found: Facts = {}
        for table, columns in _PER_CUSTOMER.items():
            listed = ", ".join(f"f.{column.strip()}" for column in columns.split(","))
            rows = await connection.fetch(
                f"""
                SELECT c.customer_id, {listed} FROM {table} f JOIN customers c USING (profile_id)
                WHERE c.customer_id LIKE $1 ORDER BY 1, 2, 3
                """,
                f"{prefix}%",
            )
            found[table] = [tuple(row) for row in rows]
        shop = await connection.fetch(
            """
            SELECT * FROM shop_day WHERE store_id LIKE $1 AND (receipts, net_booked, sales_net,
            gross, discount, cost, lines, quantity_milli, returns, returns_net)
            <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0) ORDER BY 1, 2, 3
            """,
            f"{prefix}%",
        )
        found["shop_day"] = [tuple(row) for row in shop]
        nobody = [pseudonym(f"{prefix}s{number}") for number in range(2)]
        found["nobody"] = await connection.fetch(
            """
            SELECT profile_id, event_key, finding, order_key, at FROM return_findings
            WHERE profile_id = ANY($1) ORDER BY 1, 2
            """,
            nobody,
        )
        return found
    finally:
        await connection.close()


@pytest.fixture(scope="module")
def shops(databases: Databases, trained_template: str) -> Iterator[tuple[Shop, Shop]]:
    """A shop that hears everything in order, and one that hears it in any order, twice served."""
    with (
        databases.temporary(trained_template) as calm_url,
        databases.temporary(trained_template) as wild_url,
        asyncio.Runner() as runner,
        httpx.Client(timeout=30) as client,
        ExitStack() as stack,
    ):
        for url in (calm_url, wild_url):
            query(url, f"TRUNCATE {_FACTS}")
            query(url, _SOURCES)
            runner.run(_publish(url))

        def run(name: str, url: str) -> Server:
            return stack.enter_context(running(name, url, BUSINESS_NOW=BUSINESS_NOW))

        yield (
            Shop(
                calm_url, [run("ingest", calm_url)], run("scoring", calm_url), _headers(calm_url),
                runner, client,
            ),
            Shop(
                wild_url, [run("ingest", wild_url), run("ingest", wild_url)],
                run("scoring", wild_url), _headers(wild_url), runner, client,
            ),
        )  # fmt: skip


def _headers(database_url: str) -> dict[str, dict[str, str]]:
    return {
        source: {"Authorization": f"Bearer {add_key(database_url, source=source)}"}
        for source in (AUTHORITY, HEARSAY)
    }


_numbers = count()


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=stories())
def test_any_order_repetition_and_batching_gives_the_same_facts(
    shops: tuple[Shop, Shop], story: Story
) -> None:
    calm, wild = shops
    prefix = f"h{next(_numbers)}-"
    told = [each.renamed(prefix) for each in story.told]
    calm.post(told, 0)
    for number, batch in enumerate(story.arrival):
        wild.post([told[index] for index in batch], number)
    assert wild.facts(prefix) == calm.facts(prefix)
    assert wild.answers(prefix) == calm.answers(prefix)
    assert wild.timelines(prefix) == calm.timelines(prefix)


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=stories())
def test_batches_that_race_through_two_processes_give_the_same_facts(
    shops: tuple[Shop, Shop], story: Story
) -> None:
    calm, wild = shops
    prefix = f"r{next(_numbers)}-"
    told = [each.renamed(prefix) for each in story.told]
    calm.post(told, 0)
    with ThreadPoolExecutor(4) as pool:
        batches = [[told[index] for index in batch] for batch in story.arrival]
        list(pool.map(wild.post, batches, range(len(batches))))
    assert wild.facts(prefix) == calm.facts(prefix)


def test_a_rebuild_reproduces_every_row_after_all_that(shops: tuple[Shop, Shop]) -> None:
    for shop in shops:
        assert shop.differences() == []
