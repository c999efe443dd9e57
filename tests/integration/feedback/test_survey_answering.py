"""Surveys are answered with the token of a link alone: in part, once, and all that follows."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.feedback.usecases.surveys.links import LENGTH, token_of
from shared.clock import FixedClock
from shared.erasures import tombstone
from shared.ids import uuid7
from shared.settings import PlatformSettings
from tests.integration.feedback.people_rows import THEN
from tests.integration.feedback.scoring import FakeScoring
from tests.integration.feedback.survey_calls import Desk, open_desk
from tests.unit.feedback.survey_documents import ask

UNKNOWN = "A" * LENGTH


@pytest.fixture
async def desk(pool: asyncpg.Pool, http: httpx.AsyncClient) -> AsyncIterator[Desk]:
    made = await open_desk(pool, http)
    yield made
    await made.outside.aclose()


@pytest.fixture
def later(app: FastAPI) -> Iterator[Callable[[str], None]]:
    """Set the service's clock; it is set back at the end."""
    before = app.state.desk

    def to(instant: str) -> None:
        clock = FixedClock(datetime.fromisoformat(instant))
        app.state.desk = replace(before, clock=clock)

    yield to
    app.state.desk = before


def path_of(token: str) -> str:
    return f"/v1/surveys/answer/{token}"


async def test_a_link_shows_the_questions_in_one_language_or_both(desk: Desk) -> None:
    await desk.write()
    token = await desk.link()
    both = (await desk.outside.get(path_of(token))).json()
    one = await desk.outside.get(f"{path_of(token)}?language=zh")
    assert both["title"] == {"en": "Your visit", "zh": "您的光临"}
    assert one.json()["title"] == "您的光临"
    assert one.headers["cache-control"] == "no-store"
    assert [question["key"] for question in one.json()["questions"]] == [
        "satisfaction",
        "why",
        "roast",
        "promote",
    ]
    assert "attribute" not in both["questions"][2]


async def test_answers_are_stored_once_with_both_tiers(desk: Desk) -> None:
    await desk.write()
    token = await desk.link()
    answer = await desk.answer(token, satisfaction=5, roast="dark")
    assert (answer.status_code, answer.json()["is_duplicate"]) == (201, False)
    row = await desk.pool.fetchrow("SELECT * FROM survey_responses")
    assert (row["customer_id"], row["version"]) == ("c-1", 1)
    assert row["answers"] == {"satisfaction": 5, "roast": "dark"}
    assert row["tier_invited"]["tier"]["key"] == row["tier_held"]["tier"]["key"] == "high"
    assert row["tier_held"]["release"] == "r-17"
    shown = (await desk.outside.get(path_of(token))).json()
    assert (shown["state"], shown["questions"], shown["answers"]) == ("answered", [], {})


async def test_the_same_answers_again_are_known_and_others_refused(desk: Desk) -> None:
    await desk.write()
    token = await desk.link()
    first = await desk.answer(token, satisfaction=5)
    again = await desk.answer(token, satisfaction=5)
    other = await desk.answer(token, satisfaction=1)
    assert (again.status_code, again.json()) == (200, first.json() | {"is_duplicate": True})
    assert (other.status_code, other.json()["type"][-16:]) == (409, "already_answered")
    assert (await desk.save(token, satisfaction=1)).status_code == 409
    assert await desk.pool.fetchval("SELECT count(*) FROM survey_responses") == 1
    assert await desk.pool.fetchval("SELECT count(*) FROM feedback") == 1


async def test_of_answers_given_at_once_one_set_is_stored(desk: Desk) -> None:
    await desk.write()
    token = await desk.link()
    answers = await asyncio.gather(*(desk.answer(token, satisfaction=n) for n in (3, 4, 5, 3, 4)))
    assert sorted(answer.status_code for answer in answers).count(201) == 1
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert await desk.pool.fetchval("SELECT count(*) FROM survey_responses") == 1


async def test_ratings_become_feedback_an_event_is_told_and_attributes_wait(desk: Desk) -> None:
    await desk.write()
    await desk.answer(await desk.link(), satisfaction=4, promote=9, roast="dark")
    rows = await desk.pool.fetch("SELECT * FROM feedback ORDER BY kind")
    assert [(row["kind"], row["rating"], row["customer_id"]) for row in rows] == [
        ("csat", 4, "c-1"),
        ("nps", 9, "c-1"),
    ]
    assert rows[0]["properties"] == {"survey": "visit", "version": 1, "question": "satisfaction"}
    assert rows[0]["tier_held"]["tier"]["key"] == "high"
    waiting = await desk.pool.fetch("SELECT topic, payload FROM outbox ORDER BY outbox_id")
    told = sorted((row["topic"], row["payload"].get("type")) for row in waiting)
    assert told == [
        ("feedback_given", "feedback_given"),
        ("feedback_given", "feedback_given"),
        ("feedback_given", "survey_answered"),
        ("survey_told", None),
    ]
    # quoted: an id of ours may hold these letters too
    assert "'c-1'" not in str([row["payload"] for row in waiting])


