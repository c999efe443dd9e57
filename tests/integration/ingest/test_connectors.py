"""What connectors sent is told by the hour, with pushes nobody signed."""

from typing import Any

import pytest

from tests.integration.ingest.conftest import Body, Shop
from tests.integration.ingest.test_webhooks import make_order, push, set_up
from tests.tills import event, receipt


@pytest.fixture(autouse=True)
async def nothing_sent(shop: Shop) -> None:
    await shop.app.state.ingest.counts.flush()
    for table in ("source_day", "source_hour"):
        await shop.pool.execute(f"DELETE FROM {table}")
    await shop.pool.execute("DELETE FROM sources WHERE source_id <> 'till'")
    shop.app.state.ingest.registry.forget()


async def got(shop: Shop, path: str, **query: Any) -> Body:
    answer = await shop.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    document: Body = answer.json()
    return document


async def connector(shop: Shop, name: str) -> Body:
    items: list[Body] = (await got(shop, "/v1/connectors"))["items"]
    return next(each for each in items if each["source_id"] == name)


async def test_what_a_connector_sent_is_counted_by_hour(shop: Shop) -> None:
    await shop.post(receipt(1), receipt(1), {})
    await shop.tell(event("e-1", "searched"))
    (hour,) = (await got(shop, "/v1/connectors/log"))["items"]
    assert hour == {
        "source_id": "till",
        "hour": "2026-11-22T01:00:00Z",
        "received": 4,
        "accepted": 2,
        "duplicates": 1,
        "conflicts": 0,
        "rejected": 1,
        "unsigned": 0,
    }


async def test_a_connector_tells_its_last_day_and_the_last_record_refused(shop: Shop) -> None:
    await shop.pool.execute(
        "INSERT INTO source_hour (received_in, source_id, received, accepted) VALUES"
        " ('2026-11-21T22:00:00Z', 'till', 5, 5), ('2026-11-20T22:00:00Z', 'till', 7, 7)"
    )
    await shop.post(receipt(1), {})
    till = await connector(shop, "till")
    assert (till["last_hour"]["received"], till["last_day"]["received"]) == (2, 7)
    assert till["last_refused"]["reason"] == "missing"
    assert till["last_seen_at"] == "2026-11-22T01:00:00Z"


async def test_a_push_with_a_wrong_secret_shows_at_its_source(shop: Shop) -> None:
    await set_up(shop)
    answer = await push(shop, "orders/create", make_order(), secret="another")
    assert answer.status_code == 401
    found = await connector(shop, "shopify")
    assert (found["last_hour"]["unsigned"], found["last_hour"]["received"]) == (1, 0)
    assert (found["platforms"], found["last_seen_at"]) == (["shopify"], None)


async def test_a_push_to_a_source_that_is_not_there_is_counted_nowhere(shop: Shop) -> None:
    await push(shop, "orders/create", make_order())
    assert (await got(shop, "/v1/connectors/log"))["items"] == []


async def test_the_log_is_paged_newest_first(shop: Shop) -> None:
    await shop.pool.execute(
        "INSERT INTO source_hour (received_in, source_id, received) VALUES"
        " ('2026-11-21T22:00:00Z', 'a', 1), ('2026-11-21T22:00:00Z', 'b', 2),"
        " ('2026-11-21T23:00:00Z', 'a', 3)"
    )
    first = await got(shop, "/v1/connectors/log", limit=2)
    rest = await got(shop, "/v1/connectors/log", limit=2, cursor=first["next_cursor"])
    assert [each["received"] for each in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None
    assert [
        e["received"] for e in (await got(shop, "/v1/connectors/log", source="a"))["items"]
    ] == [
        3,
        1,
    ]


@pytest.mark.parametrize("cursor", ["x", "99999999999999.a", "12.", "1.a\x00"])
async def test_a_cursor_that_is_none_is_refused(shop: Shop, cursor: str) -> None:
    answer = await shop.http.get("/v1/connectors/log", params={"cursor": cursor})
    assert answer.status_code in {400, 422}
