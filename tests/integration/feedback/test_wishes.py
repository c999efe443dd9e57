"""Presets of greetings from their document to their tasks, as the worker makes them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from tests.integration.feedback.care_rows import add_customer, empty_shop, say
from tests.integration.feedback.care_work import care, who_has_tasks, work

BORN = {"demography": {"birthday": "1990-11-23"}}
#: Ten in the morning of the 23rd in Shanghai, a day after the playbooks went live.
MORNING = datetime(2026, 11, 23, 2, tzinfo=UTC)


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> asyncpg.Pool:
    await empty_shop(pool)
    await pool.execute("DELETE FROM customer_sheets")
    return pool


async def go_live(http: httpx.AsyncClient, key: str, **trigger: Any) -> None:
    """Post a preset as it is shown, live."""
    presets = (await http.get("/v1/playbooks/presets")).json()["items"]
    (document,) = [each["document"] for each in presets if each["key"] == key]
    document["trigger"] |= trigger
    answer = await http.post("/v1/playbooks", json=document | {"key": key, "state": "live"})
    assert answer.status_code == 201, answer.text


async def test_everybody_is_wished_well_once_whatever_workers_and_clocks_do(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    for number in range(3):
        await add_customer(shop, number, attributes=BORN)
    await add_customer(shop, 3)
    await go_live(http, "birthday")
    await asyncio.gather(*(work(shop, care(), MORNING, chunk=1) for _ in range(3)))
    for hours in (-3, -26, 5, 24, 48):
        await work(shop, care(), MORNING + timedelta(hours=hours))
    assert await who_has_tasks(shop) == ["c-0", "c-1", "c-2"]


async def test_worker_that_was_away_for_three_days_is_late_and_after_that_silent(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await go_live(http, "birthday")
    await add_customer(shop, 0, attributes=BORN)
    await add_customer(shop, 1, attributes={"birthday": "11-22"})
    await work(shop, care(), MORNING + timedelta(days=3))
    assert await who_has_tasks(shop) == ["c-0"]


async def test_who_withdrew_marketing_and_who_was_erased_are_wished_nothing(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await go_live(http, "birthday")
    withdrawn = await add_customer(shop, 0, attributes=BORN)
    await say(shop, withdrawn, "marketing", granted=False, at=MORNING)
    erased = await add_customer(shop, 1, attributes=BORN)
    await shop.execute("UPDATE customers SET erased_at = $2 WHERE profile_id = $1", erased, MORNING)
    await add_customer(shop, 2, attributes=BORN)
    await work(shop, care(), MORNING)
    assert await who_has_tasks(shop) == ["c-2"]


async def test_wish_is_written_in_both_languages_for_the_channel_of_the_tier(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await go_live(http, "birthday")
    await add_customer(shop, 0, tier="high", attributes=BORN)
    await add_customer(shop, 1, tier="low", attributes=BORN)
    await work(shop, care(), MORNING)
    rows = await shop.fetch("SELECT channel, title, message FROM tasks ORDER BY customer_id")
    assert [row["channel"] for row in rows] == ["phone", "sms"]
    assert rows[0]["title"]["en"] == "Birthday of a High value customer"
    assert rows[0]["message"]["zh"].startswith("{name}，祝您生日快乐！")


async def test_spring_festival_is_greeted_once_around_its_day(
    shop: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await go_live(http, "spring-festival")
    await add_customer(shop, 0)
    festival = datetime(2027, 2, 6, 2, tzinfo=UTC)
    await work(shop, care(), festival - timedelta(days=2))
    assert await who_has_tasks(shop) == []
    for days in (-1, 0, 1, 2):
        await work(shop, care(), festival + timedelta(days=days))
    assert await who_has_tasks(shop) == ["c-0"]
    row = await shop.fetchrow("SELECT title, details FROM tasks")
    assert row["title"] == {"en": "Spring Festival greetings", "zh": "春节祝福"}
    await add_customer(shop, 1)
    await work(shop, care(), datetime(2028, 1, 26, 2, tzinfo=UTC))
    assert await who_has_tasks(shop) == ["c-0", "c-0", "c-1"]


@pytest.mark.parametrize("key", ["frequency-drop", "win-back", "vip-call-back", "low-cost-channel"])
async def test_other_presets_may_go_live_as_they_are(
    shop: asyncpg.Pool, http: httpx.AsyncClient, key: str
) -> None:
    # tiers of the shop's programme here: high and low; the preset names the middle one too
    document = {"kind": "value", "tiers": [{"key": k, "name": {"en": k, "zh": k}} for k in _TIERS]}
    await shop.execute("UPDATE programme_versions SET document = $1", document)
    await go_live(http, key)
    await work(shop, care(), MORNING)
    assert await who_has_tasks(shop) == []


_TIERS = ("high", "mid", "low")
