"""Tiers that change by themselves: reviewed once, dated at their boundary, announced once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.scoring.worker import make_background
from tests.integration.scoring.conftest import serving
from tests.shop_facts import profile_id
from tests.status_shop import CLUB, club, merge, pin, publish, sell, timeline_of, told_to
from tests.trained import NOW, platform_of

DAY = timedelta(days=1)
#: When silver was reached that ends on the morning of NOW's date.
A_YEAR_AGO = NOW.replace(year=NOW.year - 1, hour=8)
ENDS = NOW.replace(hour=8)
BEFORE = A_YEAR_AGO + DAY


async def review(url: str, pool: asyncpg.Pool, now: datetime) -> None:
    """Work off what is due at an instant, as one worker does."""
    reviewer = make_background(pool, platform_of(url, now.isoformat())).reviewer
    while await reviewer.review():
        pass


async def due(pool: asyncpg.Pool) -> list[tuple[Any, ...]]:
    rows = await pool.fetch("SELECT profile_id, due_at FROM due_reviews ORDER BY profile_id")
    return [tuple(row) for row in rows]


async def announced(pool: asyncpg.Pool) -> list[tuple[str, dict[str, Any], datetime]]:
    rows = await pool.fetch("SELECT kind, body, at FROM announcements ORDER BY sequence")
    return [(row["kind"], row["body"], row["at"]) for row in rows]


@pytest.fixture
async def silver(pool: asyncpg.Pool, shop_url: str) -> int:
    """The club, and one customer who has been silver for a day, a year before ENDS."""
    await sell(pool, 3, 620, A_YEAR_AGO)
    await publish(pool, shop_url, now=BEFORE)
    await pool.execute("DELETE FROM announcements")
    return 3


async def test_a_release_notes_when_each_tier_changes_by_itself(
    silver: int, pool: asyncpg.Pool
) -> None:
    assert await due(pool) == [(profile_id(silver), ENDS - 30 * DAY)]


async def test_a_warning_is_announced_once_when_it_is_due(
    silver: int, pool: asyncpg.Pool, shop_url: str
) -> None:
    for hours in (0, 1, 30):
        await review(shop_url, pool, ENDS - 30 * DAY + timedelta(hours=hours))
    ((kind, body, _),) = await announced(pool)
    assert kind == "tier.will_change"
    assert (body["from"]["key"], body["to"]["key"]) == ("silver", "regular")
    assert datetime.fromisoformat(body["at"]) == ENDS
    assert await due(pool) == [(profile_id(silver), ENDS)]


async def test_a_scheduler_days_late_dates_the_fall_at_its_boundary(
    silver: int, pool: asyncpg.Pool, shop_url: str
) -> None:
    await review(shop_url, pool, ENDS - 20 * DAY)
    await review(shop_url, pool, ENDS + 3 * DAY)
    told = {kind: (body, at) for kind, body, at in await announced(pool)}
    assert sorted(told) == ["tier.changed", "tier.expired", "tier.will_change"]
    assert told["tier.expired"][1] == ENDS
    assert datetime.fromisoformat(told["tier.expired"][0]["at"]) == ENDS
    assert [(at, tier) for at, tier, _ in await timeline_of(pool, silver)][-1] == (ENDS, "regular")
    assert (await told_to(pool, silver))[-1] == ("silver", "regular", "review_lowered")
    assert await due(pool) == []


async def test_two_schedulers_fire_each_review_once(pool: asyncpg.Pool, shop_url: str) -> None:
    for index in range(300):
        await sell(pool, index, 620, A_YEAR_AGO + timedelta(seconds=index))
    await publish(pool, shop_url, now=BEFORE)
    await pool.execute("DELETE FROM announcements")
    late = NOW + DAY
    await asyncio.gather(*(review(shop_url, pool, late) for _ in range(2)))
    kinds = [kind for kind, _, _ in await announced(pool)]
    assert kinds.count("tier.expired") == 300
    assert kinds.count("tier.changed") == 300
    assert (
        await pool.fetchval("SELECT count(*) FROM tier_history WHERE reason = 'review_lowered'")
        == 300
    )
    assert await due(pool) == []


async def test_readers_and_schedulers_at_once_announce_once(
    silver: int, pool: asyncpg.Pool, shop_url: str
) -> None:
    async with serving(shop_url, NOW.isoformat()) as scoring:
        path = f"/v1/customers/c-{silver}/tier?programme={CLUB}"
        reads = [scoring.client.get(path) for _ in range(6)]
        answers = await asyncio.gather(*reads, *(review(shop_url, pool, NOW) for _ in range(2)))
    assert {answer.json()["tier"]["key"] for answer in answers if answer is not None} == {"regular"}
    assert [kind for kind, _, _ in await announced(pool)].count("tier.expired") == 1


async def test_a_purchase_puts_the_review_off(
    silver: int, pool: asyncpg.Pool, shop_url: str
) -> None:
    again = A_YEAR_AGO + 90 * DAY
    await sell(pool, silver, 700, again)
    async with serving(shop_url, again.isoformat()) as scoring:
        await scoring.client.get(f"/v1/customers/c-{silver}/tier?programme={CLUB}")
    await review(shop_url, pool, NOW)
    assert [kind for kind, _, _ in await announced(pool)] == []
    assert (await timeline_of(pool, silver))[-1][1] == "silver"


async def test_a_customer_merged_away_is_not_reviewed(
    silver: int, pool: asyncpg.Pool, shop_url: str
) -> None:
    await merge(pool, silver, 4)
    await review(shop_url, pool, NOW)
    assert await announced(pool) == []
    assert await due(pool) == []


async def test_a_pin_that_ends_gives_way_at_its_end(pool: asyncpg.Pool, shop_url: str) -> None:
    await publish(pool, shop_url)
    until = NOW + DAY
    await pin(pool, 3, "gold", NOW - timedelta(hours=1), until)
    async with serving(shop_url) as scoring:
        await scoring.client.get(f"/v1/customers/c-3/tier?programme={CLUB}")
    assert await due(pool) == [(profile_id(3), until)]
    await review(shop_url, pool, NOW + 2 * DAY)
    assert (await timeline_of(pool, 3))[-1][:2] == (until, "regular")
    assert (await told_to(pool, 3))[-1] == ("gold", "regular", "pin_ended")


async def test_reviewing_more_often_changes_nothing(
    silver: int, pool: asyncpg.Pool, shop_url: str
) -> None:
    for days in range(0, 420, 20):
        await review(shop_url, pool, A_YEAR_AGO + days * DAY)
    often = await timeline_of(pool, silver)
    await pool.execute("DELETE FROM tier_current WHERE programme_key = $1", CLUB)
    async with serving(shop_url, (A_YEAR_AGO + 400 * DAY).isoformat()) as scoring:
        await scoring.client.get(f"/v1/customers/c-{silver}/tier?programme={CLUB}")
    assert await timeline_of(pool, silver) == often


async def test_whoever_is_near_a_fall_when_a_programme_begins_is_warned(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await sell(pool, 3, 620, A_YEAR_AGO)
    await publish(pool, shop_url, now=ENDS - 5 * DAY)
    await review(shop_url, pool, ENDS - 5 * DAY)
    await publish(pool, shop_url, club(), version=2, now=ENDS - 4 * DAY)
    await review(shop_url, pool, ENDS - 4 * DAY)
    kinds = [kind for kind, _, _ in await announced(pool)]
    assert kinds.count("tier.will_change") == 1


async def test_whoever_is_near_a_fall_when_first_decided_is_warned_too(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await publish(pool, shop_url, now=BEFORE)
    await pool.execute("DELETE FROM tier_current WHERE programme_key = $1", CLUB)
    await sell(pool, 3, 620, A_YEAR_AGO)
    near = ENDS - 5 * DAY
    async with serving(shop_url, near.isoformat()) as scoring:
        await scoring.client.get(f"/v1/customers/c-3/tier?programme={CLUB}")
    for _ in range(2):
        await review(shop_url, pool, near)
    kinds = [kind for kind, _, _ in await announced(pool)]
    assert kinds.count("tier.will_change") == 1
    assert await due(pool) == [(profile_id(3), ENDS)]


async def test_a_release_that_cannot_be_loaded_holds_up_no_other_programme(
    silver: int, pool: asyncpg.Pool, shop_url: str
) -> None:
    await publish(pool, shop_url, key="broken", now=BEFORE)
    await pool.execute("UPDATE releases SET schedule = NULL WHERE programme_key = 'broken'")
    await review(shop_url, pool, NOW)
    left = await pool.fetch("SELECT programme_key FROM due_reviews")
    assert [row[0] for row in left] == ["broken"]
    assert (await timeline_of(pool, silver))[-1][:2] == (ENDS, "regular")
