"""Playbooks as people write, look at and judge them."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from shared.contracts.offers import EXAMPLE_OFFER_BODY
from shared.key_rows import Grant, add_key
from shared.keys import new_key
from tests.integration.feedback.care_rows import (
    NOW,
    add_customer,
    add_segment,
    empty_shop,
    make_playbook,
    say,
)
from tests.integration.feedback.care_work import care, run, work


@pytest.fixture
async def shop(pool: asyncpg.Pool) -> asyncpg.Pool:
    await empty_shop(pool)
    return pool


@pytest.fixture
async def reporter(pool: asyncpg.Pool, http: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """The same service for somebody who may only read reports."""
    key = new_key()
    await add_key(pool, key, Grant("boss", frozenset({"reports:read"}), "boss"))
    transport, headers = http._transport, {"Authorization": f"Bearer {key}"}  # noqa: SLF001 - httpx has no other way
    async with httpx.AsyncClient(
        transport=transport, base_url="http://feedback", headers=headers
    ) as client:
        yield client


def body_of(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in make_playbook(**changes).items() if name != "key"}


async def put(
    http: httpx.AsyncClient, version: int | None = None, **changes: Any
) -> httpx.Response:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return await http.put("/v1/playbooks/calls", json=body_of(**changes), headers=headers)


async def test_a_playbook_is_made_read_and_changed(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    made = await http.post("/v1/playbooks", json=make_playbook(state="draft"))
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    shown = await http.get("/v1/playbooks/calls")
    assert shown.headers["ETag"] == '"1"'
    assert shown.json()["action"]["costs"] == {"phone": {"amount": "3.00", "currency": "CNY"}}
    assert shown.json()["live_since"] is None
    changed = await put(http, 1, state="live")
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert changed.json()["live_since"] == NOW.isoformat().replace("+00:00", "Z")


async def test_the_same_key_twice_is_a_conflict(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    answers = [await http.post("/v1/playbooks", json=make_playbook()) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 409]


async def test_a_change_names_the_version_it_is_meant_for(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    assert (await put(http)).status_code == 200
    assert (await put(http)).status_code == 428
    assert (await put(http, 7)).status_code == 412
    assert (await put(http, 1)).status_code == 200


async def test_an_ended_playbook_stays_ended(http: httpx.AsyncClient, shop: asyncpg.Pool) -> None:
    await put(http)
    assert (await put(http, 1, state="ended")).status_code == 200
    assert (await put(http, 2)).status_code == 409


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"audience": {"segment": "nobody"}}, "/audience/segment", "unknown_segment"),
        ({"trigger": {"kind": "schedule", "every": "week", "day": 3}}, "/trigger",
         "wrong_day"),
        ({"trigger": {"kind": "full_moon"}}, "/trigger", "not_allowed"),
        ({"trigger": {"kind": "feedback", "feedback_kind": "csat", "at_most": 6}},
         "/trigger", "rating_out_of_range"),
        ({"action": {"message": {"en": "{age}", "zh": "x"}}}, "/action/message/en",
         "unknown_placeholder"),
        ({"action": {"channel": "fax"}}, "/action/channel", "not_allowed"),
        ({"budget": {"amount": "5.00", "currency": "USD"}}, "/budget/currency", "wrong_currency"),
        ({"caps": [{"count": 0, "days": 7}]}, "/caps/0/count", "out_of_range"),
        ({"quiet": {"start": "21:00"}}, "/quiet", "one_of"),
        ({"name": {"en": "x"}}, "/name/zh", "missing"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told_with_its_place(
    http: httpx.AsyncClient, shop: asyncpg.Pool, changes: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await http.post("/v1/playbooks", json=make_playbook(**changes))
    assert answer.status_code == 422
    (told,) = answer.json()["errors"]
    assert (told["pointer"], told["code"]) == (pointer, code)
    assert await shop.fetchval("SELECT count(*) FROM playbooks") == 0


async def test_playbooks_are_listed_page_by_page(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for key in ("a", "b", "c"):
        state = "draft" if key == "b" else "live"
        await http.post("/v1/playbooks", json=make_playbook(key=key, state=state))
    first = (await http.get("/v1/playbooks", params={"limit": 2})).json()
    assert [item["key"] for item in first["items"]] == ["a", "b"]
    rest = (await http.get("/v1/playbooks", params={"cursor": first["next_cursor"]})).json()
    assert ([item["key"] for item in rest["items"]], rest["next_cursor"]) == (["c"], None)
    live = (await http.get("/v1/playbooks", params={"state": "live"})).json()
    assert [item["key"] for item in live["items"]] == ["a", "c"]


async def test_a_preview_counts_and_shows_and_makes_nothing(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    people = [await add_customer(shop, n, tier="low" if n > 2 else "high") for n in range(5)]
    await say(shop, people[4], "marketing", granted=False, at=NOW)
    await http.post("/v1/playbooks", json=make_playbook(state="draft"))
    answer = await http.post("/v1/playbooks/calls/preview", json={"sample": 1})
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["audience"], shown["examined"], shown["is_complete"]) == (5, 5, True)
    assert (shown["contacts"], shown["cost"]["amount"]) == (4, "12.00")
    assert shown["held_back"] == {"consent": 1}
    assert [(g["tier"], g["contacts"]) for g in shown["groups"]] == [("high", 3), ("low", 1)]
    (sample,) = shown["samples"]
    assert sample["message"] == {"en": "Thank customer, High value", "zh": "感谢顾客（高价值）"}
    assert sample["why"]["en"] == "Somebody ran the playbook."
    told = {each["placeholder"]: each["otherwise"]["zh"] for each in shown["placeholders"]}
    assert told["{name}"] == "顾客"
    assert len(told) == 8
    assert await shop.fetchval("SELECT count(*) FROM tasks") == 0


async def test_a_preview_names_the_customer_the_offer_and_the_benefit(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await add_customer(shop, 1, attributes={"name": "李娜"})
    benefit = {"key": "gift", "name": {"en": "a gift", "zh": "礼品"}}
    await shop.execute(
        "UPDATE programme_versions SET document = document || $1", {"benefits": [benefit]}
    )
    assert (await http.put("/v1/offers/coffee", json=EXAMPLE_OFFER_BODY)).is_success
    message = {"en": "{name}: {offer}, {benefit}", "zh": "{name}：{offer}，{benefit}"}
    action = {"message": message, "offer_key": "coffee", "benefit_key": "gift"}
    made = await http.post("/v1/playbooks", json=make_playbook(action=action))
    assert made.status_code == 201, made.text
    (sample,) = (await http.post("/v1/playbooks/calls/preview", json={})).json()["samples"]
    assert sample["message"] == {
        "en": "李娜: A coffee on us, a gift",
        "zh": "李娜：请您喝一杯，礼品",
    }


@pytest.mark.parametrize("used", ["offer", "benefit", "festival"])
async def test_a_text_that_refers_to_nothing_is_told_of_and_may_not_go_live(
    http: httpx.AsyncClient, shop: asyncpg.Pool, used: str
) -> None:
    action = {"message": {"en": f"For you: {{{used}}}", "zh": "送您好礼"}}
    draft = await http.post("/v1/playbooks", json=make_playbook(state="draft", action=action))
    (warning,) = draft.json()["warnings"]
    assert (warning["pointer"], warning["code"]) == ("/action/message/en", "nothing_named")
    assert (await http.get("/v1/playbooks/calls")).json()["warnings"] == [warning]
    shown = (await http.post("/v1/playbooks/calls/preview", json={})).json()
    assert shown["warnings"] == [warning]
    live = await put(http, 1, state="live", action=make_playbook(action=action)["action"])
    assert live.status_code == 422
    assert [(e["pointer"], e["message"]) for e in live.json()["errors"]] == [
        (warning["pointer"], warning["message"])
    ]


async def test_a_preview_counts_who_a_budget_leaves_out(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for number in range(5):
        await add_customer(shop, number)
    budget = {"amount": "7.00", "currency": "CNY"}
    await http.post("/v1/playbooks", json=make_playbook(budget=budget))
    shown = (await http.post("/v1/playbooks/calls/preview", json={})).json()
    assert (shown["contacts"], shown["held_back"]) == (2, {"budget": 3})


async def test_a_preview_of_a_segment_reads_its_members(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    people = [await add_customer(shop, number) for number in range(3)]
    await add_segment(shop, "vips", people[:2])
    playbook = make_playbook(
        audience={"segment": "vips"}, trigger={"kind": "entered", "segment": "vips"}
    )
    assert (await http.post("/v1/playbooks", json=playbook)).status_code == 201
    shown = (await http.post("/v1/playbooks/calls/preview", json={})).json()
    assert (shown["audience"], shown["contacts"]) == (2, 2)


async def test_results_tell_what_came_of_it_by_tier(
    http: httpx.AsyncClient, reporter: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    for number in range(4):
        await add_customer(shop, number, tier="high" if number < 3 else "low")
    await http.post("/v1/playbooks", json=make_playbook())
    await run(http)
    await work(shop, care())
    tasks = (await http.get("/v1/tasks")).json()["items"]
    by_customer = {task["customer_id"]: task["task_id"] for task in tasks}
    for who, outcome in (("c-0", "accepted"), ("c-1", "declined"), ("c-2", "not_reached")):
        done = await http.post(f"/v1/tasks/{by_customer[who]}/complete", json={"outcome": outcome})
        assert done.status_code == 200, done.text
    assert (await http.get("/v1/playbooks/calls/results")).status_code == 403
    told = (await reporter.get("/v1/playbooks/calls/results")).json()
    assert told["states"] == {"done": 3, "open": 1}
    assert (told["reached_rate"], told["response_rate"]) == (0.666667, 0.5)
    assert (told["cost"]["amount"], told["open_cost"]["amount"]) == ("9.00", "3.00")
    assert [(tier["tier"], tier["tasks"]) for tier in told["by_tier"]] == [("high", 3), ("low", 1)]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"state": "draft"}, 409),
        ({"trigger": {"kind": "feedback", "feedback_kind": "complaint"}}, 409),
        ({}, 202),
    ],
)
async def test_only_a_live_playbook_of_an_audience_is_run_by_hand(
    http: httpx.AsyncClient, shop: asyncpg.Pool, changes: dict[str, Any], status: int
) -> None:
    await http.post("/v1/playbooks", json=make_playbook(**changes))
    answer = await http.post("/v1/playbooks/calls/run", json={"reason": "now"})
    assert answer.status_code == status


async def test_running_it_again_under_the_same_key_is_one_run(
    http: httpx.AsyncClient, shop: asyncpg.Pool
) -> None:
    await http.post("/v1/playbooks", json=make_playbook())
    key = {"Idempotency-Key": "k-1"}
    answers = [
        await http.post("/v1/playbooks/calls/run", json={"reason": "now"}, headers=key)
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert await shop.fetchval("SELECT count(*) FROM playbook_runs") == 1


@pytest.mark.parametrize("route", ["", "/preview", "/run", "/results"])
async def test_an_unknown_playbook_is_not_found(
    http: httpx.AsyncClient, reporter: httpx.AsyncClient, shop: asyncpg.Pool, route: str
) -> None:
    if route in {"", "/results"}:
        client = http if route == "" else reporter
        answer = await client.get(f"/v1/playbooks/nobody{route}")
    else:
        posted = {"reason": "x"} if route == "/run" else {}
        answer = await http.post(f"/v1/playbooks/nobody{route}", json=posted)
    assert answer.status_code == 404


async def test_every_preset_is_taken_as_it_is(http: httpx.AsyncClient, shop: asyncpg.Pool) -> None:
    items = (await http.get("/v1/playbooks/presets")).json()["items"]
    assert len(items) >= 5
    for item in items:
        made = await http.post("/v1/playbooks", json={"key": item["key"], **item["document"]})
        assert (made.status_code, made.json().get("warnings")) == (201, []), made.text
