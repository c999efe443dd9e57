"""Facts folded anew from the events equal what is stored, and what does not is found and mended."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from services.ingest.cli import app
from services.ingest.queries.stored_facts import Difference
from services.ingest.usecases.rebuilds.rebuild import Rebuild
from shared.db import Limits, create_raw_pool
from tests.import_runs import Run

ROWS = """customer_id,occurred_at,amount,quantity,order_id,sku
a,2020-01-01,10,2,1,tea
a,2020-01-03,-5,-1,2,tea
b,2020-01-03,7,1,3,hat
,2020-01-03,9,1,4,hat
,2020-01-04,-2,1,5,hat
"""
FOUND = "'x'::bytea, 'orphan', NULL::bytea, now()"


@pytest.fixture
async def pool(database_url: str, tmp_path: Path) -> AsyncIterator[asyncpg.Pool]:
    """A small shop: a customer with a return, one without, and nobody."""
    made = await create_raw_pool(database_url, Limits("tests"), size=4)
    file, mapping = tmp_path / "file.csv", tmp_path / "mapping.json"
    file.write_text(ROWS)
    mapping.write_text('{"constants": {"currency": "GBP", "store_id": "online"}}')
    await Run(file, str(mapping)).into(made)
    yield made
    await made.close()


async def found(
    pool: asyncpg.Pool, *, repairs: bool = False, only: str | None = None
) -> list[Difference]:
    work = Rebuild(repairs=repairs, only=only)
    return [difference async for difference in work.run(pool, lambda _, __: None)]


async def test_what_acceptance_wrote_is_what_a_rebuild_gives(pool: asyncpg.Pool) -> None:
    assert await found(pool) == []


@pytest.mark.parametrize(
    ("damage", "table", "column"),
    [
        ("UPDATE customer_day SET net_booked = net_booked + 1", "customer_day", "net_booked"),
        ("UPDATE orders SET returned_net = 3", "orders", "returned_net"),
        ("DELETE FROM order_lines", "order_lines", "sku"),
        ("UPDATE entries SET known_at = at - interval '1 day'", "entries", "known_at"),
        ("DELETE FROM customer_sku", "customer_sku", "lines"),
        (
            "INSERT INTO customer_category SELECT profile_id, 'x', 1, 1, 1 FROM customers",
            "customer_category",
            "lines",
        ),
        ("UPDATE customer_habit SET orders = 9", "customer_habit", "orders"),
        ("UPDATE shop_day SET net_booked = 1", "shop_day", "net_booked"),
        ("DELETE FROM shop_day", "shop_day", "receipts"),
        ("DELETE FROM return_findings", "return_findings", "at"),
        (
            f"INSERT INTO return_findings SELECT DISTINCT profile_id, {FOUND} FROM events",
            "return_findings",
            "at",
        ),
    ],
)
async def test_any_damage_is_found_and_mended(
    pool: asyncpg.Pool, damage: str, table: str, column: str
) -> None:
    await pool.execute(damage)
    assert (table, column) in {(d.table, d.column) for d in await found(pool)}
    await found(pool, repairs=True)
    assert await found(pool) == []


async def test_one_customer_is_rebuilt_alone(pool: asyncpg.Pool) -> None:
    await pool.execute("UPDATE customer_day SET orders = 77")
    await found(pool, repairs=True, only="b")
    assert {d.stored for d in await found(pool)} == {77}
    ids = await pool.fetch("SELECT profile_id FROM customers WHERE customer_id = 'a'")
    assert {d.key[0] for d in await found(pool)} == {row[0] for row in ids}


async def test_the_command_reports_differences_and_ends_with_one(
    pool: asyncpg.Pool, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TIERLINE_SECRET_KEY", "5e" * 32)
    await pool.execute("UPDATE customer_day SET views = 5")
    commands = (["rebuild", "--check"], ["rebuild"], ["rebuild", "--check"])
    results = [await _invoked(command) for command in commands]
    assert [code for code, _ in results] == [1, 0, 0]
    assert "views: stored 5, events say 0" in results[0][1]


async def _invoked(command: list[str]) -> tuple[int, str]:
    result = await asyncio.to_thread(CliRunner().invoke, app, command)
    return result.exit_code, result.output
