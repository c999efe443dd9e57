"""What a process keeps of releases: loaded once, kept while it serves, refused when foreign."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import asyncpg
import pytest

from services.scoring.errors import ReleaseBroken
from services.scoring.usecases.releases.catalog import MOST_RELEASES, Catalog
from tests.trained import platform_of

NOBODY = 999


@dataclass(slots=True)
class Counted:
    """Connections that count the releases read, and may be held up."""

    pool: asyncpg.Pool
    read: int = 0
    may_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def fetchrow(self, statement: str, *values: object) -> Any:
        self.read += 1
        await self.may_go.wait()
        return await self.pool.fetchrow(statement, *values)

    def catalog(self, url: str) -> Catalog:
        return Catalog(cast("asyncpg.Pool", self), platform_of(url).secrets.model_signing_key)


async def test_release_is_loaded_once_however_many_ask(pool: asyncpg.Pool, shop_url: str) -> None:
    counted = Counted(pool)
    catalog = counted.catalog(shop_url)
    asking = [asyncio.create_task(catalog.release(1)) for _ in range(50)]
    await asyncio.sleep(0)
    counted.may_go.set()
    found = await asyncio.gather(*asking)
    assert (counted.read, len({id(release) for release in found})) == (1, 1)
    assert await catalog.release(1) is found[0]
    assert counted.read == 1


async def test_reader_that_goes_away_does_not_end_the_load(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    counted = Counted(pool)
    catalog = counted.catalog(shop_url)
    first, second = (asyncio.create_task(catalog.release(1)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    counted.may_go.set()
    assert (await second).release_id == 1
    assert counted.read == 1


async def test_failed_load_is_told_to_all_and_tried_again(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    counted = Counted(pool)
    catalog = counted.catalog(shop_url)
    asking = [asyncio.create_task(catalog.release(NOBODY)) for _ in range(5)]
    counted.may_go.set()
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(error) for error in told} == {ReleaseBroken}
    assert counted.read == 1
    with pytest.raises(ReleaseBroken):
        await catalog.release(NOBODY)
    assert counted.read == 2


async def test_load_that_everybody_left_ends_quietly(pool: asyncpg.Pool, shop_url: str) -> None:
    counted = Counted(pool)
    catalog = counted.catalog(shop_url)
    asking = asyncio.create_task(catalog.release(NOBODY))
    await asyncio.sleep(0)
    asking.cancel()
    counted.may_go.set()
    await asyncio.gather(asking, return_exceptions=True)
    while counted.read and len(asyncio.all_tasks()) > 1:
        await asyncio.sleep(0.01)


async def test_kept_release_outlives_its_stored_artefact(pool: asyncpg.Pool, shop_url: str) -> None:
    key = platform_of(shop_url).secrets.model_signing_key
    serving, starting = Catalog(pool, key), Catalog(pool, key)
    await serving.release(1)
    await pool.execute("UPDATE models SET artefact = set_byte(artefact, 100, 0)")
    assert (await serving.release(1)).release_id == 1
    with pytest.raises(ReleaseBroken):
        await starting.release(1)


async def test_what_is_used_stays_and_the_longest_unused_goes(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await pool.execute(
        "INSERT INTO releases SELECT (jsonb_populate_record(r,"
        " jsonb_build_object('release_id', n))).* FROM releases r, generate_series(2, $1) n",
        MOST_RELEASES + 2,
    )
    counted = Counted(pool)
    counted.may_go.set()
    catalog = counted.catalog(shop_url)
    live = await catalog.release(1)
    for release_id in range(2, MOST_RELEASES + 3):
        await catalog.release(release_id)
        assert await catalog.release(1) is live
    assert counted.read == MOST_RELEASES + 2
    await catalog.release(2)
    assert counted.read == MOST_RELEASES + 3
