"""The worker's making of tasks: within consent, caps, budget, hold-out and quiet hours."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import httpx
import pytest

from services.feedback.domain.care.playbook import Cap
from services.feedback.usecases.care.holdout import Trial, nothing_logged
from services.feedback.usecases.care.judged import Care
from services.feedback.usecases.experiments.assign import Draw
from tests.integration.feedback.care_rows import (
    NOW,
    add_customer,
    empty_shop,
    say,
)
from tests.integration.feedback.care_work import ZONE, care, post, run, who_has_tasks, work


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> asyncpg.Pool:
    await empty_shop(pool)
    return pool


async def test_who_withdrew_consent_to_the_purpose_is_left_alone(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    people = [await add_customer(shop, number) for number in range(4)]
    await say(shop, people[0], "marketing", granted=False, at=NOW)
    await say(shop, people[1], "marketing", granted=False, at=NOW - timedelta(days=1))
    await say(shop, people[1], "marketing", granted=True, at=NOW)
    await say(shop, people[2], "service", granted=False, at=NOW)
    await post(http)
    await run(http)
    await work(shop, care())
    assert await who_has_tasks(shop) == ["c-1", "c-2", "c-3"]
    assert (await shop.fetchval("SELECT counts FROM playbook_runs"))["consent"] == 1


async def test_only_who_granted_it_where_the_playbook_asks_for_a_yes(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    people = [await add_customer(shop, number) for number in range(2)]
    await say(shop, people[1], "marketing", granted=True, at=NOW)
    await post(http, consent="granted")
    await run(http)
    await work(shop, care())
    assert await who_has_tasks(shop) == ["c-1"]


async def test_caps_count_over_all_playbooks_and_open_again(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await add_customer(shop, 1)
    for key in ("a", "b", "c"):
        await post(http, key=key)
        await run(http, key)
    await work(shop, care(Cap(2, 7)))
    assert len(await who_has_tasks(shop)) == 2
    for key in ("a", "b", "c"):
        await run(http, key)
    await work(shop, care(Cap(2, 7)), NOW + timedelta(days=7))
    assert len(await who_has_tasks(shop)) == 4


async def test_a_cap_of_one_channel_leaves_the_others_free(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await add_customer(shop, 1)
    await post(http, key="a", caps=[{"count": 1, "days": 7, "channel": "phone"}])
    await post(http, key="b", caps=[{"count": 1, "days": 7, "channel": "phone"}])
    await post(http, key="c", action={"channel": "sms"})
    for key in ("a", "b", "c"):
        await run(http, key)
    await work(shop, care())
    channels = await shop.fetch("SELECT channel FROM tasks ORDER BY channel")
    assert [row["channel"] for row in channels] == ["phone", "sms"]


async def test_low_tiers_are_cared_for_by_a_cheap_channel(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await add_customer(shop, 1, tier="high")
    await add_customer(shop, 2, tier="low")
    await post(http, action={"channel_by_tier": {"low": "sms"}})
    await run(http)
    await work(shop, care())
    rows = await shop.fetch("SELECT channel, cost FROM tasks ORDER BY customer_id")
    assert [tuple(row) for row in rows] == [("phone", 300), ("sms", 0)]


async def test_a_pass_stops_with_a_note_when_the_budget_of_the_month_is_spent(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for number in range(5):
        await add_customer(shop, number)
    await post(http, budget={"amount": "7.00", "currency": "CNY"})
    await run(http)
    await work(shop, care(), chunk=2)
    assert len(await who_has_tasks(shop)) == 2
    last_run = (await http.get("/v1/playbooks/calls")).json()["last_run"]
    assert last_run["finished_at"] is not None
    assert "预算" in last_run["note"]["zh"]
    await run(http)
    await work(shop, care(), datetime(2026, 12, 1, tzinfo=ZONE))
    assert len(await who_has_tasks(shop)) == 4


async def test_two_workers_and_two_playbooks_never_overspend_or_pass_a_cap(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for number in range(12):
        await add_customer(shop, number)
    for key in ("a", "b"):
        await post(http, key=key, budget={"amount": "30.00", "currency": "CNY"})
        await run(http, key)
    await asyncio.gather(*(work(shop, care(Cap(1, 7)), chunk=2) for _ in range(3)))
    await work(shop, care(Cap(1, 7)), chunk=2)
    made = await who_has_tasks(shop)
    assert len(made) == len(set(made)) == 12
    spent = await shop.fetch("SELECT sum(cost) AS cost FROM tasks GROUP BY playbook_key")
    assert all(row["cost"] <= 3000 for row in spent)


async def test_who_is_held_out_gets_no_task_and_who_cannot_be_reached_is_not_drawn(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    people = [await add_customer(shop, number) for number in range(3)]
    await say(shop, people[2], "marketing", granted=False, at=NOW)
    asked: list[str] = []

    async def hold_first(
        _c: asyncpg.Connection, key: str, units: Sequence[str], _n: datetime
    ) -> Draw:
        assert key == "calls"
        asked.extend(units)
        return Draw("e", {str(people[0]): "control", str(people[1]): "called"})

    await post(http)
    await run(http)
    await work(shop, Care(ZONE, (), lambda _: True, Trial(hold_first, nothing_logged)))
    assert await who_has_tasks(shop) == ["c-1"]
    assert asked == [str(people[0]), str(people[1])]
    assert (await shop.fetchval("SELECT counts FROM playbook_runs"))["hold_out"] == 1


async def test_contacts_wait_for_the_end_of_quiet_hours(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await add_customer(shop, 1)
    await post(http, quiet={"start": "08:00", "end": "10:00"})
    await run(http)
    await work(shop, care())  # nine o'clock in Shanghai
    (task,) = (await http.get("/v1/tasks")).json()["items"]
    ten = datetime(2026, 11, 22, 10, tzinfo=ZONE)
    assert datetime.fromisoformat(task["not_before"]) == ten
    assert datetime.fromisoformat(task["due_at"]) == ten
