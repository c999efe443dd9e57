"""Tasks: made by hand, taken on, completed once, called off."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.integration.feedback.care_rows import NOW, add_customer, empty_shop, make_playbook, say
from tests.integration.feedback.care_work import care, run, work

Task = dict[str, Any]


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> asyncpg.Pool:
    await empty_shop(pool)
    await add_customer(pool, 1, attributes={"name": "李娜"})
    return pool


def make_task(**changes: Any) -> Task:
    return {
        "customer_id": "c-1",
        "title": {"en": "Call", "zh": "致电"},
        "message": {"en": "Greet {name}", "zh": "问候{name}"},
        "due_at": (NOW + timedelta(days=1)).isoformat(),
        "cost": {"amount": "3.00", "currency": "CNY"},
    } | changes


async def post(http: httpx.AsyncClient, **changes: Any) -> Task:
    answer = await http.post("/v1/tasks", json=make_task(**changes))
    assert answer.status_code == 201, answer.text
    task: Task = answer.json()
    return task


async def act(http: httpx.AsyncClient, task: Task, verb: str, **body: Any) -> httpx.Response:
    return await http.post(f"/v1/tasks/{task['task_id']}/{verb}", json=body)


async def test_a_task_shows_the_message_with_the_name_and_stores_none(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    task = await post(http)
    assert task["message"] == {"en": "Greet 李娜", "zh": "问候李娜"}
    assert task["segment_at"] == {"programme": "value", "tier": "high", "lifecycle": "active"}
    assert "李娜" not in await shop.fetchval("SELECT tasks::text FROM tasks")
    assert (await http.get(f"/v1/tasks/{task['task_id']}")).json() == task


async def test_tasks_are_listed_as_they_are_due_the_urgent_first(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    days = [(2, 1), (1, 3), (1, 1), (1, 3)]
    tasks = [
        await post(http, due_at=(NOW + timedelta(days=d)).isoformat(), priority=p) for d, p in days
    ]
    wanted = [tasks[place]["task_id"] for place in (2, 1, 3, 0)]
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 1}
    while True:
        page = (await http.get("/v1/tasks", params=params)).json()
        seen += [task["task_id"] for task in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == wanted


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, ["a", "b"]),
        ({"state": "claimed"}, ["b"]),
        ({"state": "done"}, []),
        ({"owner": "li"}, ["b"]),
        ({"queue": "a"}, ["a"]),
        ({"customer_id": "c-2"}, ["b"]),
        ({"customer_id": "nobody"}, []),
        ({"channel": "sms"}, ["b"]),
        ({"playbook": "calls"}, []),
        ({"due_before": (NOW + timedelta(days=2)).isoformat()}, ["a"]),
    ],
    ids=["all", "state", "other_state", "owner", "queue", "customer", "stranger", "channel",
         "playbook", "due_before"],
)  # fmt: skip
async def test_tasks_are_found_by_what_is_known_of_them(
    http: httpx.AsyncClient, shop: asyncpg.Pool, params: dict[str, str], found: list[str]
) -> None:
    await add_customer(shop, 2)
    await post(http, queue="a")
    later = (NOW + timedelta(days=3)).isoformat()
    second = await post(http, queue="b", customer_id="c-2", channel="sms", due_at=later)
    assert (await act(http, second, "claim", owner="li")).status_code == 200
    items = (await http.get("/v1/tasks", params=params)).json()["items"]
    assert [task["queue"] for task in items] == found


async def test_a_task_is_taken_on_by_one(http: httpx.AsyncClient, shop: asyncpg.Pool) -> None:
    task = await post(http)
    answers = await asyncio.gather(
        *(act(http, task, "claim", owner=owner) for owner in ("li", "wang"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    owner = await shop.fetchval("SELECT owner FROM tasks")
    assert (await act(http, task, "claim", owner=owner)).json()["owner"] == owner


async def test_a_completion_counts_once_and_is_on_the_time_line(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    task = await post(http)
    body = {
        "outcome": "reached",
        "note": "很高兴",
        "cost": {"amount": "2.50", "currency": "CNY"},
        "agent": "li",
    }
    first, again = [await act(http, task, "complete", **body) for _ in range(2)]
    other = await act(http, task, "complete", **(body | {"outcome": "declined"}))
    assert [answer.status_code for answer in (first, again, other)] == [200, 200, 409]
    assert again.json() == first.json()
    done = first.json()
    assert (done["state"], done["actual_cost"]["amount"]) == ("done", "2.50")
    row = await shop.fetchrow("SELECT * FROM interactions")
    assert (row["task_id"], row["cost"], row["agent"], row["kind"]) == (
        row["task_id"], 250, "li", "call",
    )  # fmt: skip
    assert str(row["interaction_id"]) == done["interaction_id"]
    assert await shop.fetchval("SELECT count(*) FROM interactions") == 1


async def test_of_several_completions_at_once_one_counts(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    task = await post(http)
    answers = await asyncio.gather(
        *(act(http, task, "complete", outcome="reached", note=str(n)) for n in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert await shop.fetchval("SELECT count(*) FROM interactions") == 1


async def test_what_was_skipped_cost_nothing_and_was_no_contact(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    task = await post(http)
    done = (await act(http, task, "complete", outcome="skipped")).json()
    assert (done["actual_cost"]["amount"], done["interaction_id"]) == ("0.00", None)
    assert await shop.fetchval("SELECT count(*) FROM interactions") == 0


async def test_an_accepted_offer_is_an_answer_to_it(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await shop.execute(
        "INSERT INTO offers (offer_key, document, created_at, updated_at)"
        " VALUES ('tea', '{}', now(), now())"
    )
    playbook = make_playbook(action={"offer_key": "tea"})
    assert (await http.post("/v1/playbooks", json=playbook)).status_code == 201
    await run(http)
    await work(shop, care())
    (task,) = (await http.get("/v1/tasks")).json()["items"]
    assert (await act(http, task, "complete", outcome="accepted")).status_code == 200
    row = await shop.fetchrow("SELECT customer_id, answer, tier_key FROM offer_responses")
    assert tuple(row) == ("c-1", "accepted", "high")


async def test_who_withdrew_consent_since_is_left_alone(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    task = await post(http, purpose="marketing")
    who = await shop.fetchval("SELECT profile_id FROM customers")
    await say(shop, who, "marketing", granted=False, at=NOW)
    assert (await act(http, task, "claim")).status_code == 409
    assert (await act(http, task, "complete", outcome="reached")).status_code == 409
    assert (await act(http, task, "complete", outcome="skipped")).status_code == 200
    refused = await http.post("/v1/tasks", json=make_task(purpose="marketing"))
    assert refused.status_code == 409
    assert (await http.post("/v1/tasks", json=make_task())).status_code == 201


async def test_a_task_called_off_stays_called_off(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    task = await post(http)
    answers = [await act(http, task, "cancel", reason="spoke already") for _ in range(2)]
    assert [answer.json()["state"] for answer in answers] == ["cancelled", "cancelled"]
    assert (await act(http, task, "complete", outcome="reached")).status_code == 409
    assert (await act(http, task, "claim")).status_code == 409


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"customer_id": "stranger"}, 404),
        ({"playbook_key": "nobody"}, 404),
        ({"cost": {"amount": "1.00", "currency": "USD"}}, 422),
        ({"cost": {"amount": "-1.00", "currency": "CNY"}}, 422),
        ({"due_at": "2099-01-01T00:00:00Z"}, 422),
        ({"due_at": "0001-01-01T00:00:00Z"}, 422),
        ({"priority": 6}, 422),
        ({"channel": "fax"}, 422),
        ({"title": {"en": "x", "zh": ""}}, 422),
    ],
)
async def test_a_task_that_cannot_be_is_refused(
    http: httpx.AsyncClient, shop: asyncpg.Pool, changes: dict[str, Any], status: int
) -> None:
    answer = await http.post("/v1/tasks", json=make_task(**changes))
    assert answer.status_code == status, answer.text
    assert await shop.fetchval("SELECT count(*) FROM tasks") == 0


@pytest.mark.parametrize("cursor", ["x", "1.2", "1.2.3", "9" * 30 + ".1." + "0" * 32, "....."])
async def test_a_cursor_of_nobodys_is_told(
    http: httpx.AsyncClient, shop: asyncpg.Pool, cursor: str
) -> None:
    assert (await http.get("/v1/tasks", params={"cursor": cursor})).status_code == 422


@pytest.mark.parametrize("verb", ["claim", "complete", "cancel"])
async def test_an_unknown_task_is_not_found(
    http: httpx.AsyncClient, shop: asyncpg.Pool, verb: str
) -> None:
    bodies: dict[str, Task] = {"complete": {"outcome": "reached"}, "cancel": {"reason": "x"}}
    answer = await http.post(f"/v1/tasks/{uuid4()}/{verb}", json=bodies.get(verb, {}))
    assert answer.status_code == 404


async def test_a_key_makes_the_same_task_once(http: httpx.AsyncClient, shop: asyncpg.Pool) -> None:
    key = {"Idempotency-Key": "k-1"}
    answers = [await http.post("/v1/tasks", json=make_task(), headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert await shop.fetchval("SELECT count(*) FROM tasks") == 1
