from collections.abc import Iterator

import asyncpg
import pytest

from shared.health import CheckState, UnsafeDurability, check_start, database_probe
from shared.schema.migrate import head_revision, upgrade
from tests.databases import blocking, embedded_server

ASLEEP = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@pytest.fixture(scope="module")
def unsafe_url() -> Iterator[str]:
    """A migrated database on a Postgres that may lose commits."""
    with embedded_server(ASLEEP) as server:
        blocking(upgrade(server.url("postgres")))
        yield server.url("postgres")


async def test_start_on_unsafe_durability_is_refused(unsafe_url: str) -> None:
    async with asyncpg.create_pool(unsafe_url, min_size=1) as pool:
        with pytest.raises(UnsafeDurability) as refused:
            await check_start(pool, head=head_revision(), is_unsafe_allowed=False)
    assert refused.value.settings == tuple(f"{name}=off" for name in ASLEEP)


async def test_unsafe_durability_can_be_accepted(unsafe_url: str) -> None:
    async with asyncpg.create_pool(unsafe_url, min_size=1) as pool:
        await check_start(pool, head=head_revision(), is_unsafe_allowed=True)


@pytest.mark.parametrize(
    ("is_allowed", "state"), [(False, CheckState.FAILED), (True, CheckState.DEGRADED)]
)
async def test_readiness_says_so(unsafe_url: str, is_allowed: bool, state: CheckState) -> None:
    async with asyncpg.create_pool(unsafe_url, min_size=1) as pool:
        probe = database_probe(pool, head=head_revision(), is_unsafe_allowed=is_allowed)
        check = await probe()
    assert check.state is state
    assert "fsync=off" in check.detail


async def test_safe_durability_is_accepted(database_url: str) -> None:
    async with asyncpg.create_pool(database_url, min_size=1) as pool:
        await check_start(pool, head=head_revision(), is_unsafe_allowed=False)
