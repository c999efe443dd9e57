"""Surveys are sent to who may be asked: one link a person, by customers or by segment."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from tests.integration.feedback.people_rows import THEN, add_person, profile
from tests.integration.feedback.survey_calls import QUESTIONS, Desk, open_desk, say_of_service
from tests.unit.feedback.survey_documents import ask, make_document


@pytest.fixture
async def desk(pool: asyncpg.Pool, http: httpx.AsyncClient) -> AsyncIterator[Desk]:
    made = await open_desk(pool, http)
    yield made
    await made.outside.aclose()


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
    await desk.put(make_document(*QUESTIONS, ask("new", "text")), 1)
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
