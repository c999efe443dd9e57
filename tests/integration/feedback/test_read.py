from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from tests.integration.feedback.test_give import make_feedback, post


async def page(http: httpx.AsyncClient, **query: str | int) -> dict[str, Any]:
    answer = await http.get("/v1/feedback", params=query)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


async def test_feedback_reads_as_it_was_given(http: httpx.AsyncClient) -> None:
    given = make_feedback(
        kind="review", text="很好 ☕", language="zh", order_id="o-1", properties={"page": "home"}
    )
    await post(http, given)
    (item,) = (await page(http))["items"]
    assert {name: item[name] for name in given if name != "customer"} == {
        name: value for name, value in given.items() if name != "customer"
    }
    assert item["customer_id"] == "c-1"
    assert item["received_at"] == item["occurred_at"] == "2026-11-22T01:00:00Z"


async def test_pages_hold_everything_once_newest_first(http: httpx.AsyncClient) -> None:
    for rating in range(5):
        await post(http, make_feedback(kind="nps", rating=rating))
    ratings, cursor = [], None
    while True:
        query: dict[str, str | int] = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        got = await page(http, **query)
        ratings.append([item["rating"] for item in got["items"]])
        cursor = got["next_cursor"]
        if cursor is None:
            break
    assert ratings == [[4, 3], [2, 1], [0]]


async def test_one_customer_is_listed_alone(http: httpx.AsyncClient) -> None:
    await post(http, make_feedback())
    await post(http, make_feedback(customer={"customer_id": "c-2"}))
    items = (await page(http, customer_id="c-2"))["items"]
    assert [item["customer_id"] for item in items] == ["c-2"]


SPOKEN = (
    make_feedback(kind="nps", rating=9, channel="phone", occurred_at="2026-11-20T08:00:00+08:00"),
    make_feedback(kind="nps", rating=3, channel="email", occurred_at="2026-11-21T08:00:00+08:00"),
    make_feedback(kind="csat", rating=4, channel="phone", occurred_at="2026-11-21T09:00:00+08:00"),
    make_feedback(kind="text", rating=None, text="hello", channel="focus_group"),
)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "nps"}, [1, 0]),
        ({"channel": "phone"}, [2, 0]),
        ({"kind": "nps", "max_rating": 6}, [1]),
        ({"min_rating": 4}, [2, 0]),
        ({"min_rating": 4, "max_rating": 4}, [2]),
        ({"since": "2026-11-21T00:00:00Z"}, [3, 2, 1]),
        ({"until": "2026-11-21T00:00:00Z"}, [0]),
        ({"since": "2026-11-21T08:00:00+08:00", "until": "2026-11-21T09:00:00+08:00"}, [1]),
        ({"kind": "ces"}, []),
        ({"customer_id": "c-1", "channel": "focus_group"}, [3]),
    ],
    ids=str,
)
async def test_a_list_can_be_narrowed(
    http: httpx.AsyncClient, query: dict[str, str | int], expected: list[int]
) -> None:
    ours = [(await post(http, said)).json()["feedback_id"] for said in SPOKEN]
    items = (await page(http, **query))["items"]
    assert [ours.index(item["feedback_id"]) for item in items] == expected


async def test_a_merged_customers_words_are_found_under_every_id(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    for table in ("customers", "identifiers"):
        await pool.execute(f"DELETE FROM {table}")
    for number, name in ((1, "c-1"), (2, "c-2")):
        await pool.execute(
            "INSERT INTO customers (profile_id, customer_id, merged_into, created_at, updated_at)"
            " VALUES ($1, $2, $3, now(), now())",
            UUID(int=number),
            name,
            UUID(int=2) if number == 1 else None,
        )
        await pool.execute(
            "INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)"
            " VALUES ('customer_id', $1, $2, now())",
            name.encode(),
            UUID(int=number),
        )
    await post(http, make_feedback())
    await post(http, make_feedback(customer={"customer_id": "c-2"}))
    for name in ("c-1", "c-2"):
        items = (await page(http, customer_id=name))["items"]
        assert [item["customer_id"] for item in items] == ["c-2", "c-1"]


async def test_one_piece_is_read_by_its_id(http: httpx.AsyncClient) -> None:
    given = make_feedback(kind="offer_response", rating=None, offer_key="o-1", answer="accepted")
    ours = (await post(http, given)).json()["feedback_id"]
    item = (await http.get(f"/v1/feedback/{ours}")).json()
    assert (item["feedback_id"], item["offer_key"], item["answer"]) == (ours, "o-1", "accepted")
    assert item["tier_held"]["tier"]["key"] == "high"


@pytest.mark.parametrize("name", ["1", str(UUID(int=5))])
async def test_an_unknown_id_is_not_found(http: httpx.AsyncClient, name: str) -> None:
    assert (await http.get(f"/v1/feedback/{name}")).status_code == 404


async def test_words_are_kept_and_told_byte_for_byte(http: httpx.AsyncClient) -> None:
    words = "<script>alert('1')</script>\r\n<b>&amp;</b> \u2028 'quoted' \"twice\" 😀"
    await post(http, make_feedback(kind="text", rating=None, text=words))
    answer = await http.get("/v1/feedback")
    assert answer.json()["items"][0]["text"] == words
    assert answer.headers["content-type"] == "application/json"


async def test_an_empty_list_has_no_next_page(http: httpx.AsyncClient) -> None:
    assert await page(http, customer_id="nobody") == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "many"},
        {"cursor": "x"},
        {"customer_id": ""},
        {"customer_id": "c" * 129},
        {"customer_id": " c"},
        {"customer_id": "\u202ec"},
        {"kind": "praise"},
        {"channel": "fax"},
        {"min_rating": "-1"},
        {"max_rating": "11"},
        {"since": "2026-11-21"},
        {"until": "yesterday"},
    ],
)
async def test_a_wrong_query_is_refused(http: httpx.AsyncClient, query: dict[str, str]) -> None:
    assert (await http.get("/v1/feedback", params=query)).status_code == 422