async def test_a_poor_rating_opens_a_case(desk: Desk) -> None:
    await desk.write()
    await desk.answer(await desk.link("c-1"), satisfaction=1, why="cold")
    await desk.answer(await desk.link("c-2"), satisfaction=5)
    cases = await desk.pool.fetch("SELECT kind, customer_id FROM cases")
    assert [tuple(row) for row in cases] == [("csat", "c-1")]


async def test_answers_are_kept_on_the_way_and_gone_at_the_end(desk: Desk) -> None:
    await desk.write()
    token = await desk.link()
    saved = await desk.save(token, satisfaction=2, why="cold")
    assert saved.json() == {
        "answers": {"satisfaction": 2, "why": "cold"},
        "dropped": [],
        "missing": [],
    }
    assert (await desk.outside.get(path_of(token))).json()["answers"] == saved.json()["answers"]
    assert (await desk.save(token, roast="dark")).json()["missing"] == ["satisfaction"]
    await desk.answer(token, satisfaction=5)
    row = await desk.pool.fetchrow("SELECT saved, is_open, opened_at FROM survey_invitations")
    assert (row["saved"], row["is_open"]) == (None, False)
    assert row["opened_at"] is not None


async def test_an_answer_to_a_hidden_question_is_dropped_and_named(desk: Desk) -> None:
    await desk.write()
    answer = await desk.answer(await desk.link(), satisfaction=5, why="no reason")
    assert (answer.json()["dropped"], answer.json()["answers"]) == (["why"], {"satisfaction": 5})
    assert await desk.pool.fetchval("SELECT texts FROM survey_responses") == {}


@pytest.mark.parametrize(
    ("answers", "pointer", "code"),
    [
        ({}, "/answers/satisfaction", "missing"),
        ({"satisfaction": 6}, "/answers/satisfaction", "out_of_range"),
        ({"satisfaction": "5"}, "/answers/satisfaction", "wrong_type"),
        ({"satisfaction": True}, "/answers/satisfaction", "wrong_type"),
        ({"satisfaction": 5, "roast": "burnt"}, "/answers/roast", "not_allowed"),
        ({"satisfaction": 1, "why": "x" * 2001}, "/answers/why", "too_long"),
        ({"satisfaction": 5, "colour": 1}, "/answers", "unknown_question"),
        ({"satisfaction": 5.5}, "/answers/satisfaction", "wrong_type"),
        ({"satisfaction": {"a": 1}}, "/answers/satisfaction", "wrong_type"),
        ({"satisfaction": [5]}, "/answers/satisfaction", "wrong_type"),
    ],
)
async def test_what_cannot_be_taken_is_named_and_nothing_is_stored(
    desk: Desk, answers: dict[str, Any], pointer: str, code: str
) -> None:
    await desk.write()
    answer = await desk.answer(await desk.link(), **answers)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert await desk.pool.fetchval("SELECT count(*) FROM survey_responses") == 0
    assert await desk.pool.fetchval("SELECT is_open FROM survey_invitations")


async def test_a_megabyte_is_too_much(desk: Desk) -> None:
    await desk.write()
    answer = await desk.answer(await desk.link(), why="x" * (1024 * 1024))
    assert answer.status_code == 413


async def test_forged_and_unknown_links_are_answered_alike(
    desk: Desk, platform: PlatformSettings
) -> None:
    await desk.write()
    token = await desk.link()
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    never_sent = token_of(platform.secrets, uuid7())
    bodies = []
    for each in (UNKNOWN, forged, never_sent, "x", "é" * LENGTH, token + "A", token[:-1]):
        answer = await desk.outside.get(path_of(each))
        assert answer.status_code == 404
        bodies.append({k: v for k, v in answer.json().items() if k != "instance"})
    assert all(body == bodies[0] for body in bodies)
    assert (await desk.answer(forged, satisfaction=5)).status_code == 404


