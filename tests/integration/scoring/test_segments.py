"""Segments over HTTP: defined, counted, listed, exported; what is wrong gets a path."""

import asyncio
import csv
import io
from typing import Any

import pytest

from services.scoring.domain.conditions.tree import NEVER
from services.scoring.queries.conditions.ask import Instant, Question, TooCostly, asking
from tests.condition_trees import metric
from tests.integration.scoring.conftest import Scoring

NAME = {"en": "Regulars", "zh": "常客"}
OFTEN = metric("orders", "gte", 5)


async def create(scoring: Scoring, key: str, condition: Any, **more: Any) -> Any:
    body = {"key": key, "name": NAME, "condition": condition, **more}
    return await scoring.client.post("/v1/segments", json=body)


async def members(scoring: Scoring, key: str) -> list[str]:
    found, cursor = [], ""
    while cursor is not None:
        after = {"cursor": cursor} if cursor else {}
        page = (
            await scoring.client.get(f"/v1/segments/{key}/members", params={"limit": 30, **after})
        ).json()
        found += [item["customer_id"] for item in page["items"]]
        cursor = page["next_cursor"]
    return found


async def test_segment_is_counted_and_listed_page_by_page(scoring: Scoring) -> None:
    made = await create(scoring, "often", OFTEN)
    assert (made.status_code, made.json()["version"]) == (201, 1)
    count = (await scoring.client.get("/v1/segments/often/count")).json()
    listed = await members(scoring, "often")
    assert 30 < len(listed) == len(set(listed)) == count["matching"] < count["total"] == 400
    assert (count["share"], count["pending"]) == (count["matching"] / 400, 0)


async def test_preview_counts_and_shows_a_few(scoring: Scoring) -> None:
    asked = {"condition": OFTEN, "sample": 2}
    seen = (await scoring.client.post("/v1/segments/preview", json=asked)).json()
    assert len(seen["sample"]) == 2
    assert all(each["orders"] >= 1 for each in seen["sample"])
    assert (await scoring.client.get("/v1/segments")).json()["items"] == []


async def test_segment_is_written_anew_and_taken_away(scoring: Scoring) -> None:
    await create(scoring, "often", OFTEN)
    body = {"name": NAME, "condition": metric("orders", "gte", 10**6)}
    again = await scoring.client.put("/v1/segments/often", json=body)
    assert again.json()["version"] == 2
    assert (await scoring.client.get("/v1/segments/often/count")).json()["matching"] == 0
    assert (await scoring.client.delete("/v1/segments/often")).status_code == 204
    for path in ("", "/count", "/members"):
        assert (await scoring.client.get(f"/v1/segments/often{path}")).status_code == 404
    assert (await create(scoring, "often", OFTEN)).json()["version"] == 4


async def test_of_two_who_change_what_they_read_at_once_one_is_told(scoring: Scoring) -> None:
    await create(scoring, "often", OFTEN)
    tag = (await scoring.client.get("/v1/segments/often")).headers["ETag"]
    bodies = [{"name": NAME, "condition": metric("orders", "gte", least)} for least in (6, 7)]
    puts = [
        scoring.client.put("/v1/segments/often", json=body, headers={"If-Match": tag})
        for body in bodies
    ]
    answers = await asyncio.gather(*puts)
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    (made,) = [answer for answer in answers if answer.is_success]
    read = await scoring.client.get("/v1/segments/often")
    assert (read.json(), read.headers["ETag"]) == (made.json(), made.headers["ETag"])


async def test_a_segment_that_is_gone_is_not_what_was_read(scoring: Scoring) -> None:
    body = {"name": NAME, "condition": OFTEN}
    answer = await scoring.client.put("/v1/segments/no", json=body, headers={"If-Match": '"1"'})
    assert answer.status_code == 412
    assert (await scoring.client.get("/v1/segments/no")).status_code == 404


