"""What a survey came to: reach by tier, every question, and the answers themselves."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from shared.key_rows import Grant, add_key
from shared.keys import new_key
from tests.integration.feedback.survey_calls import QUESTIONS, Desk, open_desk
from tests.unit.feedback.survey_documents import ask, make_document


@pytest.fixture
async def desk(pool: asyncpg.Pool, http: httpx.AsyncClient) -> AsyncIterator[Desk]:
    made = await open_desk(pool, http)
    yield made
    await made.outside.aclose()


async def test_results_count_reach_by_tier_and_every_question(desk: Desk) -> None:
    await desk.write()
    tokens = {who: await desk.link(who) for who in ("c-1", "c-2", "c-3")}
    await desk.answer(tokens["c-1"], satisfaction=5, roast="dark", promote=10)
    await desk.answer(tokens["c-2"], satisfaction=2, why="cold", promote=3)
    await desk.save(tokens["c-3"], satisfaction=3)
    found = await desk.results()
    assert found["reach"] == {
        "sent": 3,
        "opened": 3,
        "partly": 1,
        "answered": 2,
        "response_rate": 0.6667,
    }
    high, none = found["by_tier"]
    assert (high["tier_held"]["tier"]["key"], high["sent"], high["response_rate"]) == ("high", 1, 1)
    assert (none["tier_held"], none["sent"], none["answered"]) == (None, 2, 1)
    by_key = {question["key"]: question for question in found["questions"]}
    assert (by_key["satisfaction"]["mean"], by_key["satisfaction"]["answered"]) == (3.5, 2)
    assert by_key["promote"]["nps"]["score"] == 0.0
    assert {each["value"]: each["count"] for each in by_key["roast"]["distribution"]} == {
        "light": 0,
        "dark": 1,
    }
    assert (by_key["why"]["answered"], by_key["why"]["distribution"]) == (1, [])


async def test_results_of_a_version_are_its_own(desk: Desk) -> None:
    await desk.write()
    await desk.answer(await desk.link("c-1"), satisfaction=5)
    await desk.put(make_document(*QUESTIONS, ask("new", "yes_no")), 1)
    await desk.answer(await desk.link("c-2"), satisfaction=1, new=True)
    first = (await desk.http.get("/v1/surveys/visit/results?version=1")).json()
    assert (first["reach"]["sent"], first["questions"][0]["mean"]) == (1, 5.0)
    both = await desk.results()
    assert (both["reach"]["sent"], both["questions"][0]["mean"]) == (2, 3.0)
    assert both["questions"][-1]["distribution"][0] == {"value": True, "text": None, "count": 1}
    assert (await desk.http.get("/v1/surveys/visit/results?version=9")).status_code == 404


async def test_a_question_that_is_asked_no_more_keeps_its_answers(desk: Desk) -> None:
    await desk.write()
    await desk.answer(await desk.link("c-1"), satisfaction=5, roast="dark")
    await desk.put(make_document(ask("new", "yes_no")), 1)
    asked = (await desk.results())["questions"]
    assert [question["key"] for question in asked] == [
        "new",
        "satisfaction",
        "why",
        "roast",
        "promote",
    ]
    assert [question["answered"] for question in asked] == [0, 1, 0, 1, 0]
    exported = (await desk.http.get("/v1/surveys/visit/responses?format=csv")).text
    assert exported.splitlines()[1].endswith(',,5,,"dark",')


async def test_an_export_runs_nothing_in_a_spreadsheet(desk: Desk) -> None:
    await desk.write(ask("why", "text"), ask("what", "multi"))
    await desk.answer(await desk.link(), why='=HYPERLINK("x")', what=["dark", "light"])
    answer = await desk.http.get("/v1/surveys/visit/responses?format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    head, row = answer.text.splitlines()
    assert head.endswith('"tier_invited","tier_held","why","what"')
    assert row.endswith('"high","high","\'=HYPERLINK(""x"")","dark;light"')


async def test_answers_are_listed_newest_first(desk: Desk) -> None:
    await desk.write()
    for who in ("c-1", "c-2", "c-3"):
        await desk.answer(await desk.link(who), satisfaction=4, why="hidden")
    first = (await desk.http.get("/v1/surveys/visit/responses?limit=2")).json()
    path = f"/v1/surveys/visit/responses?cursor={first['next_cursor']}"
    second = (await desk.http.get(path)).json()
    named = [item["customer_id"] for item in first["items"] + second["items"]]
    assert named == ["c-3", "c-2", "c-1"]
    assert first["items"][0]["answers"] == {"satisfaction": 4}


async def test_results_need_the_scope_for_reports(
    desk: Desk, pool: asyncpg.Pool, http: httpx.AsyncClient
) -> None:
    await desk.write()
    key = new_key()
    await add_key(pool, key, Grant("other", frozenset({"feedback:read"}), "other"))
    headers = {"Authorization": f"Bearer {key}"}
    assert (await http.get("/v1/surveys/visit/results", headers=headers)).status_code == 403
