"""The worker's making of tasks: each occasion once, whoever works and however often."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import httpx
import pytest

from services.feedback.queries.care.happenings import MOST_TRIES
from services.feedback.usecases.care.remarks import MOST_WAITING
from services.feedback.usecases.care.work import give_up, work_on_playbooks
from tests.integration.feedback.care_rows import (
    NOW,
    add_customer,
    add_segment,
    announce,
    empty_shop,
    make_playbook,
)
from tests.integration.feedback.care_work import ZONE, care, post, run, who_has_tasks, work


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> asyncpg.Pool:
    await empty_shop(pool)
    return pool


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


async def test_a_remark_whose_customer_is_found_late_is_not_passed_by(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for number in (1, 2):
        await add_customer(shop, number)
    await post(http, trigger={"kind": "feedback", "feedback_kind": "csat"})
    await work(shop, care())
    for number in (1, 2):
        said = {"kind": "csat", "rating": 1, "customer": {"customer_id": f"c-{number}"}}
        assert (await http.post("/v1/feedback", json=said)).status_code == 201
    aged = "overlay(feedback_id::text placing '00000000' from 1 for 8)::uuid"
    await shop.execute(f"UPDATE feedback SET feedback_id = {aged}")
    await shop.execute("UPDATE playbook_runs SET cursor = NULL")
    # as it is while scoring was away: named by another identifier, not completed yet
    unknown = "is_tier_known = false, tier_added_at = NULL, customer_id = NULL"
    await shop.execute(f"UPDATE feedback SET {unknown} WHERE customer_id = 'c-1'")
    await work(shop, care())
    assert "c-1" not in await who_has_tasks(shop)
    found = "is_tier_known = true, tier_added_at = now(), customer_id = 'c-1'"
    await shop.execute(f"UPDATE feedback SET {found} WHERE customer_id IS NULL")
    await work(shop, care())
    assert await who_has_tasks(shop) == ["c-1", "c-2"]


async def test_a_remark_of_somebody_ingest_does_not_know_yet_is_answered_once_it_does(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await add_customer(shop, 1)
    await post(http, trigger={"kind": "feedback", "feedback_kind": "csat"})
    await work(shop, care())
    for number in (1, 2, 3):
        said = {"kind": "csat", "rating": 1, "customer": {"customer_id": f"c-{number}"}}
        assert (await http.post("/v1/feedback", json=said)).status_code == 201
    await let_a_minute_pass(shop)
    # ingest was not told of them yet, but for the last, who remains a stranger to it
    await shop.execute("UPDATE outbox SET done_at = NULL")
    await shop.execute(
        "UPDATE outbox SET done_at = now() WHERE outbox_id ="
        " (SELECT feedback_id FROM feedback WHERE customer_id = 'c-3')"
    )
    for _ in range(2):
        await work(shop, care(), chunk=1)
        assert await who_has_tasks(shop) == ["c-1"]
    await add_customer(shop, 2)
    await shop.execute("UPDATE outbox SET done_at = now()")
    await add_customer(shop, 3)
    await work(shop, care())
    assert await who_has_tasks(shop) == ["c-1", "c-2"]
    await shop.execute("DELETE FROM tasks")
    await work(shop, care())
    assert await who_has_tasks(shop) == []


@pytest.mark.parametrize(
    ("error", "is_held_up"), [("UnreadableIdentifier", False), ("RemoteUnavailable", True)]
)
async def test_remarks_that_can_never_be_told_hold_up_nobody(
    http: httpx.AsyncClient, shop: asyncpg.Pool, error: str, *, is_held_up: bool
) -> None:
    strangers = range(2, MOST_WAITING + 3)
    await add_customer(shop, 1)
    await post(http, trigger={"kind": "feedback", "feedback_kind": "csat"})
    await work(shop, care())
    for number in (*strangers, 1):
        said = {"kind": "csat", "rating": 1, "customer": {"customer_id": f"c-{number}"}}
        assert (await http.post("/v1/feedback", json=said)).status_code == 201
    await let_a_minute_pass(shop)
    await shop.execute(
        "UPDATE outbox SET done_at = NULL, attempts = $1, last_error = $2", MOST_TRIES + 1, error
    )
    await work(shop, care())
    assert await who_has_tasks(shop) == ([] if is_held_up else ["c-1"])


async def let_a_minute_pass(shop: asyncpg.Pool) -> None:
    """Make what was said a minute older: ids lead with their millisecond."""
    older = (
        "lpad(to_hex(('x' || translate(left({0}::text, 13), '-', ''))::bit(48)::bigint - 60000),"
        " 12, '0') || substr(translate({0}::text, '-', ''), 13)"
    )
    await shop.execute(f"UPDATE outbox SET outbox_id = ({older.format('outbox_id')})::uuid")
    await shop.execute(f"UPDATE feedback SET feedback_id = ({older.format('feedback_id')})::uuid")
    at = '(SELECT (min(feedback_id::text) COLLATE "C")::uuid FROM feedback)'
    await shop.execute(
        f"UPDATE playbook_runs SET cursor = overlay({at}::text placing '00000000' from 1 for 8)"
    )


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


async def test_a_merge_brings_no_second_task_of_the_same_cause(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    winner, loser = [await add_customer(shop, number) for number in (1, 2)]
    await post(http, audience={"tiers": ["high"], "programme": "value"})
    await shop.execute("DELETE FROM tier_current WHERE profile_id = $1", winner)
    await run(http)
    await work(shop, care())
    assert await who_has_tasks(shop) == ["c-2"]
    await shop.execute("UPDATE tier_current SET profile_id = $1", winner)
    await shop.execute("UPDATE customers SET merged_into = $2 WHERE profile_id = $1", loser, winner)
    await shop.execute("UPDATE playbook_runs SET finished_at = NULL, cursor = NULL")
    await work(shop, care())
    assert await who_has_tasks(shop) == ["c-2"]


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
