"""Who is in which arm: the same for ever, logged once, asked of the winner of a merge."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.feedback.usecases.desk import Desk
from services.feedback.usecases.experiments.assign import (
    EXPOSURES,
    Draw,
    assign,
    draw,
    log_met,
    take_exposures,
)
from services.feedback.worker import background
from shared import outbox
from shared.assignment import arm_of
from shared.clock import FixedClock
from shared.erasures import tombstone
from shared.outbox import OutboxRow
from shared.settings import PlatformSettings
from tests.integration.feedback.experiment_rows import (
    SALT,
    add_people,
    add_running,
    document,
    empty,
    merge,
    profile,
)

NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
SHARES = [("control", 200), ("call", 800)]
PATH = "/v1/experiments/e/assignment"
PLAYBOOK = {"kind": "playbook", "key": "win_back", "programme": None}


@pytest.fixture
async def rows(pool: asyncpg.Pool) -> AsyncIterator[asyncpg.Pool]:
    """Forty customers, c-1 to c-40, and nothing tried on them."""
    await empty(pool)
    await add_people(pool, range(1, 41))
    yield pool
    await pool.execute("DELETE FROM tombstones")


@pytest.fixture
def desk(app: FastAPI) -> Desk:
    running: Desk = app.state.desk
    return running


async def run(pool: asyncpg.Pool, **changes: Any) -> None:
    await add_running(pool, "e", document(**changes), started_at=NOW)


async def logged(pool: asyncpg.Pool) -> dict[str, str]:
    return {row["unit"]: row["arm"] for row in await pool.fetch("SELECT * FROM exposures")}


def arm(unit: object) -> str:
    return arm_of("e", SALT, str(unit), SHARES)


async def test_arm_is_the_published_one_and_logged_once(
    rows: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await run(rows)
    for number in (1, 2, 1):
        answer = (await http.get(PATH, params={"customer_id": f"c-{number}"})).json()
        assert (answer["arm"], answer["reason"]) == (arm(profile(number)), "assigned")
        assert answer["is_held_out"] == (answer["arm"] == "control")
    assert await logged(rows) == {str(profile(n)): arm(profile(n)) for n in (1, 2)}
    listed = (await http.get("/v1/experiments/e/exposures")).json()["items"]
    assert [each["customer_id"] for each in listed] == ["c-1", "c-2"]


async def test_exposures_are_listed_by_arm_and_page(
    rows: asyncpg.Pool, http: httpx.AsyncClient, desk: Desk
) -> None:
    await run(rows)
    for number in range(1, 41):
        await assign(desk, "e", f"c-{number}")
    found: list[str] = []
    cursor: str | None = None
    while cursor is not None or not found:
        given = {"limit": "3", "arm": "control"} | ({"cursor": cursor} if cursor else {})
        page = (await http.get("/v1/experiments/e/exposures", params=given)).json()
        found += [each["unit"] for each in page["items"]]
        cursor = page["next_cursor"]
    expected = [profile(n) for n in range(1, 41) if arm(profile(n)) == "control"]
    assert found == [str(unit) for unit in expected]


async def test_merged_customer_has_the_arm_of_the_winner(rows: asyncpg.Pool, desk: Desk) -> None:
    await run(rows)
    loser = next(n for n in range(2, 41) if arm(profile(n)) != arm(profile(1)))
    await merge(rows, loser, 1)
    assert (await assign(desk, "e", f"c-{loser}")).arm == arm(profile(1))
    assert await logged(rows) == {str(profile(1)): arm(profile(1))}


async def test_stranger_has_an_arm_by_their_id(rows: asyncpg.Pool, desk: Desk) -> None:
    await run(rows)
    assert (await assign(desk, "e", "nobody")).arm == arm("nobody")
    assert await logged(rows) == {"nobody": arm("nobody")}


async def test_stranger_who_becomes_known_stays_in_their_arm(
    rows: asyncpg.Pool, desk: Desk
) -> None:
    await run(rows)
    number = next(n for n in range(41, 99) if arm(f"c-{n}") != arm(profile(n)))
    first = await assign(desk, "e", f"c-{number}")
    await add_people(rows, [number])
    assert await assign(desk, "e", f"c-{number}") == first
    assert await logged(rows) == {f"c-{number}": first.arm}


async def test_erased_stranger_is_not_written_down_again(
    rows: asyncpg.Pool, desk: Desk, http: httpx.AsyncClient
) -> None:
    await run(rows)
    kind, key = tombstone(desk.secrets, "customer_id", "gone")
    await rows.execute(
        "INSERT INTO tombstones (kind, lookup_key, erased_at, refused_until)"
        " VALUES ($1, $2, now(), $3)",
        kind,
        key,
        datetime(2030, 1, 1, tzinfo=UTC),
    )
    assert (await http.get(PATH, params={"customer_id": "gone"})).status_code == 410
    assert await logged(rows) == {}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "ended"),
        ({}, "draft"),
        ({"starts_at": "2026-12-01T00:00:00Z"}, "running"),
        ({"ends_at": "2026-11-22T01:00:00Z"}, "running"),
    ],
    ids=["ended", "draft", "not_yet", "over"],
)
async def test_nobody_is_in_an_arm_of_what_does_not_run(
    rows: asyncpg.Pool, desk: Desk, changes: dict[str, str], state: str
) -> None:
    await add_running(rows, "e", document(**changes), started_at=NOW, state=state)
    assert await assign(desk, "e", "c-1") == await assign(desk, "e", "c-2")
    assert (await assign(desk, "e", "c-1")).reason == "not_running"
    assert await logged(rows) == {}


async def test_who_is_not_in_the_audience_is_left_alone(rows: asyncpg.Pool, desk: Desk) -> None:
    await run(rows, segment="lost")
    await rows.execute(
        "INSERT INTO segment_members (profile_id, segment_key, entered_at, decided_version)"
        " VALUES ($1, 'lost', now(), 1)",
        profile(1),
    )
    assert (await assign(desk, "e", "c-1")).arm == arm(profile(1))
    assert (await assign(desk, "e", "c-2")).reason == "not_in_audience"
    assert (await assign(desk, "e", "nobody")).reason == "not_in_audience"
    await rows.execute("DELETE FROM segment_members")
    # who was met stays met: an arm does not change because what it does works
    assert (await assign(desk, "e", "c-1")).arm == arm(profile(1))
    assert set(await logged(rows)) == {str(profile(1))}


async def test_growing_hold_out_keeps_the_first_arm_in_the_log(
    rows: asyncpg.Pool, desk: Desk
) -> None:
    await run(rows)
    before = {n: (await assign(desk, "e", f"c-{n}")).arm for n in range(1, 41)}
    arms = [{"key": "control", "share": 700}, {"key": "call", "share": 300}]
    await rows.execute("UPDATE experiments SET document = $1", document(arms=arms))
    after = {n: (await assign(desk, "e", f"c-{n}")).arm for n in range(1, 41)}
    assert {after[n] for n in after if after[n] != before[n]} == {"control"}
    assert await logged(rows) == {str(profile(n)): arm for n, arm in before.items()}


async def test_playbook_draws_everybody_and_logs_whom_it_would_reach(rows: asyncpg.Pool) -> None:
    await run(rows, about=PLAYBOOK)
    units = [str(profile(number)) for number in range(1, 41)]
    async with rows.acquire() as connection:
        drawn = await draw(connection, "playbook", "win_back", units, now=NOW)
        assert await draw(connection, "playbook", "other", units, now=NOW) == Draw()
        assert await logged(rows) == {}
        await log_met(connection, drawn, [*units[:7], "without an arm"], now=NOW)
    assert drawn.held_out == {unit for unit in units if arm(unit) == "control"}
    assert await logged(rows) == {unit: arm(unit) for unit in units[:7]}


async def test_playbook_asks_only_for_the_audience(rows: asyncpg.Pool) -> None:
    await run(rows, about=PLAYBOOK, segment="lost")
    await rows.execute(
        "INSERT INTO segment_members (profile_id, segment_key, entered_at, decided_version)"
        " VALUES ($1, 'lost', now(), 1)",
        profile(3),
    )
    units = [str(profile(number)) for number in range(1, 6)]
    async with rows.acquire() as connection:
        drawn = await draw(connection, "playbook", "win_back", units, now=NOW)
    assert drawn.arms == {str(profile(3)): arm(profile(3))}


@pytest.mark.parametrize(
    "about",
    [
        PLAYBOOK,
        {"kind": "benefit", "key": "tea", "programme": "club"},
        {"kind": "tier", "key": "gold", "programme": "club"},
    ],
    ids=["playbook", "benefit", "tier"],
)
async def test_a_question_about_what_logs_for_itself_is_no_meeting(
    rows: asyncpg.Pool, desk: Desk, about: dict[str, Any]
) -> None:
    await run(rows, about=about)
    assert (await assign(desk, "e", "c-1")).arm == arm(profile(1))
    assert await logged(rows) == {}


async def test_what_scoring_tells_is_logged_once(rows: asyncpg.Pool) -> None:
    unit = str(profile(1))
    met = [
        {"unit": unit, "profile_id": unit, "arm": "control", "at": NOW.isoformat()},
        {"unit": "x", "customer_id": "x", "arm": "call", "at": NOW.isoformat()},
    ]
    row = OutboxRow(profile(9), {"experiment": "e", "met": met}, 1, NOW)
    assert await take_exposures(rows, [row, row]) == {}
    assert await logged(rows) == {unit: "control", "x": "call"}


async def test_worker_logs_what_scoring_told(
    rows: asyncpg.Pool, platform: PlatformSettings
) -> None:
    met = [{"unit": "x", "customer_id": "x", "arm": "call", "at": NOW.isoformat()}]
    async with rows.acquire() as connection:
        await outbox.enqueue(connection, EXPOSURES, {"experiment": "e", "met": met})
    async with background(platform) as parts:
        assert not await parts.log_exposures()
    assert await logged(rows) == {"x": "call"}
    assert await rows.fetchval("SELECT count(*) FROM outbox WHERE done_at IS NULL") == 0


async def test_first_meeting_stays_whatever_the_clock_says(rows: asyncpg.Pool, desk: Desk) -> None:
    await run(rows)
    await assign(desk, "e", "c-1")
    later = replace(desk, clock=FixedClock(datetime(2027, 1, 1, tzinfo=UTC)))
    await assign(later, "e", "c-1")
    assert await rows.fetchval("SELECT exposed_at FROM exposures") == desk.clock.now()
