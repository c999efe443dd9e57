"""What happens to one customer at once happens one after the other, and the audit log says how."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import asyncpg

from services.scoring.queries.people.erasure import forget
from services.scoring.worker import make_background
from tests.integration.scoring.conftest import serving
from tests.shop_facts import profile_id
from tests.status_shop import CLUB, club, publish, sell, take_back
from tests.trained import NOW, platform_of

WHO = 3
PATH = f"/v1/customers/c-{WHO}"
POINTS: dict[str, Any] = {"earn": {"per": "1.00", "points": 1}, "expiry": {"months": 12}}
GIFT = {
    "key": "gift",
    "kind": "gift",
    "name": {"en": "A gift", "zh": "礼品"},
    "tiers": ["regular", "silver", "gold"],
    "quota": {"count": 1, "per": "year"},
}
PIN = {"programme": CLUB, "mode": "floor", "tier": "silver", "reason": "a promise"}


async def told_as(pool: asyncpg.Pool) -> list[tuple[int, int]]:
    """Pins and ends of pins in the order of the audit log, as (its order, control version)."""
    rows = await pool.fetch(
        "SELECT (details ->> 'control_version')::int AS version FROM audit_log"
        " WHERE subject = $1 AND action LIKE 'pin.%' ORDER BY audit_id",
        str(profile_id(WHO)),
    )
    return [(place, row["version"]) for place, row in enumerate(rows, 1)]


async def test_pins_reviews_returns_and_redemptions_at_once_are_serial(
    pool: asyncpg.Pool, shop_url: str
) -> None:
    await publish(pool, shop_url, club(points=POINTS, benefits=[GIFT]))
    bought = [await sell(pool, WHO, 300, NOW - timedelta(days=n)) for n in (3, 2, 1)]
    await pool.execute("INSERT INTO due_reviews VALUES ($1, $2, $3)", profile_id(WHO), CLUB, NOW)
    background = make_background(pool, platform_of(shop_url))
    async with serving(shop_url) as scoring:
        post = scoring.client.post
        doing: list[Awaitable[Any]] = []
        for _ in range(10):
            doing += [
                post(f"{PATH}/pins", json=PIN),
                post(f"{PATH}/entitlements/gift/redeem", json={}),
                post(f"{PATH}/points/redeem", json={"points": 100}),
                scoring.client.get(f"{PATH}/tier?programme={CLUB}"),
                background.reviewer.review(),
                background.wallets.keep(),
            ]
        doing += [take_back(pool, each) for each in bought[:2]]
        answers = [each for each in await asyncio.gather(*doing) if hasattr(each, "status_code")]
        assert {answer.status_code for answer in answers} == {200, 201, 409}
        # one pin after the other, in the order in which they count
        assert await told_as(pool) == [(place, place) for place in range(1, 11)]
        used = "SELECT sum(quantity) FROM benefit_usage WHERE cancelled_at IS NULL"
        assert await pool.fetchval(used) == 1
        tier = (await scoring.client.get(f"{PATH}/tier?programme={CLUB}")).json()
        points = (await scoring.client.get(f"{PATH}/points")).json()
    redeemed = await pool.fetchval("SELECT coalesce(sum(points), 0) FROM points_commands")
    assert points["balance"] == 300 - redeemed
    async with serving(shop_url) as scoring:
        await pool.execute("DELETE FROM tier_current WHERE programme_key = $1", CLUB)
        anew = (await scoring.client.get(f"{PATH}/tier?programme={CLUB}")).json()
    assert anew == tier
    assert tier["status"] == "pinned"


async def test_references_and_reasons_go_with_the_person(pool: asyncpg.Pool, shop_url: str) -> None:
    await publish(pool, shop_url, club(points=POINTS, benefits=[GIFT]))
    await sell(pool, WHO, 300)
    async with serving(shop_url) as scoring:
        body: dict[str, Any] = {"reference": "Ann Lee's party"}
        await scoring.client.post(f"{PATH}/entitlements/gift/redeem", json=body)
        await scoring.client.post(f"{PATH}/points/redeem", json=body | {"points": 10})
        words = {"points": 5, "reason": "for Ann Lee"}
        await scoring.client.post(f"{PATH}/points/adjust", json=words)
    async with pool.acquire() as connection:
        done = await forget(connection, [profile_id(WHO)])
    assert (done["benefit_usage"], done["points_commands"]) == (1, 2)
    for table in ("benefit_usage", "points_commands", "points_entries"):
        rows = await pool.fetch(f"SELECT {table}::text AS row FROM {table}")
        assert not [row for row in rows if "Ann" in row["row"]]
