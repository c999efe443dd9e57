"""Everything that happened with one customer is on one time line, newest first, each once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from tests.integration.feedback.life_rows import (
    START,
    add_ladder,
    bring_back,
    buy,
    day,
    forget_lives,
    live_a_full_life,
    move,
)
from tests.integration.feedback.people_rows import add_person, forget_people

PATH = "/v1/customers/ann/timeline"
Item = dict[str, Any]


@pytest.fixture(autouse=True)
async def ann(pool: asyncpg.Pool) -> None:
    """Ann, into whom old-ann was merged, in a shop that counts in CNY."""
    await forget_people(pool)
    await forget_lives(pool)
    await add_person(pool, 1, "ann")
    await add_person(pool, 2, "old-ann", merged_into=1)
    await pool.execute("INSERT INTO shop (base_currency, fixed_at) VALUES ('CNY', now())")


async def read(http: httpx.AsyncClient, path: str = PATH, **query: Any) -> list[Item]:
    answer = await http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    items: list[Item] = answer.json()["items"]
    return items


async def read_all(http: httpx.AsyncClient, **query: Any) -> list[Item]:
    """Read page after page."""
    items: list[Item] = []
    while True:
        page = (await http.get(PATH, params=query)).json()
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        query["cursor"] = page["next_cursor"]


async def say_everything(http: httpx.AsyncClient) -> None:
    """Give what feedback itself takes: feedback, a call, an answer to an offer."""
    customer = {"customer_id": "ann"}
    said = {"kind": "csat", "rating": 5, "customer": customer, "text": "好"}
    await http.post("/v1/feedback", json=said | {"occurred_at": day(10).isoformat()})
    call = {"kind": "call", "customer": customer, "cost": {"amount": "6.00", "currency": "CNY"}}
    await http.post("/v1/interactions", json=call | {"occurred_at": day(11).isoformat()})
    offer = {"name": {"en": "A coffee on us", "zh": "请您喝一杯"}}
    await http.put("/v1/offers/coffee", json=offer)
    answer = {"customer_id": "ann", "answer": "accepted", "at": day(12).isoformat()}
    assert (await http.post("/v1/offers/coffee/responses", json=answer)).status_code == 200


async def test_every_kind_of_entry_is_on_one_line(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await live_a_full_life(pool)
    await say_everything(http)
    items = await read(http)
    assert [(item["kind"], item["title"]["en"]) for item in items] == [
        ("offer", "Offer accepted: A coffee on us"),
        ("interaction", "Call to the customer"),
        ("feedback", "Satisfaction: 5"),
        ("merge", "Merged with old-ann"),
        ("experiment", "In experiment coffee-test: treated"),
        ("points", "Points redeemed: -100"),
        ("benefit", "Benefit used: free_shipping"),
        ("survey", "Survey answered: hello"),
        ("task", "Done: Call Ann"),
        ("case", "Case (Complaint): opened"),
        ("tier", "Tier: Standard → High value"),
        ("return", "Goods returned: 12.37 CNY"),
        ("purchase", "Purchase: 37.50 CNY"),
    ]
    assert [item["at"] for item in items] == [
        day(number).strftime("%Y-%m-%dT%H:%M:%SZ") for number in range(12, -1, -1)
    ]


async def test_every_entry_is_called_something_in_chinese(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await live_a_full_life(pool)
    await say_everything(http)
    titles = {item["title"]["zh"] for item in await read(http)}
    assert {"等级：普通 → 高价值", "消费：37.50 CNY", "接受优惠：请您喝一杯"} <= titles
    assert all(any(char > "\u2e80" for char in title) for title in titles)


async def test_amounts_are_money_and_what_is_of_feedback_says_where_it_is(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await live_a_full_life(pool)
    await say_everything(http)
    by_kind = {item["kind"]: item for item in await read(http)}
    assert by_kind["purchase"]["details"]["net"] == {"amount": "37.50", "currency": "CNY"}
    assert by_kind["interaction"]["details"]["cost"] == {"amount": "6.00", "currency": "CNY"}
    call = by_kind["interaction"]
    assert call["link"] == f"/v1/interactions/{call['id']}"
    assert (await http.get(call["link"])).status_code == 200
    assert by_kind["purchase"]["link"] is None


async def test_what_earned_points_is_told_only_to_who_asks(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await live_a_full_life(pool)
    assert [item["kind"] for item in await read(http, kinds="points_earned")] == ["points_earned"]
    assert "points_earned" not in {item["kind"] for item in await read(http)}


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 50])
async def test_pages_of_any_length_give_the_same_line(
    http: httpx.AsyncClient, pool: asyncpg.Pool, limit: int
) -> None:
    await live_a_full_life(pool)
    await say_everything(http)
    for number, who in ((1, "ann"), (2, "old-ann")):  # at one instant, of two ids and three kinds
        await buy(pool, number, day(5))
        await move(pool, day(5), "low", "high")
        said = {"kind": "csat", "rating": 3 + number, "customer": {"customer_id": who}}
        await http.post("/v1/feedback", json=said | {"occurred_at": day(5).isoformat()})
    whole = await read(http, limit=200)
    assert await read_all(http, limit=limit) == whole
    assert len({(item["kind"], item["id"]) for item in whole}) == len(whole) == 19


async def test_what_comes_meanwhile_moves_no_page(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    for number in range(6):
        await buy(pool, 1, day(number))
    first = (await http.get(PATH, params={"limit": 3})).json()
    await buy(pool, 1, day(8))
    await buy(pool, 1, day(4) + timedelta(minutes=1))
    rest = await read(http, limit=3, cursor=first["next_cursor"])
    assert [item["at"][:10] for item in rest] == ["2026-11-03", "2026-11-02", "2026-11-01"]


async def test_merged_ids_have_one_line_whichever_is_asked_for(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await buy(pool, 1, day(0))
    await buy(pool, 2, day(1))
    assert await read(http, "/v1/customers/old-ann/timeline") == await read(http)
    assert len(await read(http)) == 2


async def test_a_merge_that_was_undone_is_told_twice(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await live_a_full_life(pool)
    await pool.execute("UPDATE identity_links SET undone_at = $1", day(13))
    titles = [item["title"]["en"] for item in await read(http, kinds="merge")]
    assert titles == ["Separated again from old-ann", "Merged with old-ann"]


async def test_a_decision_that_moved_nobody_is_no_entry(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await add_ladder(pool)
    await move(pool, day(1), None, "low", "first_decision")
    await move(pool, day(2), "low", "low", "release")
    assert [item["title"]["en"] for item in await read(http)] == ["Tier: Standard"]


@pytest.mark.parametrize(
    ("kind", "lines", "title"),
    [
        ("return", None, "Everything returned"),
        (
            "return",
            [[1, "a", None, 1, 100, 0], [2, "b", None, 1, 50, 0]],
            "Goods returned: 1.50 CNY",
        ),
        ("void", None, "Purchase voided"),
    ],
    ids=["all", "lines", "void"],
)
async def test_what_came_back_is_told(
    http: httpx.AsyncClient,
    pool: asyncpg.Pool,
    kind: str,
    lines: Sequence[Sequence[object]] | None,
    title: str,
) -> None:
    await bring_back(pool, day(1), lines, kind)
    assert [item["title"]["en"] for item in await read(http)] == [title]


async def test_a_span_begins_with_since_and_ends_before_until(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    for number in range(5):
        await buy(pool, 1, day(number))
    items = await read(http, since=day(1).isoformat(), until=day(3).isoformat())
    assert [item["at"][:10] for item in items] == ["2026-11-03", "2026-11-02"]
    paged = await read_all(http, since=day(1).isoformat(), until=day(3).isoformat(), limit=1)
    assert paged == items


async def test_only_the_kinds_asked_for_come(http: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    await live_a_full_life(pool)
    kinds = {item["kind"] for item in await read(http, kinds="tier,purchase")}
    assert kinds == {"tier", "purchase"}


async def test_who_was_never_heard_of_is_not_found(http: httpx.AsyncClient) -> None:
    assert (await http.get("/v1/customers/stranger/timeline")).status_code == 404


async def test_a_known_customer_without_a_past_has_an_empty_line(http: httpx.AsyncClient) -> None:
    assert await read(http) == []


async def test_what_was_said_before_ingest_heard_of_them_is_there(
    http: httpx.AsyncClient,
) -> None:
    said = {"kind": "csat", "rating": 5, "customer": {"customer_id": "new-one"}}
    await http.post("/v1/feedback", json=said)
    items = await read(http, "/v1/customers/new-one/timeline")
    assert [item["kind"] for item in items] == ["feedback"]


@pytest.mark.parametrize(
    "query",
    [
        {"kinds": "purchase,nonsense"},
        {"cursor": "nonsense"},
        {"cursor": f"1.purchase.{'0' * 31}"},
        {"since": "yesterday"},
        {"limit": "0"},
        {"limit": "201"},
    ],
    ids=["kind", "cursor", "id", "since", "limit-0", "limit-201"],
)
async def test_a_question_that_cannot_be_read_is_refused(
    http: httpx.AsyncClient, query: dict[str, str]
) -> None:
    assert (await http.get(PATH, params=query)).status_code == 422


async def test_an_instant_shared_by_many_is_paged_through(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    for _ in range(7):
        await move(pool, START, "low", "high")
    assert len(await read_all(http, limit=2)) == 7
