from typing import Any

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
    ],
)
async def test_a_wrong_query_is_refused(http: httpx.AsyncClient, query: dict[str, str]) -> None:
    assert (await http.get("/v1/feedback", params=query)).status_code == 422
