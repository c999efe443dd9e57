"""`tierline rebuild` in shards and processes: the same differences, also after a kill -9."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest

from services.ingest.domain.spans import RebuildScope
from services.ingest.queries.rebuilds import hold_run
from services.ingest.usecases.rebuilds.rebuild_shards import SHARD_CUSTOMERS
from tests.paths import REPO_DIR
from tests.runner import wait_for
from tests.servers import SECRET_KEY, query

CUSTOMERS = 3 * SHARD_CUSTOMERS
#: A day that no event explains: every counter of it is a difference.
PER_CUSTOMER = 20
PER_SHOP_DAY = 1


@pytest.fixture
def damaged_url(database_url: str) -> str:
    """A shop of many customers, each with a day that never was, and one such day of nobody."""
    query(
        database_url,
        """
        INSERT INTO customers (profile_id, customer_id, created_at, updated_at)
        SELECT gen_random_uuid(), 'c-' || n, now(), now() FROM generate_series(1, $1::int) AS n
        """,
        CUSTOMERS,
    )
    query(
        database_url,
        "INSERT INTO customer_day (profile_id, business_date, orders)"
        " SELECT profile_id, '2026-03-01', 1 FROM customers",
    )
    query(
        database_url,
        "INSERT INTO shop_day (store_id, business_date, slot, receipts)"
        " VALUES ('s', '2026-03-01', 0, 1)",
    )
    return database_url


@contextmanager
def command(url: str, home: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run `tierline rebuild` with these options."""
    inherited = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "rebuild", *options],
        cwd=REPO_DIR,
        env={
            **inherited,
            "DATABASE_URL": url,
            "TIERLINE_SECRET_KEY": SECRET_KEY,
            "TIERLINE_HOME": str(home),
            "PYTHONPATH": str(REPO_DIR),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(url: str, home: Path, *options: str) -> tuple[int, str, str]:
    """Run it to its end: exit code, what it said, and what it said to people."""
    with command(url, home, *options) as process:
        said, told = process.communicate(timeout=120)
        return process.returncode, said, told


def differing(said: str) -> int:
    found = re.search(r"(\d+) values", said)
    return int(found.group(1)) if found else 0


def progress(url: str) -> tuple[int, int]:
    """Return the customers done so far, and the shards that are not finished."""
    (row,) = query(
        url,
        "SELECT coalesce(sum(customers), 0), count(*) FILTER (WHERE finished_at IS NULL)"
        " FROM rebuilds",
    )
    return int(row[0]), int(row[1])


ALL = CUSTOMERS * PER_CUSTOMER + PER_SHOP_DAY


def test_a_killed_rebuild_goes_on_and_finds_the_same(damaged_url: str, tmp_path: Path) -> None:
    with command(damaged_url, tmp_path, "--check", "--jobs", "2") as first:
        wait_for(lambda: progress(damaged_url)[0] >= 400, 60)
        first.kill()
        first.wait()
    done, left = progress(damaged_url)
    assert left > 0
    code, said, told = ended(damaged_url, tmp_path, "--check", "--jobs", "2")
    assert (code, differing(said)) == (1, ALL)
    resumed = re.search(r"going on after (\d+) customers", told)
    assert resumed is not None
    assert done <= int(resumed.group(1)) < CUSTOMERS  # a last step may have been on its way
    assert progress(damaged_url) == (CUSTOMERS, 0)


def test_a_killed_repair_goes_on_and_mends_the_rest(damaged_url: str, tmp_path: Path) -> None:
    with command(damaged_url, tmp_path, "--jobs", "2") as first:
        wait_for(lambda: progress(damaged_url)[0] >= 400, 60)
        first.kill()
        first.wait()
    code, said, _ = ended(damaged_url, tmp_path, "--jobs", "2")
    assert (code, differing(said)) == (0, ALL)
    assert query(damaged_url, "SELECT 1 FROM customer_day LIMIT 1") == []
    code, said, _ = ended(damaged_url, tmp_path, "--check")
    assert (code, differing(said)) == (0, 0)


def test_a_process_that_is_killed_stops_the_rebuild_which_then_goes_on(
    damaged_url: str, tmp_path: Path
) -> None:
    with command(damaged_url, tmp_path, "--check", "--jobs", "2") as first:
        wait_for(lambda: progress(damaged_url)[0] >= 400, 60)
        worker = psutil.Process(first.pid).children()[-1]
        worker.kill()
        _, told = first.communicate(timeout=60)
    assert first.returncode == 2
    assert "goes on from here" in told
    code, said, _ = ended(damaged_url, tmp_path, "--check", "--jobs", "2")
    assert (code, differing(said)) == (1, ALL)


async def test_the_same_rebuild_runs_once_at_a_time(damaged_url: str, tmp_path: Path) -> None:
    held = RebuildScope(is_repair=False)
    connection = await asyncpg.connect(damaged_url, ssl=False)
    assert await hold_run(connection, held.rebuild_id)
    code, _, told = await asyncio.to_thread(ended, damaged_url, tmp_path, "--check")
    await connection.close()
    assert code == 2
    assert "already running" in told


def test_parts_on_several_machines_find_everything_once(damaged_url: str, tmp_path: Path) -> None:
    parts = [
        ended(damaged_url, tmp_path, "--check", "--jobs", "1", "--shard", f"{n}/2") for n in (1, 2)
    ]
    assert [code for code, _, _ in parts] == [1, 1]
    assert sum(differing(said) for _, said, _ in parts) == ALL


def test_a_range_of_profiles_is_rebuilt_alone(damaged_url: str, tmp_path: Path) -> None:
    rows = query(damaged_url, "SELECT profile_id FROM customers ORDER BY 1 OFFSET 10 LIMIT 7")
    bounds = ("--from", str(rows[0][0]), "--to", str(rows[-1][0]))
    code, said, _ = ended(damaged_url, tmp_path, *bounds)
    assert (code, differing(said)) == (0, 7 * PER_CUSTOMER)
    left = query(damaged_url, "SELECT count(*) FROM customer_day")
    assert left[0][0] == CUSTOMERS - 7


def test_a_finished_rebuild_begins_anew(damaged_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        code, said, told = ended(damaged_url, tmp_path, "--check", "--shard", "3/3")
        assert (code, differing(said)) == (1, SHARD_CUSTOMERS * PER_CUSTOMER)
        assert "going on" not in told


@pytest.mark.parametrize("wrong", [("--shard", "3/2"), ("--shard", "x"), ("--from", "no-id")])
def test_a_wrong_range_is_named(damaged_url: str, tmp_path: Path, wrong: tuple[str, str]) -> None:
    code, _, told = ended(damaged_url, tmp_path, "--check", *wrong)
    assert code == 2
    assert wrong[0] in told