async def test_key_is_taken_once(scoring: Scoring) -> None:
    await create(scoring, "often", OFTEN)
    assert (await create(scoring, "often", OFTEN)).status_code == 409


async def test_same_idempotency_key_makes_one_segment(scoring: Scoring) -> None:
    body = {"key": "often", "name": NAME, "condition": OFTEN}
    headers = {"Idempotency-Key": "k-1"}
    first = await scoring.client.post("/v1/segments", json=body, headers=headers)
    again = await scoring.client.post("/v1/segments", json=body, headers=headers)
    assert (first.json(), again.headers["Idempotent-Replayed"]) == (again.json(), "true")


async def test_segments_are_listed_by_key_with_a_cursor(scoring: Scoring) -> None:
    for key in ("c", "a", "b"):
        await create(scoring, key, OFTEN)
    first = (await scoring.client.get("/v1/segments?limit=2")).json()
    rest = (await scoring.client.get(f"/v1/segments?cursor={first['next_cursor']}")).json()
    keys = [item["key"] for item in (*first["items"], *rest["items"])]
    assert (keys, rest["next_cursor"]) == (["a", "b", "c"], None)


TIER = {"tier": {"programme": "value", "at_least": "gold"}}
REFUSED = (
    ({"any": [OFTEN, {"what": 1}]}, "/condition/any/1", "unknown_field"),
    ({"in_segment": "none"}, "/condition/in_segment", "unknown_segment"),
    ({"in_segment": "self"}, "/condition/in_segment", "unknown_segment"),
    (TIER, "/condition/tier/at_least", "unknown_tier"),
    ({"not": {"tier": {"programme": "x", "in": ["gold"]}}}, "/condition/not/tier/programme",
     "unknown_programme"),
    ({"rank": {"of": "spend", "last_days": 45, "top": 0.2}}, "/condition/rank/last_days",
     "not_allowed"),
)  # fmt: skip


@pytest.mark.parametrize(("condition", "pointer", "code"), REFUSED, ids=range(len(REFUSED)))
async def test_condition_with_a_fault_is_refused_with_its_path(
    scoring: Scoring, condition: Any, pointer: str, code: str
) -> None:
    answer = await create(scoring, "self", condition)
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"], fault["code"]) == (422, pointer, code)


async def test_segments_may_not_go_in_a_circle(scoring: Scoring) -> None:
    await create(scoring, "a", OFTEN)
    await create(scoring, "b", {"in_segment": "a"})
    for condition in ({"in_segment": "b"}, {"not": {"in_segment": "a"}}):
        body = {"name": NAME, "condition": condition}
        answer = await scoring.client.put("/v1/segments/a", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "circular")


async def test_segment_in_use_stays(scoring: Scoring) -> None:
    await create(scoring, "a", OFTEN)
    await create(scoring, "b", {"all": [{"not": {"in_segment": "a"}}]})
    answer = await scoring.client.delete("/v1/segments/a")
    assert (answer.status_code, "used by b" in answer.json()["detail"]) == (409, True)
    count = (await scoring.client.get("/v1/segments/b/count")).json()
    assert count["matching"] == 400 - len(await members(scoring, "a"))


async def test_top_share_is_cut_from_the_base(scoring: Scoring) -> None:
    asked = {"condition": {"rank": {"of": "spend", "last_days": 365, "top": 0.1}}, "sample": 20}
    seen = (await scoring.client.post("/v1/segments/preview", json=asked)).json()
    assert seen["matching"] in range(38, 43)
    half = {"condition": {"rank": {"of": "spend", "by": "value", "top": 0.5}}}
    rich = (await scoring.client.post("/v1/segments/preview", json=half)).json()
    assert 0 < rich["matching"] < 200


