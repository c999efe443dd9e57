"""Farming does not pay: tiny orders, returns after the benefit, split orders, too many a day."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from services.scoring.worker import make_background
from shared.ids import short_key
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import profile_id
from tests.status_shop import CLUB, club, publish, sell, take_back
from tests.trained import NOW, platform_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHO = 3
OWN = profile_id(WHO)
POINTS: dict[str, Any] = {"earn": {"per": "1.00", "points": 1}, "expiry": {"months": 12}}
GIFT = {
    "key": "gift",
    "kind": "gift",
    "name": {"en": "A gift", "zh": "礼品"},
    "tiers": ["silver", "gold"],
    "quota": {"count": 1, "per": "year"},
}
VELOCITY = {"orders_per_day": 20, "pin": "base_tier"}


async def sell_many(pool: asyncpg.Pool, amounts: Sequence[int], days_ago: int = 0) -> None:
    """Fold sales (minor units) of one day into the facts that programmes read."""
    start = NOW - DAY * days_ago - 10 * HOUR
    rows = [
        (OWN, short_key("tiny", str(days_ago), str(n)), start + n * timedelta(seconds=20), net)
        for n, net in enumerate(amounts)
    ]
    async with pool.acquire() as connection, connection.transaction():
        await connection.executemany(
            "INSERT INTO entries (profile_id, entry_id, at, known_at, spend, margin, orders,"
            " quantity_milli) VALUES ($1, $2, $3, $3, $4, $4, 1, 1000)",
            rows,
        )
        await connection.execute(
            "UPDATE customers SET version = version + 1 WHERE profile_id = $1", OWN
        )


async def return_all(pool: asyncpg.Pool) -> None:
    """Fold the return of every order into the facts."""
    await pool.execute(
        "INSERT INTO entries (profile_id, entry_id, reverses, at, known_at, spend, margin, orders,"
        " quantity_milli) SELECT profile_id, sha256(entry_id), entry_id, at, $2, -spend, -margin,"
        " -1, -1000 FROM entries WHERE profile_id = $1 AND reverses IS NULL",
        OWN,
        NOW,
    )
    await pool.execute("UPDATE customers SET version = version + 1 WHERE profile_id = $1", OWN)


async def tier_of(scoring: Scoring) -> str:
    answer = await scoring.client.get(f"/v1/customers/c-{WHO}/tier?programme={CLUB}")
    assert answer.status_code == 200, answer.text
    key: str = answer.json()["tier"]["key"]
    return key


async def balance_of(scoring: Scoring) -> int:
    answer = await scoring.client.get(f"/v1/customers/c-{WHO}/points")
    assert answer.status_code == 200, answer.text
    balance: int = answer.json()["balance"]
    return balance


async def look(pool: asyncpg.Pool, url: str) -> None:
    """Look at the changed customer as the worker does before it decides them."""
    await make_background(pool, platform_of(url)).velocity.look([OWN])


async def pins(pool: asyncpg.Pool) -> list[tuple[str, str, str]]:
    rows = await pool.fetch("SELECT mode, tier_key, actor FROM pins WHERE ended_at IS NULL")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("rules", "tier", "points"),
    [
        # whole stars and points per full yuan of one order: cents never add up
        ({}, "regular", 0),
        ({"metrics": {"stars": {"of": "orders"}}}, "silver", 0),
        (
            {"metrics": {"stars": {"of": "orders"}}, "counting": {"min_order": "5.00"}},
            "regular",
            0,
        ),
    ],
)
async def test_a_thousand_orders_of_a_cent_earn_nothing_where_orders_have_a_minimum(
    pool: asyncpg.Pool, shop_url: str, rules: dict[str, Any], tier: str, points: int
) -> None:
    await publish(pool, shop_url, club(points=POINTS, **rules))
    await sell_many(pool, [1] * 1000)
    async with serving(shop_url) as scoring:
        assert (await tier_of(scoring), await balance_of(scoring)) == (tier, points)
        await return_all(pool)
        assert (await tier_of(scoring), await balance_of(scoring)) == ("regular", 0)


async def test_returning_everything_after_the_benefit_ends_tier_and_points_and_leaves_a_debt(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await publish(pool, shop_url, club(points=POINTS, benefits=[GIFT]))
    bought = await sell(pool, WHO, 600)
    gift = f"/v1/customers/c-{WHO}/entitlements/gift/redeem"
    spend = f"/v1/customers/c-{WHO}/points/redeem"
    async with serving(shop_url) as scoring:
        assert (await scoring.client.post(gift, json={})).status_code == 201
        assert (await scoring.client.post(spend, json={"points": 400})).status_code == 201
        await take_back(pool, bought)
        assert (await tier_of(scoring), await balance_of(scoring)) == ("regular", -400)
        assert (await scoring.client.post(gift, json={})).status_code == 409
        assert (await scoring.client.post(spend, json={"points": 1})).status_code == 409
        # buying again pays the debt first, and brings no second gift in the same year
        await sell(pool, WHO, 600)
        assert (await tier_of(scoring), await balance_of(scoring)) == ("silver", 200)
        refused = await scoring.client.post(gift, json={})
        assert refused.json()["type"].endswith("/quota_used_up")


async def test_what_may_still_be_returned_gives_neither_tier_nor_points(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await publish(pool, shop_url, club(points=POINTS, pending_days=14))
    bought = await sell(pool, WHO, 600, NOW - 3 * DAY)
    async with serving(shop_url) as scoring:
        assert (await tier_of(scoring), await balance_of(scoring)) == ("regular", 0)
    later = (NOW + 12 * DAY).isoformat()
    async with serving(shop_url, later) as scoring:
        assert (await tier_of(scoring), await balance_of(scoring)) == ("silver", 600)
    await take_back(pool, bought)
    async with serving(shop_url, later) as scoring:
        assert (await tier_of(scoring), await balance_of(scoring)) == ("regular", 0)


@pytest.mark.parametrize(("most", "points"), [(2, 200), (10, 600)])
async def test_an_order_split_in_six_earns_no_more_than_the_cap_of_its_day(
    pool: asyncpg.Pool, shop_url: str, most: int, points: int
) -> None:
    counting = {"max_orders_per_day": most}
    await publish(pool, shop_url, club(points=POINTS, counting=counting))
    await sell_many(pool, [100_00] * 6)
    async with serving(shop_url) as scoring:
        assert await balance_of(scoring) == points
        assert await tier_of(scoring) == ("silver" if points >= 500 else "regular")


async def test_too_many_orders_a_day_cap_the_tier_until_somebody_has_looked(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await publish(pool, shop_url, club(velocity=VELOCITY))
    await sell_many(pool, [100_00] * 25)
    async with serving(shop_url) as scoring:
        assert await tier_of(scoring) == "gold"
        for _ in range(2):
            await look(pool, shop_url)
        assert await pins(pool) == [("ceiling", "regular", "velocity")]
        assert await tier_of(scoring) == "regular"
        noted = "SELECT actor FROM audit_log WHERE action = 'pin.given'"
        assert [row["actor"] for row in await pool.fetch(noted)] == ["velocity"]
        path = f"/v1/customers/c-{WHO}/pins"
        (pin,) = (await scoring.client.get(path)).json()["items"]
        assert pin["reason"] == f"25 orders on {NOW.date()}: 20 a day are suspicious"
        assert (await scoring.client.delete(f"{path}/{pin['pin_id']}")).status_code == 200
        # somebody has looked: the same day caps nobody again, another one does
        await look(pool, shop_url)
        assert (await pins(pool), await tier_of(scoring)) == ([], "gold")
        await sell_many(pool, [100_00] * 20, days_ago=1)
        await look(pool, shop_url)
        assert await pins(pool) == [("ceiling", "regular", "velocity")]


@pytest.mark.parametrize(
    ("rule", "orders", "days_ago"),
    [
        (VELOCITY, 19, 0),
        # an import of old history is nobody's haste
        (VELOCITY, 25, 30),
        (None, 25, 0),
    ],
)
async def test_who_is_not_capped(
    pool: asyncpg.Pool, shop_url: str, rule: dict[str, Any] | None, orders: int, days_ago: int
) -> None:
    await publish(pool, shop_url, club(**({} if rule is None else {"velocity": rule})))
    await sell_many(pool, [100_00] * orders, days_ago)
    await look(pool, shop_url)
    assert await pins(pool) == []
