"""Benefits follow the tier, and are used no oftener than their quota, however many ask at once."""

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from services.scoring.domain.tiers.programme import VALUE_DOCUMENT
from services.scoring.usecases.benefits.redeem import Desk
from shared.contracts.entitlements import EntitlementsAnswer, ServiceLevelsAnswer
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import profile_id
from tests.trained import NOW

NAME = {"en": "A gift", "zh": "礼品"}


def benefit(key: str, *tiers: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "kind": "gift", "name": NAME, "tiers": list(tiers)} | more


BENEFITS = [
    benefit("gift", "high", quota={"count": 1, "per": "month"}),
    benefit("parcel", "high", "mid", kind="shipping", quota={"count": 3, "per": "year"}),
    benefit("party", "high", kind="event"),
    benefit("help", "high", kind="service_level", service_level={"response_hours": 4}),
    benefit("slow_help", "high", "mid", kind="service_level", service_level={"response_hours": 24}),
    benefit("since", "high", quota={"count": 1, "per": "tier_period"}),
    benefit("once", "high", quota={"count": 1, "per": "ever"}),
    benefit("birthday", "high", quota={"count": 1, "per": "anniversary"}),
]
OF_TIER = "SELECT customer_id FROM tier_current JOIN customers USING (profile_id) WHERE tier_key=$1"


@pytest.fixture
async def shop(shop_url: str, pool: asyncpg.Pool) -> str:
    """The trained shop, whose value programme offers benefits."""
    document = dict(VALUE_DOCUMENT) | {"benefits": BENEFITS}
    await pool.execute("UPDATE programme_versions SET document = $1", document)
    return shop_url


async def somebody(pool: asyncpg.Pool, tier: str) -> str:
    found: str = await pool.fetchval(OF_TIER + " ORDER BY customer_id LIMIT 1", tier)
    return found


async def redeem(
    scoring: Scoring, who: str, key: str, idempotency: str | None = None, **body: Any
) -> httpx.Response:
    headers = {} if idempotency is None else {"Idempotency-Key": idempotency}
    path = f"/v1/customers/{who}/entitlements/{key}/redeem"
    return await scoring.client.post(path, json=body, headers=headers)


async def quotas(scoring: Scoring, who: str) -> dict[str, Any]:
    answer = await scoring.client.get(f"/v1/customers/{who}/entitlements")
    assert answer.status_code == 200, answer.text
    (programme,) = EntitlementsAnswer.model_validate(answer.json()).programmes
    return {each.key: each.quota for each in programme.benefits}


async def test_a_tier_has_its_benefits_and_nobody_elses(shop: str, pool: asyncpg.Pool) -> None:
    async with serving(shop) as scoring:
        keys = {
            tier: set(await quotas(scoring, await somebody(pool, tier)))
            for tier in ("high", "mid", "low")
        }
    every = {each["key"] for each in BENEFITS}
    assert keys == {"high": every, "mid": {"parcel", "slow_help"}, "low": set()}


async def test_the_service_level_is_the_one_that_answers_soonest(
    shop: str, pool: asyncpg.Pool
) -> None:
    async with serving(shop) as scoring:
        for tier, hours in (("high", 4), ("mid", 24)):
            who = await somebody(pool, tier)
            answer = await scoring.client.get(f"/v1/customers/{who}/entitlements")
            assert answer.json()["service_level"] == {
                "response_hours": hours,
                "programme": "value",
                "programme_version": 1,
            }


async def test_service_levels_are_told_to_a_crowd_as_to_each(shop: str, pool: asyncpg.Pool) -> None:
    async with serving(shop) as scoring:
        who = [await somebody(pool, "mid"), "nobody", await somebody(pool, "high")]
        alone = [await scoring.client.get(f"/v1/customers/{x}/entitlements") for x in who]
        body = {"customer_ids": who}
        together = await scoring.client.post("/internal/service-levels", json=body)
        assert together.status_code == 200, together.text
        told = ServiceLevelsAnswer(**together.json()).levels
        assert told == [EntitlementsAnswer(**x.json()).service_level for x in alone]
        assert [level and level.response_hours for level in told] == [24, None, 4]
        assert [level and level.programme for level in told] == ["value", None, "value"]


