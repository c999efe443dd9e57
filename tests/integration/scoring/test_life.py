"""Stages of a customer's life and the flap rate, over HTTP."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import asyncpg
import pytest

from services.scoring.worker import Background
from tests.integration.scoring.conftest import Scoring
from tests.shop_facts import LAST_DAY, profile_id
from tests.status_shop import CLUB, club, publish
from tests.trained import NOW


async def test_a_life_ends_in_the_stage_that_the_tier_answer_names(scoring: Scoring) -> None:
    for number in range(0, 40, 5):
        life = (await scoring.client.get(f"/v1/customers/c-{number}/lifecycle")).json()
        answer = await scoring.tier(f"c-{number}")
        assert life["stage"] == answer["lifecycle"] == life["stages"][-1]["stage"]
        assert life["since"] == life["stages"][-1]["since"]
        assert life["stages"][0]["stage"] == "new"
        assert life["changes_on"] is None or date.fromisoformat(life["changes_on"]) > LAST_DAY


async def test_nobody_has_no_life(scoring: Scoring) -> None:
    assert (await scoring.client.get("/v1/customers/nobody/lifecycle")).status_code == 404


async def tell(pool: asyncpg.Pool, customer: int, *moves: tuple[int, str, str, str]) -> None:
    await pool.executemany(
        "INSERT INTO tier_history (profile_id, history_id, programme_key, release_id,"
        " customer_version, business_instant, decided_at, tier_from, tier_to, reason)"
        " VALUES ($1, $2, 'value', 1, 1, $3, now(), $4, $5, $6)",
        [(profile_id(customer), uuid4(), at(day), *told) for day, *told in moves],
    )


def at(day: int) -> datetime:
    return NOW - timedelta(days=90 - day)


STABILITY = "/v1/programmes/value/stability"
WHY = {"reason": "it was only a test"}
COUNTED_OF = "SELECT release_id FROM tier_steadiness WHERE programme_key = $1"
FALL, RISE = ("high", "mid", "value_fall"), ("mid", "high", "value_rise")


@pytest.mark.parametrize(
    ("moves", "flapped", "count"),
    [
        ([(10, *FALL), (40, *RISE)], 1, 2),
        ([(10, *FALL), (41, *RISE)], 0, 2),
        ([(10, *RISE), (20, *FALL)], 0, 2),
        ([(10, *FALL), (20, *RISE), (30, *FALL), (40, *RISE)], 1, 4),
        ([(-5, *FALL), (10, *RISE)], 0, 1),  # before the span
        ([(10, *FALL), (20, "mid", "high", "release")], 0, 1),  # not their own doing
        ([(10, *FALL), (20, "mid", "high", "pinned")], 0, 1),
    ],
)
async def test_who_falls_and_soon_rises_again_flaps(
    scoring: Scoring,
    pool: asyncpg.Pool,
    moves: list[tuple[int, str, str, str]],
    flapped: int,
    count: int,
) -> None:
    await tell(pool, 3, *moves)
    found = (await scoring.client.get("/v1/programmes/value/stability")).json()
    assert (found["flapped"], found["moved"], found["moves"]) == (flapped, 1, count)
    assert found["flap_rate"] == flapped / found["customers"]


async def test_there_is_no_stability_of_nothing(scoring: Scoring) -> None:
    assert (await scoring.client.get("/v1/programmes/nothing/stability")).status_code == 404


async def test_what_the_worker_counted_today_is_told_and_recounted_by_nobody(
    scoring: Scoring, pool: asyncpg.Pool, background: Background
) -> None:
    await tell(pool, 3, (10, *FALL), (40, *RISE))
    await background.tally.count()
    await tell(pool, 4, (10, *FALL), (40, *RISE))
    kept = (await scoring.client.get(STABILITY)).json()
    assert (kept["flapped"], kept["moves"]) == (1, 2)
    # whole dates: the sweep of the night may still be deciding
    assert datetime.fromisoformat(kept["to"]) == datetime.combine(LAST_DAY, time(), UTC)


async def test_a_version_taken_back_on_its_day_leaves_nothing_that_was_counted_of_it(
    scoring: Scoring, pool: asyncpg.Pool, shop_url: str, background: Background
) -> None:
    counted = []
    first = await publish(pool, shop_url)
    await background.tally.count()
    second = await publish(pool, shop_url, club(downgrade="qualified"), version=2)
    path = f"/v1/programmes/{CLUB}/stability"
    for step in ("publish", "rollback"):
        if step == "rollback":
            back = await scoring.client.post(f"/v1/programmes/{CLUB}/rollback", json=WHY)
            assert back.status_code == 200, back.text
        # what was counted of the other release is not told: this is counted live, up to now
        assert datetime.fromisoformat((await scoring.client.get(path)).json()["to"]) == NOW
        await background.tally.count()
        counted.append(await pool.fetchval(COUNTED_OF, CLUB))
    assert counted == [second, first]
