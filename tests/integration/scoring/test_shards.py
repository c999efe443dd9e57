"""A base worked on by processes or by a cluster is, to the byte, the base worked on by one."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import asyncpg
import joblib
import psutil
import pytest
from distributed import Client, LocalCluster

from services.scoring.model.shards import workers_of_this_thread
from services.scoring.model.value_model import ValueModel
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog
from services.scoring.usecases.releases.make_release import ReleaseMaker
from services.scoring.usecases.releases.shards import Bulk, Site, jobs_for
from services.scoring.usecases.releases.sweep import Sweeper
from shared.clock import FixedClock
from tests.databases import Databases
from tests.trained import CUSTOMERS, NOW, no_report, platform_of, raw_pool

TABLES = {
    "tier_current": "profile_id, release_id",
    "tier_timeline": "profile_id, release_id, at",
    "base_levels": "business_date",
    "cuts": "cuts_id",
}
# Four shards of two chunks.
SMALL = {"most_customers": 100, "chunk": 50}


@contextmanager
def cluster() -> Iterator[None]:
    """Send the tasks of joblib to two workers of a Dask cluster."""
    two = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with (
        LocalCluster(**two) as started,  # type: ignore[no-untyped-call] # distributed has no types
        Client(started),  # type: ignore[no-untyped-call]
        joblib.parallel_config("dask"),
    ):
        yield


async def worked_on(url: str, bulk: Bulk) -> dict[str, list[tuple[Any, ...]]]:
    """Release the model in force anew, sweep two days later, and give what both stored."""
    platform = platform_of(url)
    async with raw_pool(url) as pool:
        catalog = Catalog(pool, platform.secrets.model_signing_key)
        live = await catalog.value_release(1)
        assert isinstance(live.model, ValueModel)
        day = BusinessDay(FixedClock(NOW), platform.zone)
        maker = ReleaseMaker(pool, catalog, day, bulk)
        assert await maker.release(live.programme, live.model, no_report) == 2
        later = BusinessDay(FixedClock(NOW + timedelta(days=2)), platform.zone)
        assert await Sweeper(pool, catalog, later, bulk).sweep() == CUSTOMERS
        return {name: await stored(pool, name) for name in TABLES}


async def stored(pool: asyncpg.Pool, table: str) -> list[tuple[Any, ...]]:
    rows = await pool.fetch(f"SELECT * FROM {table} ORDER BY {TABLES[table]}")
    told = {"computed_at", "created_at"}
    return [tuple(value for name, value in row.items() if name not in told) for row in rows]


def site_of(url: str) -> Site:
    return Site(url, platform_of(url).zone)


@pytest.fixture
def other_url(databases: Databases, trained_template: str) -> Iterator[str]:
    """A second clone of the trained shop."""
    with databases.temporary(trained_template) as url:
        yield url


@pytest.mark.slow
@pytest.mark.parametrize("way", ["one shard", "two processes", "a Dask cluster"])
async def test_every_way_stores_the_same(way: str, shop_url: str, other_url: str) -> None:
    expected = await worked_on(shop_url, Bulk(site_of(shop_url), **SMALL))
    bulk = Bulk(site_of(other_url), **SMALL)
    bulk = replace(bulk, most_customers=10_000) if way == "one shard" else bulk
    bulk = replace(bulk, jobs=2) if way == "two processes" else bulk
    with cluster() if way == "a Dask cluster" else nullcontext():
        found = await worked_on(other_url, bulk)
    assert found == expected
    assert len(found["tier_current"]) == 2 * CUSTOMERS


def test_a_cluster_is_used_whole_unless_told_otherwise() -> None:
    class Ray(joblib.parallel.ParallelBackendBase):  # type: ignore[misc]
        """As ray.util.joblib registers itself."""

        def effective_n_jobs(self, n_jobs: int) -> int:
            return n_jobs

    joblib.register_parallel_backend("ray", Ray)
    with joblib.parallel_config("ray"):
        assert workers_of_this_thread(1).jobs == -1
    with joblib.parallel_config("ray", n_jobs=8):
        assert workers_of_this_thread(1).jobs == 8
    assert (workers_of_this_thread(3).backend, workers_of_this_thread(3).jobs) == (None, 3)


@pytest.mark.parametrize(
    ("customers", "jobs", "size"),
    [
        pytest.param(0, 2, 520_000, id="nobody"),
        pytest.param(100_000, 2, 520_000, id="one shard, in this process"),
        pytest.param(1_000_000, 2, 500_000, id="one for each job"),
        pytest.param(1_100_000, 2, 280_000, id="two for each job"),
        pytest.param(1_000_000, 1, 500_000, id="one after another"),
        pytest.param(10_000_000, 4, 500_000, id="five for each job"),
    ],
)
def test_ranges_keep_every_job_busy(customers: int, jobs: int, size: int) -> None:
    bulk = Bulk(site_of("postgresql://h/db"), jobs)
    assert bulk.size_of(customers) == size
    assert size % bulk.chunk == 0


def test_the_address_of_the_database_is_not_shown() -> None:
    assert "secret" not in repr(Bulk(site_of("postgresql://user:secret@host/db")))


@pytest.mark.slow
async def test_cancelled_work_begins_no_further_shard_and_leaves_no_process() -> None:
    bulk = Bulk(site_of("postgresql://h/db"), jobs=2)
    begun = asyncio.Event()

    async def report(_: float) -> None:
        begun.set()

    before = {child.pid for child in workers()}
    # The first two end at once, the others would take all day.
    work = asyncio.create_task(bulk.run(time.sleep, [0, 0, 9999, 9999, 9999, 9999], report))
    await begun.wait()
    assert {child.pid for child in workers()} - before
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await bulk.rest()
    assert not {child.pid for child in workers()} - before


def workers() -> list[psutil.Process]:
    """List the processes that joblib started and that live."""
    found = psutil.Process().children()
    return [child for child in found if "popen_loky" in " ".join(child.cmdline())]


def test_as_many_jobs_as_wanted_or_cores_at_most_four() -> None:
    assert jobs_for(7) == 7
    assert 1 <= jobs_for(0) <= 4
