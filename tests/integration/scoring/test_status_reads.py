"""A read of a status programme reflects every fact and every passed deadline, and says why."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.scoring.worker import background as worker_background
from tests.integration.scoring.conftest import Scoring, serving
from tests.status_shop import (
    CLUB,
    club,
    merge,
    pin,
    publish,
    sell,
    take_back,
    timeline_of,
    told_to,
)
from tests.trained import NOW, platform_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def tier_of(scoring: Scoring, index: int) -> dict[str, Any]:
    answer = await scoring.client.get(f"/v1/customers/c-{index}/tier?programme={CLUB}")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def session_tier_of(scoring: Scoring, index: int) -> dict[str, Any]:
    """Read as a session does; without what only a session tells."""
    asked = {
        "customer": {"customer_id": f"c-{index}"},
        "channel": "web",
        "programmes": [CLUB],
        "include": ["reasons"],
    }
    answer = await scoring.client.post("/v1/sessions", json=asked)
    assert answer.status_code == 200, answer.text
    (body,) = answer.json()["tiers"]
    return {name: body[name] for name in body if name not in ("pinned", "current")}


def z(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


@pytest.fixture
async def in_force(pool: asyncpg.Pool, shop_url: str) -> int:
    """The club in force over a base whose entries nobody has written yet."""
    return await publish(pool, shop_url)


async def test_who_has_bought_nothing_holds_the_entry_tier(in_force: int, scoring: Scoring) -> None:
    answer = await tier_of(scoring, 3)
    assert answer["tier"] == {"key": "regular", "rank": 0, "name": {"en": "Regular", "zh": "常客"}}
    assert (answer["status"], answer["valid_until"]) == ("held", None)
    assert (answer["release"], answer["model_version"]) == (f"r-{in_force}", None)
    needs = [{"metric": "stars", "missing": "500"}]
    assert answer["progress"]["next"] == {"tier": "silver", "needs": needs, "by": None}


async def test_before_a_release_the_programme_is_not_in_force(
    pool: asyncpg.Pool, shop_url: str, scoring: Scoring
) -> None:
    await publish(pool, shop_url)
    await pool.execute("DELETE FROM live_releases WHERE programme_key = $1", CLUB)
    answer = await tier_of(scoring, 3)
    assert [reason["code"] for reason in answer["reasons"]] == ["not_in_force"]


async def test_a_customer_nobody_knows_holds_the_entry_tier(
    in_force: int, scoring: Scoring
) -> None:
    answer = await tier_of(scoring, 10**6)
    assert (answer["known"], answer["tier"]["key"]) == (False, "regular")


async def test_a_purchase_shows_in_the_next_read(
    in_force: int, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await tier_of(scoring, 3)
    bought = await sell(pool, 3, 620)
    answer = await tier_of(scoring, 3)
    assert (answer["tier"]["key"], answer["since"]) == ("silver", z(bought.at))
    assert answer["valid_until"] == z(bought.at.replace(year=bought.at.year + 1))
    assert answer["progress"]["next"]["needs"] == [{"metric": "stars", "missing": "1880"}]
    texts = {reason["code"]: reason["text"] for reason in answer["reasons"]}
    assert texts["qualified"]["en"] == "Reached Silver: 500 stars in the last 12 months"
    assert texts["to_next"] == {
        "en": "620 of 2500 stars in the last 12 months for Gold",
        "zh": "金星：最近12个月内颗星 620/2500",
    }


async def test_an_unchanged_customer_is_looked_up(
    in_force: int, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await pool.execute(
        "UPDATE tier_current SET answer = '{\"kept\":1' WHERE programme_key = $1", CLUB
    )
    assert (await tier_of(scoring, 3))["kept"] == 1


async def test_a_returned_order_was_never_bought(
    in_force: int, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await sell(pool, 3, 200, NOW - 9 * DAY)
    before = await tier_of(scoring, 3)
    bought = await sell(pool, 3, 620)
    assert (await tier_of(scoring, 3))["tier"]["key"] == "silver"
    await take_back(pool, bought)
    after = await tier_of(scoring, 3)
    assert after["tier"] == before["tier"]
    assert after["progress"] == before["progress"]
    assert [step[1] for step in await timeline_of(pool, 3)] == ["regular", "silver", "regular"]


async def test_a_late_order_gives_what_it_would_have_given_and_history_a_correction(
    in_force: int, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    in_time, late = 3, 4
    for index in (in_time, late):
        await sell(pool, index, 300, NOW - 20 * DAY)
    await sell(pool, in_time, 300, NOW - 10 * DAY)
    await tier_of(scoring, late)
    await sell(pool, late, 300, NOW - 10 * DAY)
    answers = [await tier_of(scoring, index) for index in (in_time, late)]
    assert answers[0]["tier"]["key"] == "silver"
    for answer in answers:
        del answer["customer_id"]
        del answer["lifecycle"]  # the shop's other orders differ
    assert answers[0] == answers[1]
    assert await timeline_of(pool, in_time) == await timeline_of(pool, late)
    assert await told_to(pool, late) == [
        (None, "regular", "first_decision"),
        ("regular", "silver", "correction"),
    ]


async def test_a_merge_unites_and_history_says_so(
    in_force: int, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await sell(pool, 3, 300, NOW - 20 * DAY)
    await sell(pool, 4, 300, NOW - 10 * DAY)
    assert (await tier_of(scoring, 3))["tier"]["key"] == "regular"
    await merge(pool, 4, 3)
    united = await tier_of(scoring, 3)
    assert united["tier"]["key"] == "silver"
    assert await tier_of(scoring, 4) == united
    assert (await told_to(pool, 3))[-1] == ("regular", "silver", "correction")


async def test_a_pin_raises_while_it_lasts_and_counts_after_a_merge(
    in_force: int, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await pin(pool, 3, "gold", NOW - HOUR, NOW + HOUR)
    answer = await tier_of(scoring, 3)
    assert (answer["tier"]["key"], answer["status"]) == ("gold", "pinned")
    await merge(pool, 3, 4)
    assert (await tier_of(scoring, 4))["tier"]["key"] == "gold"


async def test_a_pinned_tier_ends_with_its_pin_and_the_way_up_begins_above_it(
    in_force: int, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await sell(pool, 3, 600, NOW - 20 * DAY)
    await pin(pool, 3, "gold", NOW - HOUR, NOW + 5 * DAY)
    await pin(pool, 4, "silver", NOW - HOUR, NOW + 5 * DAY)
    top, middle = await tier_of(scoring, 3), await tier_of(scoring, 4)
    assert [each["valid_until"] for each in (top, middle)] == [z(NOW + 5 * DAY)] * 2
    assert top["progress"] == {"next": None, "keep": None}
    assert middle["progress"]["next"]["tier"] == "gold"
    assert await session_tier_of(scoring, 3) == top
    batch = {"customer_ids": ["c-3", "c-4"], "programme": CLUB}
    answer = await scoring.client.post("/v1/tiers/query", json=batch)
    assert answer.json()["answers"] == [top, middle]


async def test_an_answer_of_the_version_before_ends_when_the_worker_starts(
    in_force: int, scoring: Scoring, pool: asyncpg.Pool, shop_url: str
) -> None:
    await pin(pool, 3, "gold", NOW - HOUR, NOW + 5 * DAY)
    told = [await tier_of(scoring, index) for index in (3, 4)]
    former = "UPDATE tier_current SET answer = convert_to(replace(convert_from(answer, 'UTF8'), "
    await pool.execute(f"{former} '\"valid_until\":\"', '\"valid_until\":\"1'), 'UTF8')")
    assert (await tier_of(scoring, 3))["valid_until"] == "1" + told[0]["valid_until"]
    async with worker_background(platform_of(shop_url)):
        pass
    assert [await tier_of(scoring, index) for index in (3, 4)] == told


async def test_with_every_scheduler_dead_a_read_shows_no_expired_tier(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await publish(pool, shop_url, now=NOW - 400 * DAY)
    bought = await sell(pool, 3, 620, NOW - 390 * DAY)
    async with serving(shop_url, (NOW - 380 * DAY).isoformat()) as then:
        assert (await tier_of(then, 3))["tier"]["key"] == "silver"
    async with serving(shop_url) as now:
        answer = await tier_of(now, 3)
    assert answer["tier"]["key"] == "regular"
    assert answer["since"] == z(bought.at.replace(year=bought.at.year + 1))


async def test_a_clock_set_back_shows_what_held_then(pool: asyncpg.Pool, shop_url: str) -> None:
    await publish(pool, shop_url, now=NOW - 400 * DAY)
    await sell(pool, 3, 620, NOW - 390 * DAY)
    then = (NOW - 380 * DAY).isoformat()
    async with serving(shop_url, then) as before:
        first = await tier_of(before, 3)
    async with serving(shop_url) as ahead:
        await tier_of(ahead, 3)
    async with serving(shop_url, then) as back:
        assert await session_tier_of(back, 3) == first
    async with serving(shop_url) as ahead:
        await tier_of(ahead, 3)
    async with serving(shop_url, then) as back:
        assert await tier_of(back, 3) == first
    assert [step[1] for step in await timeline_of(pool, 3)] == ["silver"]


async def test_a_new_version_never_shortens_what_was_promised(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await publish(pool, shop_url, now=NOW - 40 * DAY)
    await sell(pool, 3, 620, NOW - 39 * DAY)
    harder = club()
    harder["tiers"][1]["enter"] = {"all": {"stars": 1000}}
    second = await publish(pool, shop_url, harder, version=2, now=NOW)
    async with serving(shop_url) as scoring:
        answer = await tier_of(scoring, 3)
    assert (answer["tier"]["key"], answer["release"]) == ("silver", f"r-{second}")
    assert answer["programme_version"] == 2


async def test_a_programme_of_rules_has_no_explanation_by_the_model(
    in_force: int, scoring: Scoring
) -> None:
    answer = await scoring.client.get(f"/v1/customers/c-3/explanation?programme={CLUB}")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/not_by_model")


async def test_scores_go_by_the_model_also_where_rules_are_the_default(
    in_force: int, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await pool.execute("UPDATE programmes SET is_default = (programme_key = $1)", CLUB)
    assert (await scoring.tier("c-3"))["programme"] == CLUB
    answers = [
        await scoring.client.get(f"/v1/customers/c-3/{what}")
        for what in ("score", "features", "explanation")
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
