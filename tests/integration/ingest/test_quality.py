"""What a source sends is reported exactly, and graded by the published rule."""

from typing import Any

import pytest

from tests.integration.ingest.conftest import Body, Shop
from tests.tills import back, event, line, receipt

WHOLE = line() | {"category": "drinks", "cost": "4.00"}


@pytest.fixture(autouse=True)
async def nothing_counted(shop: Shop) -> None:
    registry = shop.app.state.ingest.registry
    await registry.base_currency("CNY", shop.app.state.ingest.clock.now())
    await shop.app.state.ingest.counts.flush()
    await shop.pool.execute("DELETE FROM source_day")
    await shop.pool.execute("DELETE FROM sources WHERE source_id <> 'till'")


async def report(shop: Shop, **query: Any) -> Body:
    answer = await shop.http.get("/v1/quality", params={"source": "till"} | query)
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["items"]
    document: Body = found
    return document


async def test_a_report_counts_what_became_of_every_item(shop: Shop) -> None:
    good = [receipt(n, lines=[WHOLE]) for n in range(18)]
    nobody = receipt(18, lines=[line()], customer=None)
    ahead = event("e-1", "searched") | {"occurred_at": "2026-11-22T02:00:00Z"}
    await shop.post(*good, nobody, receipt(0, lines=[WHOLE]), receipt(1, channel="web"), {})
    await shop.tell(ahead)
    found = await report(shop)
    assert found["items"] == {
        "received": 23,
        "accepted": 20,
        "duplicates": 1,
        "conflicts": 1,
        "rejected": 1,
    }
    assert found["rejected_by_reason"] == {"missing": 1}
    assert found["observed_events"] == 20
    assert found["completeness"] == {
        "customer": round(18 / 19, 4),
        "store": 1.0,
        "category": round(18 / 19, 4),
        "cost": round(18 / 19, 4),
    }
    assert found["anonymous_share"] == round(1 / 19, 4)
    assert found["time_suspect_share"] == 0.05
    assert found["grades"] == {"validity": "C", "identity": None, "detail": None, "time": "C"}
    assert found["grade"] == "C"


async def test_lateness_and_silence_are_told(shop: Shop) -> None:
    on_time = [receipt(n, occurred_at="2026-11-22T00:59:00Z") for n in range(9)]
    await shop.post(*on_time, receipt(9, occurred_at="2026-11-20T01:00:00Z"))
    found = await report(shop)
    assert found["lateness_s"] == pytest.approx({"p50": 60, "p90": 17334, "p99": 157261}, rel=0.01)
    assert found["freshness"] == {
        "last_event_at": "2026-11-22T01:00:00Z",
        "usual_gap_s": None,
        "is_silent": False,
    }


async def test_returns_without_effect_are_a_share_of_all(shop: Shop) -> None:
    sale = receipt(1)
    await shop.accept(sale, back(2, sale), back(3, sale), back(4, receipt(99)))
    found = await report(shop)
    assert found["returns"] == {
        "returns": 3,
        "orphan": round(1 / 3, 4),
        "over_return": round(1 / 3, 4),
        "unmatched_return": 0.0,
    }


async def test_each_source_is_reported_by_itself_page_by_page(shop: Shop) -> None:
    await shop.http.put("/v1/sources/web", json={"kind": "web"})
    await shop.accept(*(receipt(n, lines=[WHOLE]) for n in range(20)))
    first = (await shop.http.get("/v1/quality?limit=1")).json()
    rest = (await shop.http.get(f"/v1/quality?cursor={first['next_cursor']}")).json()
    assert [each["source"] for each in first["items"] + rest["items"]] == ["till", "web"]
    assert (first["items"][0]["observed_events"], rest["items"][0]["observed_events"]) == (20, 0)
    assert rest["items"][0]["grade"] is None


async def test_the_grade_is_shown_with_the_source(shop: Shop) -> None:
    await shop.accept(*(receipt(n, lines=[WHOLE]) for n in range(20)))
    listed = (await shop.http.get("/v1/sources")).json()["items"]
    grades = {each["source_id"]: each["grade"] for each in listed}
    # received a day and a half after they happened
    assert grades["till"] == (await report(shop))["grade"] == "B"


async def test_a_source_that_is_not_there_has_no_report(shop: Shop) -> None:
    assert (await shop.http.get("/v1/quality?source=nobody")).json()["items"] == []


async def test_the_whole_shop_has_one_grade_and_a_sentence(shop: Shop) -> None:
    await shop.accept(*(receipt(n, lines=[WHOLE]) for n in range(20)))
    found = (await shop.http.get("/v1/quality/summary")).json()
    assert (found["grade"], found["word"]["en"]) == ("B", "Fair")
    assert found["held_down_by"] == {"source": "till", "dimension": "time"}
    assert found["sentence"]["en"].startswith("Held down to B by till:")
    assert found["last_event_at"] == "2026-11-22T01:00:00Z"


async def test_a_declared_backfill_is_neither_late_nor_silent(shop: Shop) -> None:
    await shop.accept(*(receipt(n, lines=[WHOLE]) for n in range(20)))
    body = {"kind": "pos", "settings": {"is_backfill": True}}
    assert (await shop.http.put("/v1/sources/till", json=body)).status_code == 200
    found = (await shop.http.get("/v1/quality/summary")).json()
    assert (found["grade"], found["silent_sources"]) == ("A", [])


async def test_a_shop_without_data_is_not_judged(shop: Shop) -> None:
    found = (await shop.http.get("/v1/quality/summary")).json()
    assert (found["grade"], found["word"]["zh"]) == (None, "暂未评级")


async def test_what_became_of_items_is_told_day_by_day(shop: Shop) -> None:
    await shop.pool.execute(
        "INSERT INTO source_day (source_id, received_on, received, accepted) VALUES"
        " ('till', '2026-11-20', 5, 4), ('web', '2026-11-20', 2, 2), ('till', '2026-10-01', 9, 9)"
    )
    await shop.http.put("/v1/sources/web", json={"kind": "web"})
    await shop.accept(receipt(1))
    days = (await shop.http.get("/v1/quality/days")).json()["items"]
    told = [(each["day"], each["received"], each["accepted"]) for each in days]
    assert told == [("2026-11-20", 7, 6), ("2026-11-22", 1, 1)]
    of_till = (await shop.http.get("/v1/quality/days?source=till&days=3")).json()["items"]
    assert [each["received"] for each in of_till] == [5, 1]
