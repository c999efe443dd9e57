"""A file into the database: once, again, corrected, with returns, with nobody's purchases."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from services.ingest.cli import app
from services.ingest.domain.identity import TRUST
from shared.db import Limits, create_raw_pool
from tests.import_runs import SHOP, Run
from tests.tills import receipt

HEADER = "customer_id,occurred_at,amount,quantity,order_id,sku"
MAPPING = '{"constants": {"currency": "GBP", "store_id": "online", "channel": "web"}}'


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    made = await create_raw_pool(database_url, Limits("tests"), size=4)
    yield made
    await made.close()


def written(tmp_path: Path, *rows: str, header: str = HEADER) -> Run:
    file, mapping = tmp_path / "file.csv", tmp_path / "mapping.json"
    file.write_text("\n".join((header, *rows)) + "\n")
    mapping.write_text(MAPPING)
    return Run(file, str(mapping))


async def booked(pool: asyncpg.Pool) -> dict[str, int]:
    rows = await pool.fetch(
        """
        SELECT customer_id, sum(net_booked)::bigint FROM customer_day JOIN customers
        USING (profile_id) GROUP BY 1
        """
    )
    return {row[0]: row[1] for row in rows}


async def test_the_same_file_again_gives_only_duplicates(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    rows = ["a,2020-01-01,1.50,1,,tea", "a,2020-01-01,1.50,1,,tea", "b,2020-01-01,2,1,7,tea"]
    first, second = written(tmp_path, *rows), written(tmp_path, *rows)
    summary = await first.into(pool)
    assert (summary.accepted, summary.duplicates) == (3, 0)
    summary = await second.into(pool)
    assert (summary.accepted, summary.duplicates, second.faults) == (0, 3, [])
    assert await booked(pool) == {"a": 300, "b": 200}


async def test_a_corrected_file_adds_what_was_refused(pool: asyncpg.Pool, tmp_path: Path) -> None:
    bad = written(tmp_path, "a,2020-01-01,1,1,7,tea", "a,2020-01-01,oops,1,7,cup")
    assert (await bad.into(pool)).rejected == 1
    good = written(tmp_path, "a,2020-01-01,1,1,7,tea", "a,2020-01-01,2,1,7,cup")
    assert (await good.into(pool)).accepted == 1
    assert await booked(pool) == {"a": 300}


async def test_another_content_under_a_known_order_is_a_conflict(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    await written(tmp_path, "a,2020-01-01,1,1,7,tea").into(pool)
    changed = written(tmp_path, "a,2020-01-01,9,1,7,tea")
    assert (await changed.into(pool)).conflicts == 1
    assert changed.codes == [(1, "same_key_other_body")]
    assert await booked(pool) == {"a": 100}


async def test_negative_rows_are_returns_matched_to_earlier_purchases(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    run = written(
        tmp_path, "a,2020-01-01,10,2,1,tea", "a,2020-01-03,-5,-1,C1,tea", "a,2020-01-04,-4,-1,2,hat"
    )
    assert (await run.into(pool)).accepted == 3
    assert await booked(pool) == {"a": 100}
    qualifying = await pool.fetchval("SELECT sum(net_qualifying)::bigint FROM customer_day")
    assert qualifying == 500


async def test_an_order_of_both_signs_is_a_sale_and_a_return(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    run = written(tmp_path, "a,2020-01-01,10,2,1,tea", "a,2020-01-01,-3,-1,1,cup")
    assert (await run.into(pool)).accepted == 2
    assert await booked(pool) == {"a": 700}


async def test_purchases_of_nobody_are_shop_figures(pool: asyncpg.Pool, tmp_path: Path) -> None:
    run = written(tmp_path, ",2020-01-01,10,2,1,tea", ",2020-01-01,-3,1,2,tea")
    await run.into(pool)
    row = await pool.fetchrow(
        "SELECT store_id, sum(net_booked)::bigint, sum(receipts)::bigint FROM shop_day GROUP BY 1"
    )
    assert tuple(row) == ("online", 700, 1)
    assert await booked(pool) == {}


def test_the_command_counts_lists_and_ends_with_one(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = written(tmp_path, "a,2020-01-01,1,1,1,tea", "a,2020-01-01,0,-4,2,tea")
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("TIERLINE_SECRET_KEY", "5e" * 32)
    command = ["import", str(run.path), "--mapping", str(run.mapping)]
    dry = CliRunner().invoke(app, [*command, "--dry-run"])
    assert "rows 2, receipts 2, rejected 1" in dry.output
    done = CliRunner().invoke(app, command)
    assert "rows 2, receipts 2, accepted 1, duplicates 0, conflicts 0, rejected 1" in done.output
    assert done.exit_code == 1
    listed = (tmp_path / "file.csv.errors.csv").read_text().splitlines()
    assert listed[1].startswith("2,no_sale,")


def test_a_command_without_settings_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("TIERLINE_SECRET_KEY", raising=False)
    done = CliRunner().invoke(app, ["import", "any.csv"])
    assert done.exit_code == 1
    assert "DATABASE_URL" in str(done.exception)


async def test_a_row_too_much_for_its_sum_stops_no_other_row(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    await written(tmp_path, "a,2020-01-01,1.50,1,1,tea").into(pool)
    await pool.execute("UPDATE customer_day SET net_booked = 2::numeric ^ 63 - 1")
    rows = [f"{who},2020-01-01,2,1,{n},tea" for n, who in enumerate("bacad", 2)]
    run = written(tmp_path, *rows)
    summary = await run.into(pool)
    assert (summary.accepted, summary.unfit) == (3, 2)
    assert run.codes == [(2, "out_of_range"), (4, "out_of_range")]


async def test_receipts_of_a_file_are_whose_the_settings_trust_first(
    pool: asyncpg.Pool, tmp_path: Path
) -> None:
    phone, card = {"phone": "+8613800138999"}, {"loyalty_account": "7734"}
    bought = [receipt(n, customer=who) for n, who in enumerate((phone, card, phone | card))]
    file, mapping = tmp_path / "receipts.jsonl", tmp_path / "mapping.json"
    file.write_text("\n".join(json.dumps(each) for each in bought))
    mapping.write_text("{}")
    shop = replace(SHOP, trust=("phone", *(kind for kind in TRUST if kind != "phone")))
    assert (await Run(file, str(mapping)).job().run(pool, shop)).accepted == 3
    found = await pool.fetch(
        "SELECT i.kind, c.version FROM identifiers i JOIN customers c USING (profile_id) ORDER BY 1"
    )
    assert [tuple(row) for row in found] == [("loyalty_account", 1), ("phone", 2)]


@pytest.mark.parametrize("formula", ["=HYPERLINK(1)", "+1+1", "-2-3", "@SUM(A1)", "＝1+1"])
async def test_a_formula_in_a_file_is_a_name_like_any_other(
    pool: asyncpg.Pool, tmp_path: Path, formula: str
) -> None:
    run = written(tmp_path, f"a,2020-01-01,10,2,1,{formula}", f"a,{formula},10,2,2,tea")
    assert (await run.into(pool)).accepted == 1
    assert await pool.fetchval("SELECT sku FROM customer_sku") == formula
    assert formula not in repr(run.faults)
