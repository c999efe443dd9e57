"""Readiness: the worst finding decides, and it says what to do."""

from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from shared.health import (
    Check,
    CheckState,
    Probe,
    UnsafeDurability,
    WrongMigration,
    check_start,
    database_probe,
    migration_level,
    readiness,
)
from tests.fakes import FakeConnection

SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
UNSAFE = [{"fsync": "off"}, {"full_page_writes": "off"}, {"synchronous_commit": "off"}]


def database(level: object = "0001", **settings: str) -> Any:
    return FakeConnection(row=SAFE | settings, value=level)


def found(state: CheckState, detail: str = "") -> Probe:
    async def probe() -> Check:
        return Check("x", state, detail)

    return probe


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([], "unavailable"),
        ([CheckState.OK, CheckState.OK], "ready"),
        ([CheckState.OK, CheckState.DEGRADED], "degraded"),
        ([CheckState.FAILED, CheckState.DEGRADED, CheckState.OK], "unavailable"),
    ],
)
async def test_the_worst_finding_decides(states: list[CheckState], status: str) -> None:
    assert (await readiness([found(state) for state in states])).status == status


@pytest.mark.parametrize(
    ("state", "status"),
    [(CheckState.OK, 200), (CheckState.DEGRADED, 200), (CheckState.FAILED, 503)],
)
async def test_the_route_answers_503_only_when_it_cannot_serve(
    app: FastAPI, client: httpx.AsyncClient, state: CheckState, status: int
) -> None:
    app.state.probes = [found(state, "model is missing")]
    answer = await client.get("/health/ready")
    assert answer.status_code == status
    assert answer.json()["checks"][0]["detail"] == "model is missing"


async def test_a_process_without_probes_lives_but_is_not_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "live"}
    assert (await client.get("/health/ready")).status_code == 503


async def look(connection: Any, *, is_unsafe_allowed: bool = False) -> Check:
    return await database_probe(connection, head="0001", is_unsafe_allowed=is_unsafe_allowed)()


async def test_a_sound_database_is_ok() -> None:
    assert await look(database()) == Check("database", CheckState.OK)


@pytest.mark.parametrize("level", [None, "0000", asyncpg.UndefinedTableError()])
async def test_another_schema_asks_for_migration(level: object) -> None:
    check = await look(database(level))
    assert check.state is CheckState.FAILED
    assert "tierline migrate" in check.detail


@pytest.mark.parametrize("setting", UNSAFE)
async def test_unsafe_durability_fails_unless_allowed_and_is_always_told(
    setting: dict[str, str],
) -> None:
    refused = await look(database(**setting))
    allowed = await look(database(**setting), is_unsafe_allowed=True)
    assert (refused.state, allowed.state) == (CheckState.FAILED, CheckState.DEGRADED)
    assert next(iter(setting)) in allowed.detail


async def test_a_database_away_is_what_the_service_says_it_is() -> None:
    gone: Any = FakeConnection(error=ConnectionRefusedError())
    check = await database_probe(
        gone, head="0001", is_unsafe_allowed=False, when_away=CheckState.DEGRADED
    )()
    assert check == Check("database", CheckState.DEGRADED, "cannot be reached")


async def test_a_mistake_is_not_taken_for_an_outage() -> None:
    broken: Any = FakeConnection(error=asyncpg.UndefinedColumnError())
    with pytest.raises(asyncpg.UndefinedColumnError):
        await look(broken)


@pytest.mark.parametrize("setting", UNSAFE)
async def test_the_start_is_refused_on_an_unsafe_database(setting: dict[str, str]) -> None:
    with pytest.raises(UnsafeDurability, match="ALLOW_UNSAFE_DURABILITY=1"):
        await check_start(database(**setting), head="0001", is_unsafe_allowed=False)
    await check_start(database(**setting), head="0001", is_unsafe_allowed=True)


async def test_the_start_is_refused_on_another_schema() -> None:
    with pytest.raises(WrongMigration):
        await check_start(database("0000"), head="0001", is_unsafe_allowed=False)


async def test_a_database_never_migrated_has_no_level() -> None:
    assert await migration_level(database(asyncpg.UndefinedTableError())) is None
