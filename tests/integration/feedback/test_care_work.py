"""The worker's making of tasks: each occasion once, within caps, budget, consent and hold-out."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from services.feedback.domain.care.playbook import Cap
from services.feedback.usecases.care.judged import Care
from services.feedback.usecases.care.work import give_up, work_on_playbooks
from tests.integration.feedback.care_rows import (
    NOW,
    add_customer,
    add_segment,
    announce,
    empty_shop,
    make_playbook,
    say,
)

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> asyncpg.Pool:
    await empty_shop(pool)
    return pool


async def nobody(_c: asyncpg.Connection, _k: str, _u: Sequence[str], _n: datetime) -> set[str]:
    return set()


def care(*caps: Cap) -> Care:
    return Care(ZONE, caps, lambda _: True, nobody)


async def post(http: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await http.post("/v1/playbooks", json=make_playbook(**changes))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def run(http: httpx.AsyncClient, key: str = "calls") -> None:
    answer = await http.post(f"/v1/playbooks/{key}/run", json={"reason": "test"})
    assert answer.status_code == 202, answer.text


async def work(pool: asyncpg.Pool, given: Care, now: datetime = NOW, chunk: int = 1000) -> None:
    while await work_on_playbooks(pool, given, now, chunk=chunk):
        pass


async def who_has_tasks(pool: asyncpg.Pool) -> list[str]:
    rows = await pool.fetch("SELECT customer_id FROM tasks ORDER BY customer_id")
    return [row["customer_id"] for row in rows]


async def test_everybody_of_the_audience_gets_one_task_with_the_message_filled(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await add_customer(shop, 1)
    await add_customer(shop, 2, tier="low")
    await post(http, audience={"programme": "value", "tiers": ["high"]})
    await run(http)
    await work(shop, care())
    task = await shop.fetchrow("SELECT * FROM tasks")
    assert (task["customer_id"], task["cost"], task["currency"]) == ("c-1", 300, "CNY")
    assert task["message"] == {"en": "Thank {name}, High value", "zh": "感谢{name}（高价值）"}
    assert task["segment_at"] == {"programme": "value", "tier": "high", "lifecycle": "active"}
    run_row = await shop.fetchrow("SELECT counts, finished_at FROM playbook_runs")
    assert (run_row["counts"], run_row["finished_at"]) == ({"made": 1}, NOW)


async def test_an_audience_is_worked_off_in_chunks_and_goes_on_where_it_was_left(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for number in range(7):
        await add_customer(shop, number)
    await post(http)
    await run(http)
    assert await work_on_playbooks(shop, care(), NOW, chunk=3) is True
    assert len(await who_has_tasks(shop)) == 3
    await work(shop, care(), chunk=3)
    assert await who_has_tasks(shop) == [f"c-{number}" for number in range(7)]


async def test_of_two_workers_at_once_each_customer_gets_one_task(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for number in range(20):
        await add_customer(shop, number)
    await post(http)
    await run(http)
    await asyncio.gather(*(work(shop, care(), chunk=3) for _ in range(2)))
    await work(shop, care(), chunk=3)
    assert len(await who_has_tasks(shop)) == len(set(await who_has_tasks(shop))) == 20


async def test_a_scheduled_occasion_is_worked_once(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await add_customer(shop, 1)
    trigger = {"kind": "schedule", "every": "week", "weekday": 1, "at": "09:30"}
    await post(http, trigger=trigger)
    monday = datetime(2026, 11, 23, 9, 30, tzinfo=ZONE)
    for now in (monday - timedelta(minutes=1), monday, monday + timedelta(days=1)):
        await work(shop, care(), now)
    assert await who_has_tasks(shop) == ["c-1"]
    await work(shop, care(), monday + timedelta(days=7))
    assert await who_has_tasks(shop) == ["c-1", "c-1"]


async def test_who_enters_a_segment_after_it_went_live_is_cared_for(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    early, late, other = [await add_customer(shop, number) for number in range(3)]
    await add_segment(shop, "vips", [early, late])
    await announce(shop, early, "segment.entered", {"segment": "vips"}, 1)
    await post(http, trigger={"kind": "entered", "segment": "vips"})
    await announce(shop, late, "segment.entered", {"segment": "vips"}, 2)
    await announce(shop, other, "segment.entered", {"segment": "others"}, 3)
    for _ in range(2):
        await work(shop, care())
    assert await who_has_tasks(shop) == ["c-1"]


async def test_who_rises_to_a_tier_is_cared_for_every_time(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    who = await add_customer(shop, 1)
    trigger = {"kind": "entered", "programme": "value", "tiers": ["high"]}
    await post(http, trigger=trigger)
    for number, tier in ((1, "low"), (2, "high"), (3, "high")):
        body = {"programme": "value", "from": None, "to": {"key": tier}}
        await announce(shop, who, "tier.changed", body, number)
    await work(shop, care(), chunk=1)
    assert await who_has_tasks(shop) == ["c-1", "c-1"]


async def test_a_bad_rating_brings_a_task_that_names_it(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for number in (1, 2):
        await add_customer(shop, number)
    await post(http, trigger={"kind": "feedback", "feedback_kind": "csat", "at_most": 3})
    for number, rating in ((1, 3), (2, 4)):
        said = {"kind": "csat", "rating": rating, "customer": {"customer_id": f"c-{number}"}}
        assert (await http.post("/v1/feedback", json=said)).status_code == 201
    await work(shop, care())
    assert await who_has_tasks(shop) == []  # an older one may still be on its way
    aged = "overlay(feedback_id::text placing '00000000' from 1 for 8)::uuid"
    await shop.execute(f"UPDATE feedback SET feedback_id = {aged}")
    await shop.execute("UPDATE playbook_runs SET cursor = NULL")
    await work(shop, care())
    assert await who_has_tasks(shop) == ["c-1"]
    assert (await shop.fetchval("SELECT details FROM tasks"))["rating"] == 3


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


async def test_who_is_held_out_gets_no_task_and_all_of_them_are_asked_about(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    people = [await add_customer(shop, number) for number in range(3)]
    await say(shop, people[2], "marketing", granted=False, at=NOW)
    asked: list[str] = []

    async def hold_first(
        _c: asyncpg.Connection, key: str, units: Sequence[str], _n: datetime
    ) -> set[str]:
        assert key == "calls"
        asked.extend(units)
        return {str(people[0])}

    await post(http)
    await run(http)
    await work(shop, Care(ZONE, (), lambda _: True, hold_first))
    assert await who_has_tasks(shop) == ["c-1"]
    assert asked == [str(people[0]), str(people[1])]
    assert (await shop.fetchval("SELECT counts FROM playbook_runs"))["hold_out"] == 1


async def test_a_paused_playbook_makes_nothing_and_goes_on_from_when_it_is_live_again(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    who = await add_customer(shop, 1)
    await add_segment(shop, "vips", [who])
    trigger = {"kind": "entered", "segment": "vips"}
    made = await post(http, trigger=trigger)
    for state, number in (("paused", 1), ("live", 2)):
        body = {k: v for k, v in make_playbook(trigger=trigger, state=state).items() if k != "key"}
        tag = {"If-Match": f'"{made["version"]}"'}
        answer = await http.put("/v1/playbooks/calls", json=body, headers=tag)
        assert answer.status_code == 200, answer.text
        made = answer.json()
        if state == "paused":
            await announce(shop, who, "segment.entered", {"segment": "vips"}, number)
            await work(shop, care())
            assert await who_has_tasks(shop) == []
    await announce(shop, who, "segment.entered", {"segment": "vips"}, 2)
    await work(shop, care())
    assert await who_has_tasks(shop) == ["c-1"]


async def test_who_was_merged_is_cared_for_as_whom_they_are_now(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    loser, winner = [await add_customer(shop, number) for number in (1, 2)]
    await shop.execute("UPDATE customers SET merged_into = $2 WHERE profile_id = $1", loser, winner)
    await post(http, trigger={"kind": "entered", "programme": "value", "tiers": ["high"]})
    body = {"programme": "value", "to": {"key": "high"}}
    await announce(shop, loser, "tier.changed", body, 1)
    await work(shop, care())
    assert await who_has_tasks(shop) == ["c-2"]


async def test_who_is_known_by_no_customer_id_is_counted_and_left_out(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await add_customer(shop, 1)
    await shop.execute("UPDATE customers SET customer_id = NULL")
    await post(http)
    await run(http)
    await work(shop, care())
    assert await shop.fetchval("SELECT counts FROM playbook_runs") == {
        "made": 0,
        "no_customer_id": 1,
    }


async def test_a_task_nobody_saw_to_expires(http: httpx.AsyncClient, shop: asyncpg.Pool) -> None:
    await add_customer(shop, 1)
    await post(http, action={"expires_in_days": 2})
    await run(http)
    await work(shop, care())
    due = await shop.fetchval("SELECT due_at FROM tasks")
    await give_up(shop, due + timedelta(days=2) - timedelta(seconds=1))
    assert await shop.fetchval("SELECT state FROM tasks") == "open"
    await give_up(shop, due + timedelta(days=2))
    assert await shop.fetchval("SELECT state FROM tasks") == "expired"


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
