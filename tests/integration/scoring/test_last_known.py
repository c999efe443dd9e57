"""While the database is away known customers keep their last tier, and nobody gets a 500."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from services.scoring.app import create_app
from services.scoring.settings import ScoringSettings
from services.scoring.usecases.steady.places import snapshot_key
from services.scoring.usecases.steady.write_snapshot import write_snapshot
from shared.clock import clock_from
from tests.integration.scoring.conftest import Scoring, serving
from tests.servers import add_key
from tests.trained import platform_of

AWAY = "postgresql://nobody:none@127.0.0.1:9/none"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scoring" / "last-known"


async def write(pool: asyncpg.Pool, path: Path) -> int:
    platform = platform_of(AWAY)
    clock = clock_from(platform.business_now)
    return await write_snapshot(pool, path, snapshot_key(platform.secrets), clock)


def tear(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def settings_of(path: Path, max_stale_s: float = 86_400) -> ScoringSettings:
    return ScoringSettings(snapshot_file=str(path), max_stale_s=max_stale_s)


@asynccontextmanager
async def without_database(
    path: Path, key: str, max_stale_s: float = 86_400
) -> AsyncIterator[httpx.AsyncClient]:
    """Give the service as it starts while the database is away."""
    app = create_app(settings_of(path, max_stale_s), platform_of(AWAY))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://s", headers=headers) as client,
    ):
        yield client


async def take_away(scoring: Scoring) -> None:
    await scoring.app.state.desk.close()
    await scoring.app.state.pool.close()


@pytest.fixture
async def steady(shop_url: str, pool: asyncpg.Pool, path: Path) -> AsyncIterator[Scoring]:
    """The service on the trained shop, with a file of everybody's tier."""
    await write(pool, path)
    async with serving(shop_url, settings=settings_of(path)) as running:
        yield running


async def test_everybody_keeps_their_tier(steady: Scoring) -> None:
    names = [f"c-{number}" for number in range(40)]
    before = {name: (await steady.tier(name))["tier"] for name in names}
    await take_away(steady)
    after = [await steady.tier(name) for name in names]
    assert {told["customer_id"]: told["tier"] for told in after} == before
    assert len({told["tier"]["key"] for told in after}) > 1
    assert all((told["stale"], told["reason"]) == (True, "db_unavailable") for told in after)


async def test_who_is_unknown_has_the_entry_tier(steady: Scoring) -> None:
    await steady.tier("c-1")  # the key is seen valid
    await take_away(steady)
    told = await steady.tier("nobody")
    assert (told["known"], told["tier"]["rank"], told["stale"]) == (False, 0, True)


async def test_a_batch_is_answered_too(steady: Scoring) -> None:
    asked = {"customers": [{"customer_id": "c-1"}, {"loyalty_account": "none"}]}
    before = (await steady.client.post("/v1/tiers/query", json=asked)).json()["answers"]
    await take_away(steady)
    after = (await steady.client.post("/v1/tiers/query", json=asked)).json()["answers"]
    assert [told["tier"] for told in after] == [told["tier"] for told in before]
    assert [told["known"] for told in after] == [True, False]


async def test_an_unknown_programme_is_still_unknown(steady: Scoring) -> None:
    await steady.tier("c-1")
    await take_away(steady)
    answer = await steady.client.get("/v1/customers/c-1/tier?programme=none")
    assert answer.status_code == 404


async def test_what_needs_the_database_is_a_503(steady: Scoring) -> None:
    await steady.tier("c-1")
    await take_away(steady)
    for method, address in (
        ("GET", "/v1/customers/c-1/score"),
        ("GET", "/v1/customers/c-1/tier/history"),
        ("POST", "/v1/models/rollback"),
    ):
        body = {"reason": "too low"} if method == "POST" else None
        answer = await steady.client.request(method, address, json=body)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1"), address


async def test_the_service_is_degraded_then_not_unavailable(steady: Scoring) -> None:
    await steady.tier("c-1")
    await take_away(steady)
    ready = await steady.client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "degraded")


