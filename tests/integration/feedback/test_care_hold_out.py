"""Playbooks leave alone whom a running experiment holds out, and forget whom the shop forgets."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from services.feedback.settings import FeedbackSettings
from services.feedback.usecases.care.caring import caps_of, care_now
from services.feedback.usecases.care.holdout import logged
from services.feedback.usecases.care.judged import Care
from shared.assignment import arm_of
from shared.contracts.experiments import EXAMPLE_EXPERIMENT
from shared.settings import PlatformSettings
from tests.integration.feedback.care_rows import (
    NOW,
    add_customer,
    add_segment,
    empty_shop,
    make_playbook,
    say,
)
from tests.integration.feedback.care_work import run, who_has_tasks, work
from tests.integration.feedback.test_erase import forget

ZONE = ZoneInfo("Asia/Shanghai")
PEOPLE = 60


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> asyncpg.Pool:
    await empty_shop(pool)
    return pool


async def real_care(pool: asyncpg.Pool, now: datetime = NOW) -> Care:
    return await care_now(pool, ZONE, caps_of(FeedbackSettings()), now, logged)


async def try_out(http: httpx.AsyncClient) -> None:
    """Hold half of the customers out of the playbook `calls`."""
    arms = [{"key": "control", "share": 500}, {"key": "called", "share": 500}]
    named = [arm | {"name": {"en": arm["key"], "zh": arm["key"]}} for arm in arms]
    about = {"kind": "playbook", "key": "calls"}
    plan = EXAMPLE_EXPERIMENT | {"about": about, "arms": named, "segment": None}
    plan = {key: value for key, value in plan.items() if key not in {"starts_at", "ends_at"}}
    made = await http.post("/v1/experiments", json=plan)
    assert made.status_code == 201, made.text
    started = await http.post(f"/v1/experiments/{plan['key']}/start")
    assert started.status_code == 200, started.text


async def test_who_is_held_out_is_left_alone_and_everybody_is_logged(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for number in range(PEOPLE):
        await add_customer(shop, number)
    await http.post("/v1/playbooks", json=make_playbook())
    await try_out(http)
    shown = (await http.post("/v1/playbooks/calls/preview", json={})).json()
    assert await shop.fetchval("SELECT count(*) FROM exposures") == 0
    await run(http)
    await work(shop, await real_care(shop))
    called = await who_has_tasks(shop)
    assert (len(called), shown["held_back"]) == (shown["contacts"], {"hold_out": 60 - len(called)})
    assert 0 < len(called) < PEOPLE
    rows = await shop.fetch("SELECT arm, count(*) AS people FROM exposures GROUP BY arm")
    assert {row["arm"]: row["people"] for row in rows} == {
        "control": PEOPLE - len(called),
        "called": len(called),
    }


async def test_who_cannot_be_reached_meets_nothing_and_the_arms_stay_as_they_are_drawn(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    people = [await add_customer(shop, number) for number in range(PEOPLE)]
    capped, silent, anonymous = people[:20], people[20:25], people[25:30]
    await add_segment(shop, "called-lately", capped)
    for who in silent:
        await say(shop, who, "marketing", granted=False, at=NOW)
    await shop.execute(
        "UPDATE customers SET customer_id = NULL WHERE profile_id = ANY($1)", anonymous
    )
    cap = {"count": 1, "days": 7}
    other = make_playbook(key="other", audience={"segment": "called-lately"})
    for playbook in (other, make_playbook(caps=[cap])):
        assert (await http.post("/v1/playbooks", json=playbook)).status_code == 201
    await try_out(http)
    await run(http, "other")
    await work(shop, await real_care(shop))
    shown = (await http.post("/v1/playbooks/calls/preview", json={})).json()
    await run(http)
    await work(shop, await real_care(shop))
    assert await met(shop) == await drawn(shop, people[30:])
    held = shown["held_back"]
    assert (held["cap"], held["consent"], held["no_customer_id"]) == (20, 5, 5)
    assert held["hold_out"] == list((await met(shop)).values()).count("control")
    # both arms again, as soon as the window of the cap is over
    await run(http)
    await work(shop, await real_care(shop), NOW + timedelta(days=8))
    assert await met(shop) == await drawn(shop, [*capped, *people[30:]])


async def test_a_budget_that_gives_out_leaves_both_arms_out(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    people = [await add_customer(shop, number) for number in range(PEOPLE)]
    budget = {"amount": "30.00", "currency": "CNY"}  # ten calls
    await http.post("/v1/playbooks", json=make_playbook(budget=budget))
    await try_out(http)
    await run(http)
    await work(shop, await real_care(shop))
    arms = list((await drawn(shop, people)).values())
    # whoever comes after the tenth call finds no money, in whichever arm they are
    last = [place for place, arm in enumerate(arms) if arm == "called"][9]
    assert await met(shop) == await drawn(shop, people[: last + 1])
    assert len(await who_has_tasks(shop)) == 10


async def met(shop: asyncpg.Pool) -> dict[str, str]:
    """Tell who was logged, in which arm."""
    return {row["unit"]: row["arm"] for row in await shop.fetch("SELECT * FROM exposures")}


async def drawn(shop: asyncpg.Pool, people: list[UUID]) -> dict[str, str]:
    """Draw the arms of people by the published rule."""
    row = await shop.fetchrow("SELECT experiment_key, salt FROM experiments")
    key, salt = row["experiment_key"], row["salt"]
    shares = [("control", 500), ("called", 500)]
    return {str(who): arm_of(key, salt, str(who), shares) for who in people}


async def test_a_forgotten_customer_is_in_no_task_and_nobody_is_to_be_called(
    http: httpx.AsyncClient, shop: asyncpg.Pool, platform: PlatformSettings
) -> None:
    for number in (1, 2):
        await add_customer(shop, number)
    await http.post("/v1/playbooks", json=make_playbook())
    await run(http)
    await work(shop, await real_care(shop))
    (task,) = (await http.get("/v1/tasks", params={"customer_id": "c-1"})).json()["items"]
    note = {"outcome": "reached", "note": "Ann asked for tea"}
    assert (await http.post(f"/v1/tasks/{task['task_id']}/complete", json=note)).is_success
    assert (await forget(shop, platform))["tasks"] == 1
    row = await shop.fetchrow("SELECT * FROM tasks WHERE customer_id NOT LIKE 'c-%'")
    assert (row["state"], row["outcome"], row["cost"]) == ("done", "reached", 300)
    # without its own id, which is random: "c-1" may be part of it
    kept = await shop.fetchval(
        "SELECT (to_jsonb(tasks) - 'task_id')::text FROM tasks WHERE customer_id NOT LIKE 'c-%'"
    )
    assert not any(word in kept for word in ("c-1", "Ann", UUID(int=2).hex))
    assert (row["profile_id"], row["details"], row["note"]) == (None, {}, None)
    assert (await http.get(f"/v1/tasks/{task['task_id']}")).status_code == 200


async def test_a_task_that_waits_for_a_forgotten_customer_is_called_off(
    http: httpx.AsyncClient, shop: asyncpg.Pool, platform: PlatformSettings
) -> None:
    await add_customer(shop, 1)
    await http.post("/v1/playbooks", json=make_playbook())
    await run(http)
    await work(shop, await real_care(shop))
    await forget(shop, platform)
    assert (await http.get("/v1/tasks")).json()["items"] == []
    assert await shop.fetchval("SELECT state FROM tasks") == "cancelled"
