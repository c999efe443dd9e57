"""Surveys are written in versions, sent to who may be asked, and counted."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from shared.contracts.surveys import EXAMPLE_DOCUMENT, EXAMPLE_SURVEY
from shared.key_rows import Grant, add_key
from shared.keys import new_key
from tests.integration.feedback.people_rows import THEN, add_person, profile
from tests.integration.feedback.survey_calls import QUESTIONS, Desk, open_desk, say_of_service
from tests.unit.feedback.survey_documents import ask, make_document


@pytest.fixture
async def desk(pool: asyncpg.Pool, http: httpx.AsyncClient) -> AsyncIterator[Desk]:
    made = await open_desk(pool, http)
    yield made
    await made.outside.aclose()


async def put(desk: Desk, document: Any, version: int | None = None) -> httpx.Response:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return await desk.http.put("/v1/surveys/visit", json=document, headers=headers)


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
    assert (await put(desk, EXAMPLE_DOCUMENT)).status_code == 201
    changed = EXAMPLE_DOCUMENT | {"expires_days": 3}
    assert (await put(desk, changed)).status_code == 412
    assert (await put(desk, changed, 7)).status_code == 412
    done = await put(desk, changed, 1)
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    assert (await put(desk, changed, 1)).status_code == 412
    same = await put(desk, changed, 2)
    assert (same.status_code, same.headers["etag"]) == (200, '"2"')
    assert await desk.pool.fetchval("SELECT count(*) FROM survey_versions") == 2


async def test_a_version_is_not_awaited_where_there_is_none(desk: Desk) -> None:
    assert (await put(desk, EXAMPLE_DOCUMENT, 1)).status_code == 412


async def test_a_fault_has_its_place_and_nothing_is_stored(desk: Desk) -> None:
    broken = make_document(ask("one"), ask("one", "single", options=None))
    answer = await put(desk, broken)
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
    answer = await put(desk, make_document(ask("satisfaction", "nps")), 1)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "kind_changed")
    added = await put(desk, make_document(*QUESTIONS, ask("new", "text")), 1)
    assert added.json()["version"] == 2


async def test_an_invitation_notes_the_tier_held(desk: Desk) -> None:
    await desk.write()
    found = await desk.invite("c-1", "c-3")
    assert [item["customer_id"] for item in found["items"]] == ["c-1", "c-3"]
    rows = await desk.pool.fetch(
        "SELECT is_tier_known, tier_held FROM survey_invitations ORDER BY customer_id"
    )
    assert [row["is_tier_known"] for row in rows] == [True, True]
    assert rows[0]["tier_held"]["tier"]["key"] == "high"
    assert rows[0]["tier_held"]["model_version"] == "2026-11-21-1"
    assert rows[1]["tier_held"] is None


async def test_who_may_not_be_asked_is_named_with_the_reason(desk: Desk) -> None:
    await desk.write()
    await say_of_service(desk.pool, 1, True, False)
    await say_of_service(desk.pool, 3, False, True)
    found = await desk.invite("c-1", "c-2", "c-2b", "c-3", "nobody")
    assert [item["customer_id"] for item in found["items"]] == ["c-2", "c-3"]
    assert {item["customer_id"]: item["reason"] for item in found["skipped"]} == {
        "c-1": "consent_withdrawn",
        "c-2b": "same_person",
        "nobody": "unknown",
    }


async def test_what_somebody_said_before_a_merge_counts_for_them(desk: Desk) -> None:
    await desk.write()
    await say_of_service(desk.pool, 22, False)
    assert (await desk.invite("c-2"))["skipped"][0]["reason"] == "consent_withdrawn"


async def test_invited_again_somebody_has_the_same_link(desk: Desk) -> None:
    await desk.write()
    first, again = [await desk.invite("c-2") for _ in range(2)]
    assert [item["is_new"] for item in first["items"] + again["items"]] == [True, False]
    assert first["items"][0]["token"] == again["items"][0]["token"]
    assert (await desk.invite("c-2b"))["items"][0]["token"] == first["items"][0]["token"]
    await desk.answer(first["items"][0]["token"], satisfaction=5)
    assert (await desk.invite("c-2"))["items"][0]["is_new"]


async def test_who_has_begun_keeps_the_questions_they_began_with(desk: Desk) -> None:
    await desk.write()
    begun, fresh = await desk.link("c-1"), await desk.link("c-2")
    await desk.save(begun, satisfaction=4)
    await put(desk, make_document(*QUESTIONS, ask("new", "text")), 1)
    await desk.invite("c-1", "c-2")
    versions = [
        (await desk.outside.get(f"/v1/surveys/answer/{token}")).json()["version"]
        for token in (begun, fresh)
    ]
    assert versions == [1, 2]


async def test_no_link_lies_in_the_database(desk: Desk) -> None:
    await desk.write()
    headers, body = {"Idempotency-Key": "k-1"}, {"customers": ["c-1"]}
    path = "/v1/surveys/visit/invitations"
    first = await desk.http.post(path, json=body, headers=headers)
    again = await desk.http.post(path, json=body, headers=headers)
    assert (again.headers["Idempotent-Replayed"], again.json()) == ("true", first.json())
    rows = await desk.pool.fetch(
        "SELECT survey_invitations::text AS row FROM survey_invitations"
        " UNION ALL SELECT idempotency_keys::text FROM idempotency_keys"
    )
    token = first.json()["items"][0]["token"]
    assert len(rows) == 2
    assert not any(token in row["row"] for row in rows)


async def test_a_segment_is_invited_page_by_page(desk: Desk) -> None:
    await desk.write()
    await add_person(desk.pool, 4)
    await desk.pool.execute(
        "INSERT INTO segments (segment_key, name, condition, created_at, updated_at)"
        " VALUES ('all', '{}', '{}', $1, $1)",
        THEN,
    )
    for number in (1, 2, 3, 4):
        await desk.pool.execute(
            "INSERT INTO segment_members (profile_id, segment_key, entered_at, decided_version)"
            " VALUES ($1, 'all', $2, 1)",
            profile(number),
            THEN,
        )
    first = await desk.invite(segment="all", limit=2)
    second = await desk.invite(segment="all", limit=2, cursor=first["next_cursor"])
    named = [item["customer_id"] for item in first["items"] + second["items"]]
    assert named == ["c-1", "c-2", "c-3"]
    assert second["skipped"] == [{"customer_id": None, "reason": "no_customer_id"}]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"customers": []}, 422),
        ({"customers": ["c-1"], "segment": "all"}, 422),
        ({"segment": "nowhere"}, 404),
        ({"customers": ["c-1"] * 1001}, 422),
    ],
)
async def test_an_invitation_of_nobody_in_particular_is_refused(
    desk: Desk, body: dict[str, Any], status: int
) -> None:
    await desk.write()
    answer = await desk.http.post("/v1/surveys/visit/invitations", json=body)
    assert answer.status_code == status


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
    await put(desk, make_document(*QUESTIONS, ask("new", "yes_no")), 1)
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
    await put(desk, make_document(ask("new", "yes_no")), 1)
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