async def test_somebody_unknown_has_what_the_entry_tier_has(shop: str) -> None:
    async with serving(shop) as scoring:
        answer = (await scoring.client.get("/v1/customers/nobody/entitlements")).json()
        assert (answer["known"], answer["service_level"]) == (False, None)
        assert [each["benefits"] for each in answer["programmes"]] == [[]]
        assert (await redeem(scoring, "nobody", "gift")).status_code == 404


async def test_a_redemption_uses_the_quota_and_says_when_it_begins_anew(
    shop: str, pool: asyncpg.Pool
) -> None:
    who = await somebody(pool, "high")
    async with serving(shop) as scoring:
        made = await redeem(scoring, who, "gift", reference="receipt-1")
        assert made.status_code == 201, made.text
        assert made.json()["quota"] == {
            "count": 1, "per": "month", "used": 1, "left": 0, "renews_at": "2026-12-01T00:00:00Z",
        }  # fmt: skip
        refused = await redeem(scoring, who, "gift")
        assert refused.status_code == 409
        assert refused.json()["type"].endswith("/quota_used_up")
        assert "2026-12-01T00:00:00Z" in refused.json()["detail"]
        assert (await quotas(scoring, who))["gift"].left == 0


@pytest.mark.parametrize(
    ("key", "days", "left"),
    [("gift", 10, 1), ("parcel", 10, 2), ("parcel", 41, 3), ("once", 400, 0), ("birthday", 366, 1)],
)
async def test_a_quota_begins_anew_with_its_period(
    shop: str, pool: asyncpg.Pool, key: str, days: int, left: int
) -> None:
    who = await somebody(pool, "high")
    async with serving(shop) as scoring:
        assert (await redeem(scoring, who, key)).status_code == 201
    # whatever tier time has left them in
    await pool.execute(
        "UPDATE programme_versions SET document = jsonb_set(document, '{benefits}', $1)",
        [each | {"tiers": ["high", "mid", "low"]} for each in BENEFITS],
    )
    async with serving(shop, (NOW + timedelta(days=days)).isoformat()) as scoring:
        assert (await quotas(scoring, who))[key].left == left


async def test_a_hundred_who_redeem_at_once_use_a_quota_of_one_once(
    shop: str, pool: asyncpg.Pool
) -> None:
    who = await somebody(pool, "high")
    async with serving(shop) as scoring:
        answers = await asyncio.gather(*(redeem(scoring, who, "gift") for _ in range(100)))
        statuses = sorted(answer.status_code for answer in answers)
        assert statuses == [201] + [409] * 99
    assert await pool.fetchval("SELECT sum(quantity) FROM benefit_usage") == 1
    told = "SELECT count(*) FROM announcements WHERE kind = 'benefit.used'"
    assert await pool.fetchval(told) == 1


async def test_two_processes_share_one_quota(shop: str, pool: asyncpg.Pool) -> None:
    who = await somebody(pool, "high")
    async with serving(shop) as first, serving(shop) as second:
        asked = [redeem(each, who, "parcel") for _ in range(10) for each in (first, second)]
        statuses = [answer.status_code for answer in await asyncio.gather(*asked)]
    assert statuses.count(201) == 3
    assert set(statuses) == {201, 409}


async def test_the_same_key_redeems_once_and_gives_the_first_answer_again(
    shop: str, pool: asyncpg.Pool
) -> None:
    who = await somebody(pool, "high")
    async with serving(shop) as scoring:
        first = await redeem(scoring, who, "gift", "k-1")
        again = await redeem(scoring, who, "gift", "k-1")
        other = await redeem(scoring, who, "gift", "k-1", quantity=2)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_more_than_is_left_is_refused_whole(shop: str, pool: asyncpg.Pool) -> None:
    who = await somebody(pool, "high")
    async with serving(shop) as scoring:
        assert (await redeem(scoring, who, "parcel", quantity=2)).status_code == 201
        assert (await redeem(scoring, who, "parcel", quantity=2)).status_code == 409
        assert (await redeem(scoring, who, "parcel")).status_code == 201


