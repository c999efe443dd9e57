"""Back to the release before: by the pointer, for every process, with a trace in both lives."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg

from services.scoring.worker import Background, make_background
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import LAST_DAY, Purchase, buy, profile_id
from tests.trained import NOW, no_report, platform_of

FIRST, SECOND = f"{LAST_DAY}-1", f"{LAST_DAY}-2"
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
WHY = {"reason": "bulk buyers are too low"}


async def roll_back(
    scoring: Scoring, body: Any = None, key: str | None = None
) -> tuple[int, dict[str, Any]]:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = await scoring.client.post(
        "/v1/models/rollback", json=WHY if body is None else body, headers=headers
    )
    return answer.status_code, answer.json()


async def released(scoring: Scoring) -> tuple[str, str]:
    answer = await scoring.tier("c-1")
    return answer["release"], answer["model_version"]


async def test_rollback_answers_what_is_in_force_again(
    scoring: Scoring, background: Background
) -> None:
    await background.trainer.train(no_report)
    async with serving(scoring.url) as other:
        assert await released(scoring) == await released(other) == ("r-2", SECOND)
        status, body = await roll_back(scoring)
        assert status == 200
        assert body["releases"] == [
            {
                "programme": "value",
                "release": "r-1",
                "model_version": FIRST,
                "from_release": "r-2",
                "from_model_version": SECOND,
            }
        ]
        # the very next read, also of a process that did not turn the pointer
        assert await released(scoring) == await released(other) == ("r-1", FIRST)


async def test_rollback_is_written_into_both_lives(
    scoring: Scoring, background: Background
) -> None:
    await background.trainer.train(no_report)
    await roll_back(scoring)
    first = (await scoring.client.get(f"/v1/models/{FIRST}")).json()
    second = (await scoring.client.get(f"/v1/models/{SECOND}")).json()
    assert (first["status"], second["status"]) == ("live", "retired")
    for life, what in ((first, "rolled_back_to"), (second, "rolled_back_from")):
        line = life["log"][0]
        assert (line["what"], line["actor"], line["reason"]) == (what, "tests", WHY["reason"])


async def test_rollback_goes_on_backwards_and_never_to_what_was_left(
    scoring: Scoring, background: Background
) -> None:
    for _ in range(2):
        await background.trainer.promote(FIRST, no_report)
    assert (await roll_back(scoring))[1]["releases"][0]["release"] == "r-2"
    assert (await roll_back(scoring))[1]["releases"][0]["release"] == "r-1"
    status, refused = await roll_back(scoring)
    assert (status, refused["type"].rpartition("/")[2]) == (409, "nothing_to_roll_back")
    await background.trainer.promote(FIRST, no_report)
    assert (await released(scoring))[0] == "r-4"
    # r-3 and r-2 were left for a reason
    assert (await roll_back(scoring))[1]["releases"][0]["release"] == "r-1"


async def test_same_key_rolls_back_once(scoring: Scoring, background: Background) -> None:
    for _ in range(2):
        await background.trainer.promote(FIRST, no_report)
    first = await roll_back(scoring, key="k")
    assert await roll_back(scoring, key="k") == first
    assert (await released(scoring))[0] == "r-2"


async def test_release_that_goes_live_meanwhile_is_not_rolled_over(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    for _ in range(2):
        await background.trainer.promote(FIRST, no_report)
    async with pool.acquire() as other:
        async with other.transaction():
            await other.execute("UPDATE live_releases SET release_id = 2")
            asking = asyncio.create_task(roll_back(scoring))
            while not await pool.fetchval(WAITING):
                await asyncio.sleep(0.01)
        status, refused = await asking
    assert (status, refused["type"].rpartition("/")[2]) == (409, "release_changed")
    assert (await released(scoring))[0] == "r-2"
    assert await pool.fetchval("SELECT count(*) FROM model_log WHERE what LIKE 'rolled%'") == 0


async def test_first_release_has_nothing_before_it(scoring: Scoring) -> None:
    assert (await roll_back(scoring))[0] == 409
    assert (await roll_back(scoring, {}))[0] == 422
    assert (await roll_back(scoring, {"reason": ""}))[0] == 422


async def test_release_whose_model_is_refused_is_passed_over(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    await background.trainer.train(no_report)
    await background.trainer.promote(FIRST, no_report)
    await pool.execute(
        "UPDATE models SET artefact = set_byte(artefact, 100, 0) WHERE model_version = $1", SECOND
    )
    assert (await roll_back(scoring))[1]["releases"][0]["release"] == "r-1"


async def test_stale_decisions_are_made_at_the_read_and_by_the_job_for_the_rest(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    await background.sweeper.sweep()  # r-1 counts as swept today
    await background.trainer.promote(FIRST, no_report)
    async with pool.acquire() as connection:
        for index in (3, 4):
            await buy(connection, index, Purchase(LAST_DAY, 90_000_000))
    for index in (3, 4):
        assert (await scoring.tier(f"c-{index}"))["release"] == "r-2"
    _, body = await roll_back(scoring)
    answer = await scoring.tier("c-3")
    assert (answer["release"], answer["tier"]["key"]) == ("r-1", "high")
    assert await decided_version(pool, 4) == 1
    assert await background.work_off()
    assert await decided_version(pool, 4) == 2
    job = (await scoring.client.get(f"/v1/jobs/{body['job_id']}")).json()
    assert (job["status"], job["result"]["decided"]) == ("done", 400)


async def decided_version(pool: asyncpg.Pool, index: int) -> int:
    found: int = await pool.fetchval(
        "SELECT decided_version FROM tier_current WHERE profile_id = $1 AND release_id = 1",
        profile_id(index),
    )
    return found


async def test_rollback_days_later_decides_by_today(
    shop_url: str, background: Background, pool: asyncpg.Pool
) -> None:
    """The earlier release's rows are of another day: everybody is decided anew, history says so."""
    await background.trainer.train(no_report)
    later = (NOW + timedelta(days=40)).isoformat()
    worker = make_background(pool, platform_of(shop_url, later))
    await worker.sweeper.sweep()
    async with serving(shop_url, later) as scoring:
        await roll_back(scoring)
        inline = await scoring.tier("c-7")
        assert inline["release"] == "r-1"
        assert await worker.work_off()
        assert await scoring.tier("c-7") == inline
    dates = await pool.fetch("SELECT DISTINCT business_date FROM tier_current WHERE release_id = 1")
    assert [row[0] for row in dates] == [LAST_DAY + timedelta(days=40)]
    untold = await pool.fetchval(
        "SELECT count(*) FROM tier_current t WHERE release_id = 1 AND tier_key <> (SELECT tier_to"
        " FROM tier_history h WHERE h.profile_id = t.profile_id"
        " ORDER BY decided_at DESC, history_id DESC LIMIT 1)"
    )
    assert untold == 0
