"""Two real shops, imported whole: every customer's books equal an independent sum, to the cent."""

from collections.abc import AsyncIterator
from decimal import Decimal

import asyncpg
import pandas as pd
import pytest

from services.ingest.usecases.rebuilds.rebuild import Rebuild
from shared.db import Limits, create_raw_pool
from tests.import_runs import Run
from tests.paths import require_shared

#: Bought and cancelled 168,469.60 within minutes, without a link between the two.
SAME_DAY_CANCELLER = "16446"

pytestmark = pytest.mark.slow


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[asyncpg.Pool]:
    limits = Limits("tests", statement_timeout_s=120, lock_timeout_s=60)
    made = await create_raw_pool(database_url, limits, size=4)
    yield made
    await made.close()


def cents_by(rows: pd.DataFrame, column: str) -> dict[str, int]:
    """Sum decimals, never floats: a thousand rounded sums would hide a wrong cent."""
    sums: dict[str, Decimal] = {}
    for name, amount in zip(rows[column], rows["amount"], strict=True):
        sums[name] = sums.get(name, Decimal(0)) + Decimal(repr(amount)).quantize(Decimal("0.01"))
    return {name: int(total * 100) for name, total in sums.items()}


async def booked(pool: asyncpg.Pool) -> dict[str, int]:
    rows = await pool.fetch(
        """
        SELECT customer_id, coalesce(sum(net_booked), 0)::bigint
        FROM customers LEFT JOIN customer_day USING (profile_id) GROUP BY 1
        """
    )
    return {row[0]: row[1] for row in rows}


async def differences(pool: asyncpg.Pool) -> int:
    work = Rebuild(repairs=False)
    return sum([1 async for _ in work.run(pool, lambda _, __: None)])


async def test_every_purchase_of_cdnow_is_booked(pool: asyncpg.Pool) -> None:
    path = require_shared("data/cdnow/transactions.parquet")
    run = Run(path, "cdnow")
    summary = await run.into(pool)
    assert (summary.rows, summary.accepted, run.faults) == (69_659, 69_659, [])
    assert await booked(pool) == cents_by(pd.read_parquet(path), "customer_id")
    assert await differences(pool) == 0


async def test_every_invoice_of_online_retail_is_booked(pool: asyncpg.Pool) -> None:
    path = require_shared("data/online_retail/transactions.parquet")
    run = Run(path, "online_retail")
    summary = await run.into(pool)
    rows = pd.read_parquet(path)
    assert summary.rows == 541_909
    assert summary.accepted + summary.rejected == rows["invoice"].nunique()
    assert {fault.code for fault in run.faults} == {"no_sale"}
    nothing = rows[(rows["amount"] == 0) & (rows["quantity"] <= 0)]
    assert sorted(fault.row for fault in run.faults) == [int(n) + 1 for n in nothing.index]
    await _same_books(pool, rows)
    assert await differences(pool) == 0


async def _same_books(pool: asyncpg.Pool, rows: pd.DataFrame) -> None:
    known, nobody = rows[rows["customer_id"].notna()], rows[rows["customer_id"].isna()]
    books = await booked(pool)
    assert books == cents_by(known, "customer_id")
    assert books[SAME_DAY_CANCELLER] == 290
    days = await pool.fetch(
        "SELECT business_date, sum(net_booked)::bigint FROM shop_day GROUP BY business_date"
    )
    by_day = cents_by(nobody.assign(day=nobody["occurred_at"].dt.date), "day")
    assert {row[0]: row[1] for row in days if row[1]} == {d: n for d, n in by_day.items() if n}