async def test_it_starts_without_a_database_and_knows_the_keys(
    shop_url: str, pool: asyncpg.Pool, path: Path
) -> None:
    key = add_key(shop_url, "tier:read")
    await write(pool, path)
    async with without_database(path, key) as client:
        told = await client.get("/v1/customers/c-1/tier")
        assert (told.status_code, told.json()["known"]) == (200, True)
        forbidden = await client.get("/v1/models")
        assert forbidden.status_code == 403
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")


async def test_an_expired_file_still_answers_and_says_so(
    shop_url: str, pool: asyncpg.Pool, path: Path
) -> None:
    key = add_key(shop_url, "tier:read")
    await write(pool, path)
    async with without_database(path, key, max_stale_s=0.01) as client:
        told = (await client.get("/v1/customers/c-1/tier")).json()
    assert (told["known"], told["expired"]) == (True, True)


async def test_a_key_it_does_not_know_is_no_401_then(
    shop_url: str, pool: asyncpg.Pool, path: Path
) -> None:
    await write(pool, path)
    later = add_key(shop_url, "tier:read")
    async with without_database(path, later) as client:
        assert (await client.get("/v1/customers/c-1/tier")).status_code == 503


async def test_a_revoked_key_is_not_in_the_file(
    shop_url: str, pool: asyncpg.Pool, path: Path
) -> None:
    key = add_key(shop_url, "tier:read")
    await pool.execute("UPDATE api_keys SET revoked_at = now()")
    await write(pool, path)
    async with without_database(path, key) as client:
        assert (await client.get("/v1/customers/c-1/tier")).status_code == 503


async def test_a_key_revoked_after_the_file_was_written_stays_refused(
    steady: Scoring, pool: asyncpg.Pool, path: Path
) -> None:
    await write(pool, path)  # the key stands in it
    steady.app.state.steady.last_known.refresh()
    await pool.execute("UPDATE api_keys SET revoked_at = now()")
    assert (await steady.client.get("/v1/customers/c-1/tier")).status_code == 401
    await take_away(steady)
    await asyncio.sleep(1.1)  # a refused key is asked for again after a second
    assert (await steady.client.get("/v1/customers/c-1/tier")).status_code == 401


async def test_a_file_too_old_says_so(shop_url: str, pool: asyncpg.Pool, path: Path) -> None:
    await write(pool, path)
    async with serving(shop_url, settings=settings_of(path, max_stale_s=0.01)) as scoring:
        await scoring.tier("c-1")
        await take_away(scoring)
        told = await scoring.tier("c-1")
    assert (told["expired"], told["stale"], told["known"]) == (True, True, True)


async def test_the_erased_are_not_in_a_new_file(
    steady: Scoring, pool: asyncpg.Pool, path: Path
) -> None:
    await steady.tier("c-1")
    await pool.execute("DELETE FROM identifiers WHERE lookup_key = 'c-1'::bytea")
    await write(pool, path)
    steady.app.state.steady.last_known.refresh()
    await take_away(steady)
    assert (await steady.tier("c-1"))["known"] is False


async def test_without_a_file_it_refuses_to_start(path: Path) -> None:
    with pytest.raises(OSError, match="9"):
        async with without_database(path, "none"):
            pass


async def test_a_torn_file_is_ignored(pool: asyncpg.Pool, path: Path, shop_url: str) -> None:
    await write(pool, path)
    tear(path)
    async with serving(shop_url, settings=settings_of(path)) as scoring:
        assert (await scoring.tier("c-1"))["stale"] is False
        await take_away(scoring)
        assert (await scoring.client.get("/v1/customers/c-1/tier")).status_code == 503


async def test_the_file_is_its_owners_alone(pool: asyncpg.Pool, path: Path) -> None:
    assert await write(pool, path) > 0
    assert mode_of(path) == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


async def test_it_comes_back_by_itself(shop_url: str, pool: asyncpg.Pool, path: Path) -> None:
    await write(pool, path)
    async with serving(shop_url, settings=settings_of(path)) as scoring:
        await scoring.tier("c-1")
        outage = scoring.app.state.steady.outage
        outage.begin()
        assert (await scoring.client.get("/v1/customers/c-1/tier")).json()["stale"] is True
        async with asyncio.timeout(10):
            while outage.is_away:
                await asyncio.sleep(0.01)
        assert (await scoring.tier("c-1"))["stale"] is False
