import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
import pytest
from pydantic import SecretStr

from deploy import worker_platform
from deploy.worker import Shift, UnknownLoop, choose, find_sources, run_sources, work_once
from shared.health import WrongMigration
from shared.logs import logger
from shared.loops import Loop, LoopSource
from shared.settings import PlatformSettings
from tests.paths import REPO_DIR

SECRET = "5e" * 32


def platform(url: str) -> PlatformSettings:
    return PlatformSettings(database_url=SecretStr(url), tierline_secret_key=SecretStr(SECRET))


def shift(url: str, only: str | None = None) -> Shift:
    return Shift(platform(url), only, asyncio.Event(), logger("tests"))


def source(name: str, seen: list[str], stop: asyncio.Event | None = None) -> LoopSource:
    """Make a service with one loop that notes its runs and stops everything at the third."""

    @asynccontextmanager
    async def loops(_: PlatformSettings) -> AsyncIterator[Sequence[Loop]]:
        async def run_once() -> bool:
            seen.append(name)
            if stop is not None and seen.count(name) == 3:
                stop.set()
            return False

        seen.append(f"{name} opened")
        yield [Loop(f"{name}.work", 0.001, run_once)]
        seen.append(f"{name} closed")

    return loops


async def test_every_source_is_opened_run_and_closed(module_database_url: str) -> None:
    seen: list[str] = []
    run = shift(module_database_url)
    await run_sources({"a": source("a", seen, run.stop)}, run)
    assert seen == ["a opened", "a", "a", "a", "a closed"]


async def test_a_source_that_cannot_open_is_tried_again_beside_the_others(
    module_database_url: str,
) -> None:
    seen: list[str] = []
    run = shift(module_database_url)

    @asynccontextmanager
    async def broken(_: PlatformSettings) -> AsyncIterator[Sequence[Loop]]:
        if not seen.count("refused"):
            seen.append("refused")
            raise ConnectionRefusedError
        yield [Loop("b.work", 60, stop_now)]

    async def stop_now() -> bool:
        run.stop.set()
        return False

    await run_sources({"a": source("a", seen), "b": broken}, run)
    assert seen.count("refused") == 1
    assert "a" in seen


async def test_only_one_loop_of_a_service_runs(module_database_url: str) -> None:
    seen: list[str] = []
    run = shift(module_database_url, only="a.other")
    with pytest.raises(UnknownLoop):
        await run_sources({"a": source("a", seen)}, run)


async def test_once_ends_by_itself_when_nothing_is_left(module_database_url: str) -> None:
    seen: list[str] = []
    sources = {name: source(name, seen) for name in ("a", "b")}
    await work_once(platform(module_database_url), sources)
    assert seen == ["a opened", "a", "a closed", "b opened", "b", "b closed"]


async def test_a_database_of_another_schema_is_refused(url_without_schema: str) -> None:
    with pytest.raises(WrongMigration):
        await run_sources({}, shift(url_without_schema))


@pytest.fixture
async def url_without_schema(database_url: str) -> str:
    connection = await asyncpg.connect(database_url)
    await connection.execute("DROP TABLE alembic_version")
    await connection.close()
    return database_url


async def test_a_database_that_is_away_is_waited_for() -> None:
    run = shift("postgresql://nobody@127.0.0.1:1/none")
    asyncio.get_running_loop().call_later(0.05, run.stop.set)
    await asyncio.wait_for(run_sources({}, run), 5)


@pytest.mark.parametrize("only", ["platform", "platform.purge_outbox"])
def test_only_names_a_service_or_a_loop(only: str) -> None:
    assert list(find_sources(only)) == ["platform"]


def test_an_unknown_service_is_refused() -> None:
    with pytest.raises(UnknownLoop):
        find_sources("billing")


async def _nothing() -> bool:
    return False


def test_a_named_loop_is_chosen() -> None:
    loops = [Loop("a.one", 1, _nothing), Loop("a.two", 1, _nothing)]
    assert choose(loops, "a.two") == loops[1:]
    assert choose(loops, "a") == choose(loops, None) == loops


def _worker(url: str, *arguments: str) -> "subprocess.Popen[str]":
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": url, "TIERLINE_SECRET_KEY": SECRET}
    command = [sys.executable, "-m", "deploy.cli", "worker", *arguments]
    return subprocess.Popen(
        command,
        cwd=REPO_DIR,
        env={**environ, "TIERLINE_HOME": "/nonexistent"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_worker_stops_cleanly_on_sigterm(module_database_url: str) -> None:
    with _worker(module_database_url, "--only", "platform") as process:
        assert process.stdout is not None
        assert "service_started" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "service_stopped" in output


def test_an_unknown_loop_stops_the_start_with_a_sentence(module_database_url: str) -> None:
    with _worker(module_database_url, "--only", "billing") as process:
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert errors.startswith("No such loop")


async def test_the_platform_purges_what_nobody_needs(module_database_url: str) -> None:
    async with worker_platform.loops(platform(module_database_url)) as loops:
        assert [await loop.run_once() for loop in loops] == [False, False]
