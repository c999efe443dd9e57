"""Order does not matter: any permutation, repetition and batching, through two real processes."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, given, settings

from services.ingest.queries.stored_facts import Difference
from services.ingest.usecases.rebuild import Rebuild
from tests.databases import Databases
from tests.histories import History, histories, renamed
from tests.servers import Server, add_key, query, running
from tests.trained import NOW, raw_pool

Facts = dict[str, list[tuple[Any, ...]]]
BUSINESS_NOW = NOW.isoformat()
# What the template was trained on; only the model and its release stay.
_FACTS = "customers, identifiers, customer_day, orders, tier_current, tier_timeline, tier_history"

# Every fact a customer has, without what says when it was known (sequence, profile id).
_PER_CUSTOMER = {
    "orders": "order_key, effective_at, business_date, store_id, channel, gross, discount, net,"
    " cost, quantity_milli, returned_net, returned_quantity_milli, refunded_net, is_void",
    "order_lines": "order_key, line, sku, category, quantity_milli, discount, net, cost,"
    " returned_quantity_milli, returned_net",
    "entries": "entry_id, reverses, at, known_at, spend, margin, orders, quantity_milli",
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
    headers: dict[str, str]
    runner: asyncio.Runner
    client: httpx.Client

    def post(self, receipts: list[dict[str, Any]], to: int) -> None:
        url = f"{self.ingest[to % len(self.ingest)].url}/v1/receipts"
        answer = self.client.post(url, json={"receipts": receipts}, headers=self.headers)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["conflicts"] == [], body
        assert body["rejected"] == [], body

    def facts(self, prefix: str) -> Facts:
        return self.runner.run(_facts(self.database_url, prefix))

    def answers(self, prefix: str) -> list[Any]:
        """Tier and score of every customer, as answered."""
        answers = [
            self.client.get(
                f"{self.scoring.url}/v1/customers/{prefix}c{number}/{what}", headers=self.headers
            ).json()
            for number in range(3)
            for what in ("tier", "score")
        ]
        # a problem names its request: that of an unknown customer's score differs by it alone
        return [{k: v for k, v in answer.items() if k != "instance"} for answer in answers]

    def differences(self) -> list[Difference]:
        """Compare every stored fact with a rebuild from the log."""
        return self.runner.run(_differences(self.database_url))


async def _differences(database_url: str) -> list[Difference]:
    async with raw_pool(database_url) as pool:
        work = Rebuild(repairs=False)
        return [difference async for difference in work.run(pool, lambda _done, _of: None)]


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


def _headers(database_url: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {add_key(database_url)}"}


_numbers = count()


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories())
def test_any_order_repetition_and_batching_gives_the_same_facts(
    shops: tuple[Shop, Shop], history: History
) -> None:
    calm, wild = shops
    prefix = f"h{next(_numbers)}-"
    receipts = [renamed(receipt, prefix) for receipt in history.receipts]
    calm.post(receipts, 0)
    for number, batch in enumerate(history.arrival):
        wild.post([receipts[index] for index in batch], number)
    assert wild.facts(prefix) == calm.facts(prefix)
    assert wild.answers(prefix) == calm.answers(prefix)


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=histories())
def test_batches_that_race_through_two_processes_give_the_same_facts(
    shops: tuple[Shop, Shop], history: History
) -> None:
    calm, wild = shops
    prefix = f"r{next(_numbers)}-"
    receipts = [renamed(receipt, prefix) for receipt in history.receipts]
    calm.post(receipts, 0)
    with ThreadPoolExecutor(4) as pool:
        batches = [[receipts[index] for index in batch] for batch in history.arrival]
        list(pool.map(wild.post, batches, range(len(batches))))
    assert wild.facts(prefix) == calm.facts(prefix)


def test_a_rebuild_reproduces_every_row_after_all_that(shops: tuple[Shop, Shop]) -> None:
    for shop in shops:
        assert shop.differences() == []
