"""A wallet follows facts, commands and the clock; nobody redeems into debt, not even at once."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from shared.contracts.points import PointsAnswer
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import profile_id
from tests.status_shop import club, merge, pin, publish, sell, take_back
from tests.trained import NOW

DAY = timedelta(days=1)
POINTS: dict[str, Any] = {"earn": {"per": "1.00", "points": 1}, "expiry": {"months": 12}}
WHO = 3


def day(year: int, month: int, date: int) -> datetime:
    return datetime(year, month, date, tzinfo=UTC)


async def points(scoring: Scoring, index: int = WHO) -> PointsAnswer:
    answer = await scoring.client.get(f"/v1/customers/c-{index}/points")
    assert answer.status_code == 200, answer.text
    return PointsAnswer.model_validate(answer.json())


async def ask(
    scoring: Scoring, what: str, index: int = WHO, key: str | None = None, **body: Any
) -> httpx.Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    path = f"/v1/customers/c-{index}/points/{what}"
    return await scoring.client.post(path, json=body, headers=headers)


async def entries(scoring: Scoring, index: int = WHO, **query: Any) -> list[tuple[str, int]]:
    answer = await scoring.client.get(f"/v1/customers/c-{index}/points/entries", params=query)
    return [(each["kind"], each["points"]) for each in answer.json()["items"]]


async def told(pool: asyncpg.Pool) -> list[tuple[str, int, int]]:
    rows = await pool.fetch(
        "SELECT kind, body FROM announcements WHERE kind LIKE 'points.%' ORDER BY sequence"
    )
    return [(row["kind"], row["body"]["points"], row["body"]["balance"]) for row in rows]


@pytest.fixture
async def shop(pool: asyncpg.Pool, shop_url: str) -> str:
    """A club that gives a point per yuan, for a year."""
    await publish(pool, shop_url, club(points=POINTS), now=day(2024, 1, 1))
    return shop_url


async def test_the_worked_example_comes_out_to_the_number_over_http(
    shop: str, pool: asyncpg.Pool
) -> None:
    o1 = await sell(pool, WHO, 100, day(2025, 1, 10))
    await sell(pool, WHO, 200, day(2024, 9, 10))
    async with serving(shop, "2025-08-01T00:00:00Z") as scoring:
        reward = (await ask(scoring, "redeem", points=150)).json()
        assert reward["balance"] == 150
    async with serving(shop, "2025-09-10T00:00:00Z") as scoring:
        assert (await points(scoring)).balance == 100
    async with serving(shop, "2025-09-11T00:00:00Z") as scoring:
        cancelled = await ask(scoring, f"redemptions/{reward['redemption_id']}/cancel")
        assert (cancelled.json()["returned"], cancelled.json()["balance"]) == (0, 100)
    async with serving(shop, "2025-09-12T00:00:00Z") as scoring:
        assert (await ask(scoring, "redeem", points=80)).json()["balance"] == 20
    await take_back(pool, o1, day(2025, 9, 13))
    async with serving(shop, "2025-09-13T00:00:00Z") as scoring:
        now = await points(scoring)
        assert (now.balance, now.debt, now.lots) == (-80, 80, [])
        refused = await ask(scoring, "redeem", points=1)
        assert (refused.status_code, refused.json()["type"].split("/")[-1]) == (409, "points_short")
    await sell(pool, WHO, 120, day(2025, 9, 14))
    async with serving(shop, "2025-09-14T00:00:00Z") as scoring:
        assert (await points(scoring)).balance == 40
        found = await entries(scoring)
    assert sum(points for _, points in found) == 40
    assert found[::-1] == [
        ("earned", 200),
        ("earned", 100),
        ("redeemed", -150),
        ("expired", -50),
        ("cancelled", 0),
        ("redeemed", -80),
        ("clawed_back", -100),
        ("earned", 120),
    ]


async def test_a_purchase_counts_in_the_next_read(shop: str, pool: asyncpg.Pool) -> None:
    async with serving(shop) as scoring:
        assert (await points(scoring)).balance == 0
        bought = await sell(pool, WHO, 42)
        now = await points(scoring)
    assert now.balance == 42
    assert now.next_expiry is not None
    assert now.next_expiry.expires_at == day(bought.at.year + 1, bought.at.month, bought.at.day)


async def test_a_hundred_redemptions_at_once_take_what_is_there_and_no_more(
    shop: str, pool: asyncpg.Pool
) -> None:
    await sell(pool, WHO, 250)
    async with serving(shop) as scoring:
        answers = await asyncio.gather(*(ask(scoring, "redeem", points=30) for _ in range(100)))
        assert Counter(each.status_code for each in answers) == {201: 8, 409: 92}
        assert (await points(scoring)).balance == 10
    assert await pool.fetchval("SELECT count(*) FROM points_commands") == 8
    stored = "SELECT sum(points) FROM points_entries WHERE NOT is_withdrawn"
    assert await pool.fetchval(stored) == 10


async def test_the_same_key_redeems_once(shop: str, pool: asyncpg.Pool) -> None:
    await sell(pool, WHO, 100)
    async with serving(shop) as scoring:
        first = await ask(scoring, "redeem", key="k", points=60)
        again = await ask(scoring, "redeem", key="k", points=60)
        assert first.json() == again.json()
        assert (await points(scoring)).balance == 40


async def test_a_cancelled_redemption_gives_back_once(shop: str, pool: asyncpg.Pool) -> None:
    await sell(pool, WHO, 100)
    async with serving(shop) as scoring:
        made = (await ask(scoring, "redeem", points=60)).json()["redemption_id"]
        answers = await asyncio.gather(
            *(ask(scoring, f"redemptions/{made}/cancel") for _ in range(5))
        )
        assert {(each.json()["returned"], each.json()["balance"]) for each in answers} == {
            (60, 100)
        }
        assert (await ask(scoring, f"redemptions/{made}/cancel", index=4)).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "balance"), [(50, 201, 150), (-100, 201, 0), (-101, 409, 100)]
)
async def test_points_are_given_and_taken_by_hand(
    shop: str, pool: asyncpg.Pool, change: int, status: int, balance: int
) -> None:
    await sell(pool, WHO, 100)
    async with serving(shop) as scoring:
        answer = await ask(scoring, "adjust", points=change, reason="a late delivery")
        assert answer.status_code == status
        assert (await points(scoring)).balance == balance
    noted = await pool.fetchval("SELECT count(*) FROM audit_log WHERE action = 'points.adjusted'")
    assert noted == (status == 201)


async def test_a_statement_is_read_page_by_page(shop: str, pool: asyncpg.Pool) -> None:
    for yuan in range(1, 6):
        await sell(pool, WHO, yuan, NOW - yuan * DAY)
    async with serving(shop) as scoring:
        path = f"/v1/customers/c-{WHO}/points/entries"
        seen: list[int] = []
        query: dict[str, Any] = {"limit": 2}
        while True:
            page = (await scoring.client.get(path, params=query)).json()
            seen += [each["points"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        assert seen == [1, 2, 3, 4, 5]
        bad = {"cursor": "0" * 32}
        assert (await scoring.client.get(path, params=bad)).status_code == 422


async def test_orders_earn_in_the_tier_that_was_held_before_them(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    factors = {"earn": {"per": "1.00", "points": 1, "tiers": {"silver": "2"}}}
    await sell(pool, WHO, 600, NOW - 9 * DAY)
    await publish(pool, shop_url, club(points=POINTS | factors))
    await sell(pool, WHO, 100, NOW - 5 * DAY)
    async with serving(shop_url) as scoring:
        assert (await points(scoring)).balance == 600 + 200
        # told late: it made them silver before the first order that is known
        await sell(pool, WHO, 500, NOW - 20 * DAY)
        assert (await points(scoring)).balance == 500 + 1200 + 200


async def test_a_pin_by_hand_earns_as_the_tier_it_shows(pool: asyncpg.Pool, shop_url: str) -> None:
    factors = {"earn": {"per": "1.00", "points": 1, "tiers": {"gold": "3"}}}
    await publish(pool, shop_url, club(points=POINTS | factors))
    await pin(pool, WHO, "gold", NOW - 3 * DAY, NOW - DAY)
    await sell(pool, WHO, 10, NOW - 2 * DAY)
    await sell(pool, WHO, 10, NOW - timedelta(hours=1))
    async with serving(shop_url) as scoring:
        assert (await points(scoring)).balance == 30 + 10


async def test_what_two_customers_have_is_one_wallet_once_they_are_one(
    shop: str, pool: asyncpg.Pool
) -> None:
    await sell(pool, 3, 100)
    await sell(pool, 4, 50)
    async with serving(shop) as scoring:
        assert (await ask(scoring, "redeem", index=4, points=20)).status_code == 201
        await merge(pool, 4, 3)
        assert [(await points(scoring, index)).balance for index in (3, 4)] == [130, 130]
        assert (await ask(scoring, "redeem", index=4, points=130)).json()["balance"] == 0
    rows = await pool.fetch(
        "SELECT profile_id, sum(points) FROM points_entries WHERE NOT is_withdrawn GROUP BY 1"
    )
    assert [tuple(row) for row in rows] == [(profile_id(3), 0)]


async def test_redeeming_tells_what_was_earned_and_redeemed(shop: str, pool: asyncpg.Pool) -> None:
    async with serving(shop) as scoring:
        await sell(pool, WHO, 100)
        await ask(scoring, "redeem", points=30)
        await ask(scoring, "redeem", points=30)
    assert await told(pool) == [
        ("points.earned", 100, 70),
        ("points.redeemed", -30, 70),
        ("points.redeemed", -30, 40),
    ]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/customers/c-3/points?programme=nope", 404),
        ("/v1/customers/c-3/points?programme=value", 409),
        ("/v1/customers/c-3/points", 200),
        ("/v1/customers/nobody/points", 200),
        ("/v1/customers/nobody/points/entries", 404),
    ],
)
async def test_status_of_odd_questions(shop: str, path: str, status: int) -> None:
    async with serving(shop) as scoring:
        assert (await scoring.client.get(path)).status_code == status


async def test_without_a_programme_that_gives_points_there_is_no_wallet(scoring: Scoring) -> None:
    assert (await scoring.client.get("/v1/customers/c-3/points")).status_code == 409
