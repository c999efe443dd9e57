"""Surveys are written in versions, opened, closed and kept as long as they have answers."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from shared.contracts.surveys import EXAMPLE_DOCUMENT, EXAMPLE_SURVEY
from tests.integration.feedback.survey_calls import QUESTIONS, Desk, open_desk
from tests.unit.feedback.survey_documents import ask, make_document


@pytest.fixture
async def desk(pool: asyncpg.Pool, http: httpx.AsyncClient) -> AsyncIterator[Desk]:
    made = await open_desk(pool, http)
    yield made
    await made.outside.aclose()


async def test_a_new_survey_is_a_draft_of_version_one(desk: Desk) -> None:
    answer = await desk.http.post("/v1/surveys", json=EXAMPLE_SURVEY)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert (answer.json()["state"], answer.json()["version"]) == ("draft", 1)
    shown = await desk.http.get("/v1/surveys/after_visit")
    assert (shown.json(), shown.headers["etag"]) == (answer.json(), '"1"')


async def test_a_key_is_taken_once_and_a_repetition_is_answered_alike(desk: Desk) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = await desk.http.post("/v1/surveys", json=EXAMPLE_SURVEY, headers=headers)
    again = await desk.http.post("/v1/surveys", json=EXAMPLE_SURVEY, headers=headers)
    other = await desk.http.post("/v1/surveys", json=EXAMPLE_SURVEY)
    assert (again.status_code, again.json()) == (201, first.json())
    assert other.status_code == 409


async def test_a_change_is_the_next_version_of_what_was_read(desk: Desk) -> None:
    assert (await desk.put(EXAMPLE_DOCUMENT)).status_code == 201
    changed = EXAMPLE_DOCUMENT | {"expires_days": 3}
    assert (await desk.put(changed)).status_code == 412
    assert (await desk.put(changed, 7)).status_code == 412
    done = await desk.put(changed, 1)
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    assert (await desk.put(changed, 1)).status_code == 412
    same = await desk.put(changed, 2)
    assert (same.status_code, same.headers["etag"]) == (200, '"2"')
    assert await desk.pool.fetchval("SELECT count(*) FROM survey_versions") == 2


async def test_a_version_is_not_awaited_where_there_is_none(desk: Desk) -> None:
    assert (await desk.put(EXAMPLE_DOCUMENT, 1)).status_code == 412


async def test_a_fault_has_its_place_and_nothing_is_stored(desk: Desk) -> None:
    broken = make_document(ask("one"), ask("one", "single", options=None))
    answer = await desk.put(broken)
    assert answer.status_code == 422
    places = [fault["pointer"] for fault in answer.json()["errors"]]
    assert places == ["/questions/1/key", "/questions/1/options"]
    assert await desk.pool.fetchval("SELECT count(*) FROM surveys") == 0


async def test_a_word_of_ours_is_no_key(desk: Desk) -> None:
    answer = await desk.http.put("/v1/surveys/answer", json=EXAMPLE_DOCUMENT)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "reserved")


async def test_surveys_are_listed_by_their_keys_page_by_page(desk: Desk) -> None:
    for key in ("c", "a", "b"):
        await desk.write(key=key)
    first = (await desk.http.get("/v1/surveys?limit=2")).json()
    second = (await desk.http.get(f"/v1/surveys?limit=2&cursor={first['next_cursor']}")).json()
    assert [item["key"] for item in first["items"] + second["items"]] == ["a", "b", "c"]
    assert second["next_cursor"] is None


async def test_only_a_live_survey_is_sent(desk: Desk) -> None:
    await desk.http.post("/v1/surveys", json=EXAMPLE_SURVEY)
    path, body = "/v1/surveys/after_visit", {"customers": ["c-1"]}
    assert (await desk.http.post(f"{path}/invitations", json=body)).status_code == 409
    assert (await desk.http.post(f"{path}/open")).json()["state"] == "live"
    assert (await desk.http.post(f"{path}/invitations", json=body)).status_code == 200
    assert (await desk.http.post(f"{path}/close")).json()["state"] == "closed"
    assert (await desk.http.post(f"{path}/invitations", json=body)).status_code == 409


async def test_a_survey_with_answers_stays(desk: Desk) -> None:
    await desk.write()
    token = await desk.link()
    await desk.answer(token, satisfaction=5)
    assert (await desk.http.delete("/v1/surveys/visit")).status_code == 409
    await desk.write(key="other")
    await desk.link(key="other")
    assert (await desk.http.delete("/v1/surveys/other")).status_code == 204
    assert (await desk.http.get("/v1/surveys/other")).status_code == 404
    assert await desk.pool.fetchval("SELECT count(*) FROM survey_invitations") == 1


async def test_a_key_that_was_answered_keeps_its_kind(desk: Desk) -> None:
    await desk.write()
    await desk.answer(await desk.link(), satisfaction=5)
    answer = await desk.put(make_document(ask("satisfaction", "nps")), 1)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "kind_changed")
    added = await desk.put(make_document(*QUESTIONS, ask("new", "text")), 1)
    assert added.json()["version"] == 2