async def test_a_cancelled_redemption_may_be_used_again(shop: str, pool: asyncpg.Pool) -> None:
    who = await somebody(pool, "high")
    async with serving(shop) as scoring:
        made = (await redeem(scoring, who, "gift")).json()["redemption_id"]
        path = f"/v1/customers/{who}/entitlements/redemptions"
        first = await scoring.client.post(f"{path}/{made}/cancel")
        again = await scoring.client.post(f"{path}/{made}/cancel")
        assert first.status_code == 200, first.text
        assert again.json() == first.json()
        assert (await quotas(scoring, who))["gift"].left == 1
        assert (await redeem(scoring, who, "gift")).status_code == 201
        listed = (await scoring.client.get(path, params={"limit": 1})).json()
        assert [each["cancelled_at"] for each in listed["items"]] == [None]
        rest = (await scoring.client.get(path, params={"cursor": listed["next_cursor"]})).json()
        assert [each["redemption_id"] for each in rest["items"]] == [made]
        assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("tier", "key", "slug"),
    [("mid", "gift", "benefit_not_held"), ("high", "unheard_of", "not_found")],
)
async def test_what_may_not_be_redeemed(
    shop: str, pool: asyncpg.Pool, tier: str, key: str, slug: str
) -> None:
    who = await somebody(pool, tier)
    async with serving(shop) as scoring:
        answer = await redeem(scoring, who, key)
    assert answer.json()["type"].endswith(f"/{slug}")


async def test_a_benefit_without_quota_is_used_as_often_as_one_likes(
    shop: str, pool: asyncpg.Pool
) -> None:
    who = await somebody(pool, "high")
    async with serving(shop) as scoring:
        answers = [await redeem(scoring, who, "party") for _ in range(3)]
    assert [(each.status_code, each.json()["quota"]) for each in answers] == [(201, None)] * 3


@dataclass(slots=True)
class LateDesk:
    """Answers the first questions as things were a while ago."""

    desk: Desk
    tier: str
    late: int

    async def answer(self, customer_id: str, programme: str | None) -> bytes:
        answer = json.loads(await self.desk.answer(customer_id, programme))
        self.late -= 1
        if self.late >= 0:
            answer["tier"]["key"] = self.tier
        return json.dumps(answer).encode()


async def test_a_tier_that_falls_while_it_is_redeemed_for_is_read_anew(
    shop: str, pool: asyncpg.Pool
) -> None:
    who = await somebody(pool, "mid")
    async with serving(shop) as scoring:
        benefits = scoring.app.state.benefits
        late = LateDesk(benefits.desk, "high", late=2)
        scoring.app.state.benefits = replace(benefits, desk=late)
        assert (await redeem(scoring, who, "parcel")).status_code == 201
        late.late = 2
        assert (await redeem(scoring, who, "gift")).status_code == 409
    tiers = await pool.fetch("SELECT tier_key FROM benefit_usage")
    assert [row["tier_key"] for row in tiers] == ["mid"]


async def test_a_foreign_redemption_is_as_unknown_as_any(shop: str, pool: asyncpg.Pool) -> None:
    who, other = await somebody(pool, "high"), await somebody(pool, "mid")
    async with serving(shop) as scoring:
        made = (await redeem(scoring, who, "gift")).json()["redemption_id"]
        path = f"/v1/customers/{other}/entitlements/redemptions/{made}/cancel"
        assert (await scoring.client.post(path)).status_code == 404


async def test_what_either_of_two_used_counts_for_whom_they_became(
    shop: str, pool: asyncpg.Pool
) -> None:
    who, other = await somebody(pool, "high"), "c-9000"
    async with serving(shop) as scoring:
        assert (await redeem(scoring, who, "gift")).status_code == 201
        await pool.execute(
            "INSERT INTO customers (profile_id, customer_id, version, created_at, updated_at)"
            " VALUES ($1, $2, 1, now(), now())",
            profile_id(9000),
            other,
        )
        await pool.execute("UPDATE benefit_usage SET profile_id = $1", profile_id(9000))
        await pool.execute(
            "UPDATE customers SET merged_into ="
            " (SELECT profile_id FROM customers WHERE customer_id = $1) WHERE customer_id = $2",
            who,
            other,
        )
        assert (await quotas(scoring, who))["gift"].left == 0
        assert (await redeem(scoring, who, "gift")).status_code == 409
