"""Benefits that an experiment holds out: not offered, not redeemed, every meeting told."""

from typing import Any

import asyncpg
import pytest

from services.feedback.usecases.experiments.assign import EXPOSURES, take_exposures
from services.scoring.domain.benefits.held import Held
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, VALUE_KEY
from services.scoring.usecases.benefits import hold_outs
from services.scoring.usecases.benefits.hold_outs import HoldOuts
from shared import outbox
from shared.assignment import arm_of
from tests.integration.feedback.experiment_rows import SALT, add_running, document
from tests.integration.scoring.conftest import Scoring, serving
from tests.trained import NOW

NAME = {"en": "A gift", "zh": "礼品"}
BENEFITS = [
    {"key": "gift", "kind": "gift", "name": NAME, "tiers": ["high"]},
    {"key": "party", "kind": "event", "name": NAME, "tiers": ["high", "mid"]},
]
ARMS = [{"key": "control", "share": 500}, {"key": "offered", "share": 500}]
SHARES = [("control", 500), ("offered", 500)]
HELD = "SELECT profile_id, customer_id FROM tier_current JOIN customers USING (profile_id) "


@pytest.fixture
async def shop(shop_url: str, pool: asyncpg.Pool) -> str:
    """The trained shop, whose value programme offers benefits."""
    await pool.execute(
        "UPDATE programme_versions SET document = $1", dict(VALUE_DOCUMENT) | {"benefits": BENEFITS}
    )
    return shop_url


async def run(pool: asyncpg.Pool, kind: str, key: str, **changes: Any) -> None:
    about = {"kind": kind, "key": key, "programme": VALUE_KEY}
    await add_running(pool, "e", document(about=about, arms=ARMS, **changes), started_at=NOW)


async def of_tier(pool: asyncpg.Pool, tier: str) -> dict[str, str]:
    """Customers of a tier, by the arm they are in."""
    rows = await pool.fetch(HELD + "WHERE tier_key = $1", tier)
    return {arm_of("e", SALT, str(row[0]), SHARES): row[1] for row in rows}


async def offered(scoring: Scoring, who: str) -> set[str]:
    answer = await scoring.client.get(f"/v1/customers/{who}/entitlements")
    assert answer.status_code == 200, answer.text
    return {each["key"] for part in answer.json()["programmes"] for each in part["benefits"]}


async def redeem(scoring: Scoring, who: str, key: str) -> int:
    path = f"/v1/customers/{who}/entitlements/{key}/redeem"
    return (await scoring.client.post(path, json={})).status_code


async def test_benefit_is_held_out_of_the_control_only(shop: str, pool: asyncpg.Pool) -> None:
    await run(pool, "benefit", "gift")
    people = await of_tier(pool, "high")
    async with serving(shop) as scoring:
        assert await offered(scoring, people["control"]) == {"party"}
        assert await offered(scoring, people["offered"]) == {"gift", "party"}
        assert await redeem(scoring, people["control"], "gift") == 409
        assert await redeem(scoring, people["control"], "party") == 201
        assert await redeem(scoring, people["offered"], "gift") == 201


async def test_a_promise_of_service_is_held_out_of_the_control_only(
    shop: str, pool: asyncpg.Pool
) -> None:
    help_ = {"key": "help", "kind": "service_level", "name": NAME, "tiers": ["high"]}
    promised = [*BENEFITS, help_ | {"service_level": {"response_hours": 4}}]
    await pool.execute(
        "UPDATE programme_versions SET document = $1", dict(VALUE_DOCUMENT) | {"benefits": promised}
    )
    await run(pool, "benefit", "help")
    people = await of_tier(pool, "high")
    asked = {"customer_ids": [people["offered"], "nobody", people["control"]]}
    async with serving(shop) as scoring:
        answer = await scoring.client.post("/internal/service-levels", json=asked)
    hours = [level and level["response_hours"] for level in answer.json()["levels"]]
    assert hours == [4, None, None]


async def test_tier_experiment_holds_out_all_benefits_of_that_tier(
    shop: str, pool: asyncpg.Pool
) -> None:
    await run(pool, "tier", "high")
    high, mid = await of_tier(pool, "high"), await of_tier(pool, "mid")
    async with serving(shop) as scoring:
        assert await offered(scoring, high["control"]) == set()
        assert await offered(scoring, high["offered"]) == {"gift", "party"}
        assert await offered(scoring, mid["control"]) == {"party"}
        # the tier itself is what the rules give
        assert (await scoring.tier(high["control"]))["tier"]["key"] == "high"


async def test_session_leaves_out_what_is_held_out(shop: str, pool: asyncpg.Pool) -> None:
    await run(pool, "benefit", "gift")
    people = await of_tier(pool, "high")
    async with serving(shop) as scoring:
        for arm, keys in (("control", {"party"}), ("offered", {"gift", "party"})):
            body = {
                "customer": {"customer_id": people[arm]},
                "channel": "web",
                "include": ["entitlements"],
            }
            answer = (await scoring.client.post("/v1/sessions", json=body)).json()
            (part,) = answer["entitlements"]
            assert {each["key"] for each in part["benefits"]} == keys


@pytest.mark.parametrize(
    "changes",
    [{"starts_at": "2030-01-01T00:00:00Z"}, {"ends_at": "1990-01-01T00:00:00Z"}],
    ids=["not_yet", "over"],
)
async def test_nothing_is_held_out_before_and_after(
    shop: str, pool: asyncpg.Pool, changes: dict[str, str]
) -> None:
    await run(pool, "benefit", "gift", **changes)
    people = await of_tier(pool, "high")
    async with serving(shop) as scoring:
        assert await offered(scoring, people["control"]) == {"gift", "party"}
        assert await offered(scoring, "nobody") == set()


async def test_both_arms_are_told_once_and_logged_by_feedback(
    shop: str, pool: asyncpg.Pool
) -> None:
    await run(pool, "benefit", "gift")
    people = await of_tier(pool, "high")
    async with serving(shop) as scoring:
        for who in (*people.values(), *people.values(), (await of_tier(pool, "mid"))["control"]):
            await offered(scoring, who)
        await scoring.app.state.hold_outs.flush()
        assert not await scoring.app.state.hold_outs.flush()
    rows = await outbox.claim(pool, EXPOSURES)
    assert hold_outs.TOPIC == EXPOSURES
    assert await take_exposures(pool, rows) == {}
    assert await take_exposures(pool, rows) == {}
    found = await pool.fetch(
        "SELECT c.customer_id, x.arm, x.exposed_at FROM exposures x JOIN customers c"
        " USING (profile_id) WHERE x.unit = c.profile_id::text"
    )
    assert {row["arm"]: row["customer_id"] for row in found} == people
    assert {row["exposed_at"] for row in found} == {NOW}


async def test_start_and_stop_are_noticed_within_seconds(shop: str, pool: asyncpg.Pool) -> None:
    await run(pool, "benefit", "gift")
    seconds = 0.0
    held_outs = HoldOuts(pool, seconds=lambda: seconds)
    profile_id = next(
        row[0]
        for row in await pool.fetch(HELD + "WHERE tier_key = 'high'")
        if arm_of("e", SALT, str(row[0]), SHARES) == "control"
    )
    held = Held(VALUE_KEY, 1, "high")
    for at, state, withheld in (
        (0.0, "running", True),
        (1.0, "ended", True),
        (5.0, "ended", False),
    ):
        seconds = at
        await pool.execute("UPDATE experiments SET state = $1", state)
        await held_outs.refresh(NOW)
        assert bool(held_outs.withheld(profile_id, held, ["gift"], NOW)) is withheld