async def test_marketing_leaves_out_who_withdrew_that_consent(scoring: Scoring) -> None:
    await create(scoring, "often", OFTEN, purpose="marketing")
    before = await members(scoring, "often")
    await scoring.app.state.pool.execute(
        """
        INSERT INTO consents SELECT profile_id, 'marketing', 1, false, 1, now() FROM customers
        WHERE customer_id = $1
        """,
        before[0],
    )
    await scoring.app.state.pool.execute(
        "UPDATE customers SET version = version + 1 WHERE customer_id = $1", before[0]
    )
    count = (await scoring.client.get("/v1/segments/often/count")).json()
    assert (count["matching"], count["pending"]) == (len(before) - 1, 0)
    assert await members(scoring, "often") == before[1:]


async def export(scoring: Scoring, **parameters: str) -> list[list[str]]:
    answer = await scoring.client.get(
        "/v1/segments/all/members", params=parameters, headers={"Accept": "text/csv"}
    )
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text)))


async def test_export_runs_nothing_in_a_spreadsheet(scoring: Scoring) -> None:
    await create(scoring, "all", metric("orders", "gte", 0))
    await scoring.app.state.pool.execute(
        "UPDATE customers SET customer_id = '=HYPERLINK(\"x\")' WHERE customer_id = 'c-3'"
    )
    headings, *rows = await export(scoring)
    assert (headings[0], len(rows)) == ("customer_id", 400)
    assert rows[3][0] == '\'=HYPERLINK("x")'
    assert (await export(scoring, raw="1"))[4][0] == '=HYPERLINK("x")'


async def test_session_names_the_segments_of_now(scoring: Scoring) -> None:
    asked = {"customer": {"customer_id": "c-3"}, "channel": "web", "include": ["segments"]}
    before = await scoring.client.post("/v1/sessions", json=asked)
    assert (before.status_code, before.json()["segments"]) in ((200, []), (201, []))
    await create(scoring, "all", metric("orders", "gte", 0))
    await create(scoring, "none", metric("orders", "gte", 10**6))
    assert (await scoring.client.post("/v1/sessions", json=asked)).json()["segments"] == ["all"]


async def test_what_takes_too_long_is_refused(scoring: Scoring) -> None:
    scoring.app.state.segment_desk._counter._timeout_s = 0.001  # noqa: SLF001 - a knob
    answer = await scoring.client.post("/v1/segments/preview", json={"condition": OFTEN})
    assert (answer.status_code, answer.json()["type"].rsplit("/")[-1]) == (422, "too_costly")


async def test_what_the_planner_finds_too_costly_is_not_begun(scoring: Scoring) -> None:
    moment = scoring.app.state.business_day.moment()
    instant = Instant(moment.now, moment.today)
    async with asking(scoring.app.state.pool, 5) as connection:
        assert (await Question(NEVER, instant).count(connection)).matching == 0
        with pytest.raises(TooCostly):
            await Question(NEVER, instant, most_cost=1.0).count(connection)


INJECTIONS = (
    "'; DROP TABLE customers; --", "1 OR 1=1", "pg_sleep(10)", "$1", "%s", "{}", "' OR ''='",
    "\\", '"', "*/ SELECT 1 /*", "x'::text || (SELECT version())::text || '",
)  # fmt: skip


@pytest.mark.parametrize("place", range(len(INJECTIONS)))
async def test_sql_in_a_condition_is_data(scoring: Scoring, place: int) -> None:
    text = INJECTIONS[place]
    where = {"channel": [text], "store": [text], "category": [text], "sku": [text]}
    leaves = [
        {"attribute": {"name": text, "op": "eq", "value": text}},
        {"attribute": {"name": "a", "op": "between", "value": [text, text]}},
        {"attribute": {"name": "a", "op": "contains", "value": text}},
        {"attribute": {"name": "a", "op": "prefix", "value": text}},
        {"performed": {"event": "order_completed", "where": where}},
        {"last_performed": {"event": "order_completed", "op": "lt", "days": 1, "where": where}},
    ]
    asked = {"condition": {"any": leaves}}
    answer = await scoring.client.post("/v1/segments/preview", json=asked)
    assert (answer.status_code, answer.json()["matching"]) == (200, 0)
