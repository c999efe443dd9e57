"""One customer and the whole base are decided alike, and at once only once."""

from datetime import UTC, datetime, time, timedelta

import asyncpg

from services.scoring.domain.status.deciding import Instant, decide_status
from services.scoring.queries.bases.whole_days import EVERYBODY
from services.scoring.queries.bases.whole_status import read_status_range
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.queries.tiers.status_decisions import store_status
from services.scoring.queries.tiers.status_facts import read_status
from services.scoring.usecases.decide_status import deciding
from services.scoring.worker import make_background
from tests.integration.scoring.conftest import Scoring
from tests.shop_facts import LAST_DAY, profile_id
from tests.status_shop import (
    CLUB,
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


async def test_one_customer_is_decided_as_the_whole_base_is(
    pool: asyncpg.Pool, shop_url: str, scoring: Scoring
) -> None:
    bought = [await sell(pool, index, 200 + 40 * index, NOW - index * DAY) for index in range(60)]
    for each in bought[::7]:
        await take_back(pool, each, NOW - HOUR)
    await pin(pool, 5, "gold", NOW - HOUR)
    await merge(pool, 8, 9)
    await publish(pool, shop_url)
    rows = "SELECT * FROM tier_current WHERE programme_key = $1 ORDER BY profile_id"
    steps = "SELECT * FROM tier_timeline WHERE programme_key = $1 ORDER BY profile_id, at"
    base = [await pool.fetch(query, CLUB) for query in (rows, steps)]
    assert len(base[0]) == 399
    await pool.execute("DELETE FROM tier_current WHERE programme_key = $1", CLUB)
    await pool.execute("DELETE FROM tier_timeline WHERE programme_key = $1", CLUB)
    asked = [{"customer_id": f"c-{index}"} for index in range(400)]
    answer = await scoring.client.post(
        "/v1/tiers/query", json={"customers": asked, "programme": CLUB}
    )
    assert answer.status_code == 200
    assert [await pool.fetch(query, CLUB) for query in (rows, steps)] == base


async def test_a_range_of_the_base_is_read_as_its_customers_are(
    pool: asyncpg.Pool,
) -> None:
    bought = await sell(pool, 3, 100)
    await take_back(pool, bought)
    async with pool.acquire() as connection:
        chunks = [
            c async for c in read_status_range(connection, EVERYBODY, CLUB, LAST_DAY, chunk=90)
        ]
    found = {each.profile_id: each for chunk in chunks for each in chunk.customers}
    assert len(found) == 400
    assert {row.reverses for row in found[profile_id(3)].rows} == {None, bought.entry_id}
    assert found[profile_id(4)].rows == []


async def test_two_events_decided_at_once_tell_a_rise_once(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    release_id = await publish(pool, shop_url)
    parts = make_background(pool, platform_of(shop_url))
    moment = Moment(NOW, LAST_DAY)
    waiting = []
    for yuan in (620, 10):
        await sell(pool, 3, yuan)
        snapshot = await read_status(pool, [profile_id(3)], CLUB, LAST_DAY)
        release = await parts.decider.status.release(release_id)
        instant = Instant(NOW, LAST_DAY, lambda day: datetime.combine(day, time(), tzinfo=UTC))
        decisions = decide_status(snapshot.customers, release, instant)
        waiting.append((decisions, deciding(snapshot, release, moment)))
    for decisions, shared in waiting:
        await store_status(pool, decisions, shared)
    assert await told_to(pool, 3) == [
        (None, "regular", "first_decision"),
        ("regular", "silver", "correction"),
    ]
    assert (await timeline_of(pool, 3))[-1][1] == "silver"