async def test_a_link_ends_with_its_time_and_with_its_survey(
    desk: Desk, later: Callable[[str], None]
) -> None:
    await desk.write(expires_days=2)
    token, answered = await desk.link("c-1"), await desk.link("c-2")
    await desk.answer(answered, satisfaction=5)
    await desk.http.post("/v1/surveys/visit/close")
    closed = await desk.answer(token, satisfaction=5)
    assert (closed.status_code, closed.json()["type"][-13:]) == (410, "survey_closed")
    await desk.http.post("/v1/surveys/visit/open")
    later("2026-11-24T00:59:59+00:00")
    assert (await desk.outside.get(path_of(token))).status_code == 200
    later("2026-11-24T01:00:00+00:00")
    over = await desk.answer(token, satisfaction=5)
    assert (over.status_code, over.json()["type"][-14:]) == (410, "survey_expired")
    assert (await desk.outside.get(path_of(answered))).json()["state"] == "answered"
    renewed = (await desk.invite("c-1"))["items"][0]
    assert renewed["is_new"]
    assert (await desk.answer(renewed["token"], satisfaction=5)).status_code == 201


async def test_who_was_erased_in_between_is_told_that_it_is_over(
    desk: Desk, platform: PlatformSettings
) -> None:
    await desk.write()
    erased, refused = await desk.link("c-1"), await desk.link("c-3")
    await desk.pool.execute("UPDATE customers SET erased_at = now() WHERE customer_id = 'c-1'")
    await desk.pool.execute(
        "INSERT INTO tombstones (kind, lookup_key, erased_at, refused_until)"
        " VALUES ($1, $2, $3, '2026-12-01T00:00:00Z')",
        *tombstone(platform.secrets, "customer_id", "c-3"),
        THEN,
    )
    for token in (erased, refused):
        answer = await desk.answer(token, satisfaction=5)
        assert (answer.status_code, answer.json()["type"][-6:]) == (410, "erased")
    assert await desk.pool.fetchval("SELECT count(*) FROM survey_responses") == 0


async def test_an_anonymous_answer_leads_to_nobody(desk: Desk) -> None:
    await desk.write(ask("satisfaction"), ask("why", "text"), is_anonymous=True)
    token = await desk.link()
    answer = await desk.answer(token, satisfaction=1, why="the manager")
    assert answer.json()["response_id"] is None
    row = await desk.pool.fetchrow("SELECT * FROM survey_responses")
    assert (row["customer_id"], row["invitation_id"], row["fingerprint"]) == (None, None, b"")
    said = await desk.pool.fetchrow("SELECT customer_id, occurred_at, feedback_id FROM feedback")
    assert said["customer_id"] is None
    instants = {row["answered_at"].isoformat(), said["occurred_at"].isoformat()}
    invitation = await desk.pool.fetchrow("SELECT opened_at, answered_at FROM survey_invitations")
    instants |= {each.isoformat() for each in invitation.values()}
    assert instants == {"2026-11-22T00:00:00+00:00"}
    assert row["response_id"].hex[:12] == said["feedback_id"].hex[:12]
    assert await desk.pool.fetchval("SELECT count(*) FROM cases") == 0
    topics = await desk.pool.fetch("SELECT payload -> 'customer' AS customer FROM outbox")
    assert [row["customer"] for row in topics] == [{}]
    (item,) = (await desk.http.get("/v1/surveys/visit/responses")).json()["items"]
    assert (item["customer_id"], item["tier_held"], item["tier_invited"]) == (None, None, None)
    assert (await desk.answer(token, satisfaction=1, why="the manager")).status_code == 409


async def test_answers_are_taken_while_scoring_is_down(desk: Desk, scoring: FakeScoring) -> None:
    await desk.write()
    scoring.error = TimeoutError()
    token = await desk.link()
    assert (await desk.answer(token, satisfaction=5)).status_code == 201
    row = await desk.pool.fetchrow("SELECT is_tier_known, tier_held FROM survey_responses")
    assert (row["is_tier_known"], row["tier_held"]) == (False, None)
    high = (await desk.results())["by_tier"][0]
    assert (high["is_tier_known"], high["answered"]) == (False, 1)


async def test_nothing_is_stored_when_what_follows_cannot_be(desk: Desk) -> None:
    await desk.write()
    token = await desk.link()
    await desk.pool.execute("ALTER TABLE outbox RENAME TO outbox_away")
    answer = await desk.answer(token, satisfaction=5)
    await desk.pool.execute("ALTER TABLE outbox_away RENAME TO outbox")
    assert answer.status_code == 500
    assert await desk.pool.fetchval("SELECT count(*) FROM survey_responses") == 0
    assert (await desk.answer(token, satisfaction=5)).status_code == 201


async def test_markup_is_stored_as_text(desk: Desk) -> None:
    await desk.write()
    text = "<script>alert(1)</script> & 'x'"
    answer = await desk.answer(await desk.link(), satisfaction=1, why=text)
    assert answer.json()["answers"]["why"] == text
    assert await desk.pool.fetchval("SELECT texts ->> 'why' FROM survey_responses") == text
