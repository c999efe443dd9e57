"""The fast way of an import gives the rows that accepting receipt by receipt gives."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.files.mapping import parse_mapping
from services.ingest.domain.plain_sales import is_plain
from services.ingest.importing.job import ImportJob
from services.ingest.usecases.accept import accept
from services.ingest.usecases.accept_plain import accept_plain
from services.ingest.usecases.read_items import Reading
from services.ingest.usecases.rebuilds.rebuild import Rebuild
from tests.databases import Databases
from tests.import_runs import SHOP
from tests.trained import raw_pool

HEADER = "customer_id,occurred_at,amount,quantity,order_id,sku,category,cost,store_id,channel"
MAPPING = parse_mapping({"constants": {"currency": "CNY"}})
#: Every stored row of a shop, without the ids and positions that two runs choose differently.
TABLES = {
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
    "return_findings": "event_key, finding, order_key, at",
    "events": "event_key, source_id, kind, order_key, store_id, business_date, occurred_at,"
    " effective_at, received_at, is_anonymous, is_time_suspect, body",
    "order_keys": "order_key",
}


@dataclass(frozen=True, slots=True)
class Shop:
    """Two databases that are told the same, each in its own way."""

    fast: str
    one_by_one: str
    directory: Path


@pytest.fixture(scope="module")
def shop(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with databases.temporary() as fast, databases.temporary() as one_by_one:
        yield Shop(fast, one_by_one, tmp_path_factory.mktemp("files"))


_EXAMPLES = count()


@st.composite
def rows(draw: st.DrawFn) -> list[str]:
    """Rows of three customers and of nobody: sales, returns, repeated rows, orders of both."""
    made = []
    for _ in range(draw(st.integers(1, 12))):
        customer = draw(st.sampled_from(("", "a", "a", "b", "c")))
        day, minute = draw(st.integers(1, 9)), draw(st.integers(0, 59))
        order = draw(st.sampled_from(("", "1", "2", "3", "4", "5", "6")))
        # an order has one customer, or its rows are refused before they get here
        who = customer if not order else ("", "a", "b", "c")[int(order) % 4]
        amount, quantity = draw(st.integers(-900, 3000)), draw(st.integers(1, 3))
        sku, category = draw(st.sampled_from("xyz")), draw(st.sampled_from(("k", "l", "")))
        channel = draw(st.sampled_from(("store", "web")))
        made.append(
            f"{who and '{prefix}' + who},2026-11-0{day}T09:{minute:02d},{amount / 100:.2f},"
            f"{quantity},{order and '{prefix}' + order},{sku},{category},"
            f"{abs(amount) // 2 / 100:.2f},s{minute % 2},{channel}"
        )
    return made + draw(st.lists(st.sampled_from(made), max_size=3))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=rows(), second=rows(), is_merged=st.booleans())
def test_a_file_at_once_gives_the_rows_of_its_receipts_one_by_one(
    shop: Shop, first: list[str], second: list[str], is_merged: bool
) -> None:
    prefix = f"e{next(_EXAMPLES)}-"
    files = [arrivals(shop.directory / f"{prefix}{n}.csv", prefix, part) for n, part in
             enumerate((first, second, first))]  # fmt: skip
    fast, slow = asyncio.run(both(shop, files, prefix, is_merged=is_merged))
    assert fast == slow


def test_both_ways_are_what_a_rebuild_gives(shop: Shop) -> None:
    """Stands last: looks at all that the examples left behind."""
    assert asyncio.run(differences(shop.fast)) == 0


def test_plain_sales_do_take_the_fast_way(shop: Shop) -> None:
    path = shop.directory / "plain.csv"
    found = arrivals(path, "p-", ["p-a,2026-11-01T09:00,1.00,1,p-1,x,k,0.50,s0,store"])
    assert [is_plain(arrival) for arrival in found] == [True]


def arrivals(path: Path, prefix: str, lines: list[str]) -> list[Arrival]:
    path.write_text("\n".join((HEADER, *(x.replace("{prefix}", prefix) for x in lines))) + "\n")
    job = ImportJob(path, MAPPING, "file", lambda _: None, lambda _, __: None)
    reading = Reading(
        source_id="file",
        order_namespace="file",
        is_authoritative=True,
        now=datetime(2026, 11, 22, tzinfo=UTC),
        base_currency="CNY",
        zones={},
        shop_zone=SHOP.zone,
        secrets=SHOP.secrets,
    )
    return [a for receipt in job.receipts_of(job.begin(reading)) for a in receipt.arrivals]


Told = tuple[list[tuple[int, int, int]], dict[str, list[Any]]]


async def both(
    shop: Shop, files: list[list[Arrival]], prefix: str, *, is_merged: bool
) -> tuple[Told, Told]:
    counts: dict[str, list[tuple[int, int, int]]] = {}
    for url in (shop.fast, shop.one_by_one):
        async with raw_pool(url) as pool:
            if is_merged:
                await merge(pool, f"{prefix}b", into=f"{prefix}a")
            counts[url] = [await given_to(pool, file, is_fast=url == shop.fast) for file in files]
    return (
        (counts[shop.fast], await stored(shop.fast, prefix)),
        (counts[shop.one_by_one], await stored(shop.one_by_one, prefix)),
    )


async def merge(pool: asyncpg.Pool, loser: str, *, into: str) -> None:
    """Make two customers who bought nothing yet, one merged into the other."""
    winner_id = await pool.fetchval("SELECT gen_random_uuid()")
    for name, merged_into in ((into, None), (loser, winner_id)):
        profile_id = await pool.fetchval("SELECT gen_random_uuid()") if merged_into else winner_id
        await pool.execute(
            "INSERT INTO customers (profile_id, customer_id, merged_into, created_at, updated_at)"
            " VALUES ($1, $2, $3, now(), now())",
            profile_id,
            name,
            merged_into,
        )
        await pool.execute(
            "INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)"
            " VALUES ('customer_id', $1, $2, now())",
            name.encode(),
            profile_id,
        )


async def given_to(
    pool: asyncpg.Pool, file: list[Arrival], *, is_fast: bool
) -> tuple[int, int, int]:
    parts = [file] if is_fast else [[arrival] for arrival in file]
    way = accept_plain if is_fast else accept
    found = [await way(pool, part, secrets=SHOP.secrets, now=SHOP.now) for part in parts]
    return (
        sum(len(outcome.accepted) for outcome in found),
        sum(len(outcome.duplicates) for outcome in found),
        sum(len(outcome.conflicts) for outcome in found),
    )


async def stored(url: str, prefix: str) -> dict[str, list[Any]]:
    connection = await asyncpg.connect(url, ssl=False)
    try:
        found = {
            table: [
                tuple(row)
                for row in await connection.fetch(
                    f"SELECT c.customer_id, {names} FROM {table} t JOIN customers c"
                    f" USING (profile_id) WHERE c.customer_id LIKE $1 ORDER BY 1, 2, 3",
                    f"{prefix}%",
                )
            ]
            for table, names in TABLES.items()
            if table != "order_keys"
        }
        found["customers"] = await connection.fetch(
            "SELECT customer_id, version, last_unlinked_return_at FROM customers"
            " WHERE customer_id LIKE $1 ORDER BY 1",
            f"{prefix}%",
        )
        found["shop_day"] = await connection.fetch("SELECT * FROM shop_day ORDER BY 1, 2, 3")
        found["keys"] = await connection.fetch(
            "SELECT event_key, body_hash FROM event_keys ORDER BY 1"
        )
        found["anonymous"] = await connection.fetch(
            f"SELECT {TABLES['events']} FROM events WHERE is_anonymous ORDER BY 1"
        )
        found["orders_known"] = await connection.fetch(
            "SELECT order_key, customer_id FROM order_keys LEFT JOIN customers"
            " USING (profile_id) ORDER BY 1"
        )
    finally:
        await connection.close()
    return found


async def differences(url: str) -> int:
    async with raw_pool(url) as pool:
        return sum([1 async for _ in Rebuild(repairs=False).run(pool, lambda _, __: None)])
