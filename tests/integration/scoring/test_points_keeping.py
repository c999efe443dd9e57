"""Wallets are settled after changes, as time passes and after releases; each change told once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from services.scoring.usecases.points.keeper import WalletKeeper
from services.scoring.worker import make_background
from tests.shop_facts import profile_id
from tests.status_shop import CLUB, club, merge, publish, sell, take_back
from tests.trained import NOW, platform_of

DAY = timedelta(days=1)
POINTS: dict[str, Any] = {"earn": {"per": "1.00", "points": 1}, "expiry": {"months": 1}}
WHO = 3
OWN = profile_id(WHO)


def keeper(pool: asyncpg.Pool, url: str, now: datetime = NOW) -> WalletKeeper:
    return make_background(pool, platform_of(url, now.isoformat())).wallets


async def settle(pool: asyncpg.Pool, url: str, now: datetime = NOW) -> None:
    """Work off what is due at an instant, as one worker does."""
    kept = keeper(pool, url, now)
    while await kept.keep():
        pass


async def told(pool: asyncpg.Pool) -> list[tuple[str, int, int, str]]:
    rows = await pool.fetch(
        "SELECT kind, body FROM announcements WHERE kind LIKE 'points.%' ORDER BY sequence"
    )
    named = ("points", "balance", "reason")
    return [(row["kind"], *(row["body"][name] for name in named)) for row in rows]


async def balances(pool: asyncpg.Pool) -> dict[Any, int]:
    rows = await pool.fetch(
        "SELECT w.profile_id, balance, (SELECT coalesce(sum(points), 0) FROM points_entries e"
        " WHERE e.profile_id = w.profile_id AND NOT is_withdrawn) AS total FROM points_wallets w"
        " JOIN customers c USING (profile_id) WHERE c.merged_into IS NULL"
    )
    assert all(row["balance"] == row["total"] for row in rows)
    return {row["profile_id"]: row["balance"] for row in rows}


@pytest.fixture
async def shop(pool: asyncpg.Pool, shop_url: str) -> str:
    await publish(pool, shop_url, club(points=POINTS))
    return shop_url


async def test_a_changed_customer_is_settled_and_told_once(shop: str, pool: asyncpg.Pool) -> None:
    await sell(pool, WHO, 100)
    for _ in range(2):
        await keeper(pool, shop).follow([OWN])
        await settle(pool, shop)
    assert await told(pool) == [("points.earned", 100, 100, "earned")]
    assert await balances(pool) == {OWN: 100}


async def test_points_expire_on_the_clock_though_nobody_asks(shop: str, pool: asyncpg.Pool) -> None:
    await sell(pool, WHO, 100)
    await keeper(pool, shop).follow([OWN])
    await settle(pool, shop)
    await settle(pool, shop, NOW + 20 * DAY)
    assert len(await told(pool)) == 1
    for days in (40, 41):  # days late, and again
        await settle(pool, shop, NOW + days * DAY)
    assert (await told(pool))[1:] == [("points.expired", -100, 0, "expired")]
    expired = "SELECT at FROM announcements WHERE kind = 'points.expired'"
    at = await pool.fetchval(expired)
    assert (at.month, at.day, at.hour) == (12, 21, 0)
    assert await balances(pool) == {OWN: 0}


async def test_a_return_takes_points_back_and_says_so(shop: str, pool: asyncpg.Pool) -> None:
    bought = await sell(pool, WHO, 100)
    await keeper(pool, shop).follow([OWN])
    await settle(pool, shop)
    await take_back(pool, bought)
    await keeper(pool, shop).follow([OWN])
    await settle(pool, shop)
    assert (await told(pool))[1:] == [("points.clawed_back", -100, 0, "clawed_back")]


async def test_two_workers_settle_each_wallet_once(shop: str, pool: asyncpg.Pool) -> None:
    for index in range(40):
        await sell(pool, index, 10 + index)
    everybody = [profile_id(index) for index in range(40)]
    await keeper(pool, shop).follow(everybody)
    await asyncio.gather(*(settle(pool, shop) for _ in range(2)))
    await settle(pool, shop)
    assert len(await told(pool)) == 40
    assert await balances(pool) == {profile_id(index): 10 + index for index in range(40)}


async def test_a_release_gives_points_for_what_was_bought_before_without_telling_all(
    shop_url: str, pool: asyncpg.Pool
) -> None:
    await sell(pool, WHO, 100, NOW - 20 * DAY)
    await sell(pool, 4, 7)
    await publish(pool, shop_url, club(points=POINTS))
    kept = keeper(pool, shop_url)
    while await kept.catch_up():
        pass
    await settle(pool, shop_url)
    assert await balances(pool) == {OWN: 100, profile_id(4): 7}
    # only what has just happened is news to whoever is told for the first time
    assert await told(pool) == [("points.earned", 7, 7, "earned")]


async def test_a_new_version_counts_from_its_instant_on(shop: str, pool: asyncpg.Pool) -> None:
    await sell(pool, WHO, 100, NOW - 5 * DAY)
    doubled = POINTS | {"earn": {"per": "1.00", "points": 2}}
    await publish(pool, shop, club(points=doubled), version=2, now=NOW - DAY)
    await sell(pool, WHO, 10)
    kept = keeper(pool, shop)
    while await kept.catch_up():
        pass
    await settle(pool, shop)
    assert await balances(pool) == {OWN: 120}


async def test_a_late_order_corrects_and_tells_the_difference(
    shop_url: str, pool: asyncpg.Pool
) -> None:
    factors = {"earn": {"per": "1.00", "points": 1, "tiers": {"silver": "2"}}}
    await publish(pool, shop_url, club(points=POINTS | factors))
    await sell(pool, WHO, 50)
    await keeper(pool, shop_url).follow([OWN])
    await settle(pool, shop_url)
    await sell(pool, WHO, 600, NOW - 9 * DAY)
    await keeper(pool, shop_url).follow([OWN])
    await settle(pool, shop_url)
    assert sorted(await told(pool)) == [
        ("points.earned", 50, 50, "earned"),
        ("points.earned", 50, 700, "corrected"),
        ("points.earned", 600, 700, "earned"),
    ]


async def test_a_merge_tells_nothing_twice(shop: str, pool: asyncpg.Pool) -> None:
    await sell(pool, 3, 100)
    await sell(pool, 4, 50)
    await keeper(pool, shop).follow([OWN, profile_id(4)])
    await settle(pool, shop)
    await merge(pool, 4, 3)
    await keeper(pool, shop).follow([OWN, profile_id(4)])
    await settle(pool, shop)
    assert await balances(pool) == {OWN: 150}
    assert len(await told(pool)) == 2


async def brought(pool: asyncpg.Pool, who: int, whom: str, number: int, at: datetime) -> None:
    """Write a referral as ingest keeps it."""
    await pool.execute(
        "INSERT INTO events (profile_id, sequence, source_id, kind, event_key, business_date,"
        " occurred_at, effective_at, received_at, body)"
        " VALUES ($1, $2, 't', 'referral_made', $3, $4, $5, $5, $5, $6)",
        profile_id(who),
        number,
        number.to_bytes(16, "big"),
        at.date(),
        at,
        {"properties": {"referred_customer_id": whom}},
    )
    await pool.execute(
        "INSERT INTO customer_day AS d (profile_id, business_date, referrals) VALUES ($1, $2, 1)"
        " ON CONFLICT (profile_id, business_date) DO UPDATE SET referrals = d.referrals + 1",
        profile_id(who),
        at.date(),
    )


async def test_who_brings_others_is_credited_once_for_each_and_never_for_themselves(
    shop_url: str, pool: asyncpg.Pool
) -> None:
    referral = {"referral": {"points": 200, "max_per_year": 2}}
    await publish(pool, shop_url, club(points=POINTS | referral))
    whom = ["c-3", "c-5", "c-5", "nobody", "c-6", "c-7"]
    new = [profile_id(index) for index in (3, 5, 6, 7)]
    await pool.execute("DELETE FROM orders WHERE profile_id = ANY($1)", new)
    for number, name in enumerate(whom, 1):
        await brought(pool, WHO, name, number, NOW - (10 - number) * timedelta(hours=1))
    await keeper(pool, shop_url).follow([OWN])
    await settle(pool, shop_url)
    assert await balances(pool) == {OWN: 400}
    # it turns out that one of them was the same person
    await merge(pool, 5, 3)
    await keeper(pool, shop_url).follow([OWN])
    await settle(pool, shop_url)
    assert await balances(pool) == {OWN: 400}
    sources = await pool.fetch("SELECT source FROM points_entries WHERE NOT is_withdrawn")
    keys = {number.to_bytes(16, "big").hex() for number in (5, 6)}
    assert {row["source"].removeprefix("referral:") for row in sources} == keys


async def test_a_referral_counts_once_the_new_customer_has_bought_enough(
    shop_url: str, pool: asyncpg.Pool
) -> None:
    referral = {"referral": {"points": 200, "max_per_year": 9, "min_order": "50.00"}}
    await publish(pool, shop_url, club(points=POINTS | referral))
    await pool.execute("DELETE FROM orders WHERE profile_id = $1", profile_id(5))
    await brought(pool, WHO, "c-5", 1, NOW - 3 * DAY)
    await keeper(pool, shop_url).follow([OWN])
    await settle(pool, shop_url)
    for net, balance in ((4999, 0), (5000, 200)):
        await pool.execute(
            "INSERT INTO orders (profile_id, order_key, sequence, effective_at, business_date,"
            " channel, net) VALUES ($1, $2, $3, $4, $5, 'store', $3)",
            profile_id(5),
            net.to_bytes(16, "big"),
            net,
            NOW - DAY,
            (NOW - DAY).date(),
        )
        # nothing happened to who brought them: time alone brings the credit
        await settle(pool, shop_url, NOW + DAY * (1 + net // 5000))
        assert await balances(pool) == {OWN: balance}


async def test_programmes_without_points_keep_no_wallets(shop_url: str, pool: asyncpg.Pool) -> None:
    await publish(pool, shop_url, key=CLUB)
    await sell(pool, WHO, 100)
    kept = keeper(pool, shop_url)
    await kept.follow([OWN])
    assert not await kept.catch_up()
    assert not await kept.keep()
    assert await balances(pool) == {}
