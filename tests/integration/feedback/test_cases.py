"""Cases from what was said to what was improved."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from tests.integration.feedback.case_desk import CaseOffice, case_office
from tests.integration.feedback.scoring import FakeScoring


@pytest.fixture
async def office(
    app: FastAPI, pool: asyncpg.Pool, scoring: FakeScoring
) -> AsyncIterator[CaseOffice]:
    async with case_office(app, pool, scoring) as opened:
        yield opened


async def only_case(office: CaseOffice) -> dict[str, Any]:
    (case,) = await office.listed()
    return case


@pytest.mark.parametrize(
    ("said", "is_opened"),
    [
        ({"kind": "complaint", "text": "Cold"}, True),
        ({"kind": "tier_dispute", "text": "I spent more"}, True),
        ({"kind": "csat", "rating": 2}, True),
        ({"kind": "csat", "rating": 3}, False),
        ({"kind": "nps", "rating": 6}, True),
        ({"kind": "suggestion", "text": "Oat milk"}, False),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else str(value),
)
async def test_what_has_to_be_answered_becomes_a_case(
    office: CaseOffice, said: dict[str, Any], is_opened: bool
) -> None:
    answer = await office.client.post("/v1/feedback", json=said)
    assert answer.status_code == 201
    found = [each["feedback_id"] for each in await office.listed()]
    assert found == ([answer.json()["feedback_id"]] if is_opened else [])


async def test_a_complaint_is_due_when_the_tier_promises(office: CaseOffice) -> None:
    said = {"kind": "complaint", "text": "Cold", "customer": {"customer_id": "c-1"}}
    await office.client.post("/v1/feedback", json=said)
    case = await only_case(office)
    assert case["due_at"] == "2026-11-23T06:00:00Z"  # four hours of a Monday
    assert case["tier"]["key"] == "high"
    assert case["tier"]["name"]["zh"] == "高价值"
    assert (case["is_service_level_known"], case["service_level"]["response_hours"]) == (True, 4)
    assert (case["state"], case["state_name"]) == ("received", {"en": "Received", "zh": "已受理"})


async def test_the_same_complaint_sent_twice_is_one_case(office: CaseOffice) -> None:
    said = {"kind": "complaint", "text": "Cold", "feedback_id": "f-1"}
    assert (await office.client.post("/v1/feedback", json=said)).status_code == 201
    assert (await office.client.post("/v1/feedback", json=said)).status_code == 200
    await only_case(office)


async def test_a_case_goes_one_step_at_a_time(office: CaseOffice) -> None:
    case = await office.complain()
    for wanted in ("resolved", "improved"):
        refused = await office.change(case, state=wanted, resolution="x", improvement="x")
        assert refused.status_code == 409
        assert refused.json()["detail"] == "A case that is received may be set to answered."
    case = await office.walk(case, "answered", "resolved", "improved")
    assert case["state"] == "improved"
    assert (await office.change(case, state="resolved", resolution="x")).status_code == 409
    kinds = [each["kind"] for each in case["events"]]
    assert kinds == ["improved", "resolved", "answered", "opened"]


async def test_a_step_without_its_words_is_refused_by_their_field(office: CaseOffice) -> None:
    refused = await office.change(await office.complain(), state="answered")
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/answer"]


async def test_of_two_agents_the_second_reads_again(office: CaseOffice) -> None:
    case = await office.complain()
    first = await office.change(case, owner="li")
    assert first.headers["ETag"] == '"2"'
    assert (await office.change(case, owner="wang")).status_code == 412
    assert (await office.change(first.json(), owner="wang")).status_code == 200


async def test_of_many_who_change_at_once_one_does(office: CaseOffice) -> None:
    case = await office.complain()
    names = [f"agent-{number}" for number in range(5)]
    answers = await asyncio.gather(*(office.change(case, owner=name) for name in names))
    assert sorted(each.status_code for each in answers) == [200, 412, 412, 412, 412]
    (done,) = (each.json()["owner"] for each in answers if each.status_code == 200)
    assert (await office.read(case))["owner"] == done


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 428), ({"If-Match": "1"}, 400), ({"If-Match": "*"}, 400), ({"If-Match": 'W/"1"'}, 200)],
    ids=["missing", "bare", "any", "weak"],
)
async def test_a_change_says_which_version_it_is_for(
    office: CaseOffice, headers: dict[str, str], status: int
) -> None:
    case = await office.complain()
    answer = await office.client.patch(
        f"/v1/cases/{case['case_id']}", json={"owner": "li"}, headers=headers
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"state": "closed"},
        {"state": None},
        {"owner": ""},
        {"owner": "a\u202eb"},
        {"priority": 0},
        {"priority": True},
        {"note": "   "},
        {"answer": "x" * 10_001},
        {"version": 1},
        [],
    ],
    ids=str,
)
async def test_a_hostile_change_changes_nothing(office: CaseOffice, body: Any) -> None:
    case = await office.complain()
    answer = await office.client.patch(
        f"/v1/cases/{case['case_id']}", json=body, headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 422
    assert await office.read(case) == case


async def test_scripts_are_kept_as_the_text_they_are(office: CaseOffice) -> None:
    text = "<script>alert(1)</script> '; DROP TABLE cases; -- \\u0000"
    case = await office.complain(text=text)
    case = await office.changed(case, note=text, owner="O'Brien; --")
    assert case["feedback"]["text"] == case["events"][0]["details"]["note"] == text
    assert case["owner"] == "O'Brien; --"


async def test_a_reopened_case_has_a_new_time_to_answer(office: CaseOffice) -> None:
    await office.keep_open()
    case = await office.walk(await office.complain(), "answered", "resolved")
    office.clock.advance(days=1)
    again = (await office.reopen(case)).json()
    assert (again["state"], again["reopenings"], again["answer"]) == ("received", 1, None)
    assert again["due_at"] == "2026-11-24T06:00:00Z"
    assert again["first_due_at"] == case["due_at"]
    refused = await office.reopen(again)
    assert refused.status_code == 409
    assert refused.json()["detail"] == "A case that is received may be set to answered."
    assert (await office.walk(again, "answered"))["state"] == "answered"


async def test_reopening_twice_under_one_key_happens_once(office: CaseOffice) -> None:
    case = await office.walk(await office.complain(), "answered")
    headers = {"Idempotency-Key": "again-1"}
    first = await office.reopen(case, headers=headers)
    second = await office.reopen(case, headers=headers)
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("path", ["", "/reopen", "/decision"])
async def test_an_unknown_case_is_not_found(office: CaseOffice, path: str) -> None:
    unknown = f"/v1/cases/{'0' * 8}-0000-7000-8000-{'0' * 12}{path}"
    bodies: dict[str, Any] = {
        "/reopen": {"reason": "x"},
        "/decision": {"decision": "keep", "programme": "value", "tier": "mid", "reason": "x"},
    }
    if not path:
        assert (await office.client.get(unknown)).status_code == 404
        patched = await office.client.patch(
            unknown, json={"owner": "li"}, headers={"If-Match": '"1"'}
        )
        assert patched.status_code == 404
        return
    assert (await office.client.post(unknown, json=bodies[path])).status_code == 404


async def test_reading_needs_its_scope(office: CaseOffice, http: httpx.AsyncClient) -> None:
    times = "/v1/cases/times?since=2026-11-01T00:00:00Z&until=2026-12-01T00:00:00Z"
    assert (await http.get(times)).status_code == 403
    assert (await office.client.get(times)).status_code == 200
