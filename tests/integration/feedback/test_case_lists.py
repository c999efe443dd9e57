"""Cases that staff open, and the lists they are found in."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from fastapi import FastAPI

from shared.erasures import tombstone
from shared.settings import PlatformSettings
from tests.integration.feedback.case_desk import MONDAY, CaseOffice, case_office
from tests.integration.feedback.people_rows import add_person, forget_people
from tests.integration.feedback.scoring import FakeScoring


@pytest.fixture
async def office(
    app: FastAPI, pool: asyncpg.Pool, scoring: FakeScoring
) -> AsyncIterator[CaseOffice]:
    async with case_office(app, pool, scoring) as opened:
        yield opened


async def test_what_staff_are_told_counts_as_feedback(office: CaseOffice) -> None:
    case = await office.complain(owner="li.na", note="Rang twice", language="zh", text="凉了")
    assert (case["owner"], case["channel"], case["feedback"]["text"]) == ("li.na", "phone", "凉了")
    assert [each["kind"] for each in case["events"]] == ["noted", "assigned", "opened"]
    assert {each["actor"] for each in case["events"]} == {"li.na"}
    given = (await office.client.get("/v1/feedback")).json()["items"]
    assert [each["feedback_id"] for each in given] == [case["feedback_id"]]
    waiting = await office.desk.pool.fetchval("SELECT topic FROM outbox")
    assert waiting == "feedback_given"


async def test_feedback_given_before_becomes_a_case_when_somebody_says_so(
    office: CaseOffice,
) -> None:
    said = {"kind": "suggestion", "text": "Oat milk", "customer": {"customer_id": "c-1"}}
    given = (await office.client.post("/v1/feedback", json=said)).json()
    office.clock.advance(hours=1)
    body = {"feedback_id": given["feedback_id"], "owner": "li.na"}
    case = (await office.client.post("/v1/cases", json=body)).json()
    assert (case["kind"], case["owner"], case["feedback"]["text"]) == (
        "suggestion",
        "li.na",
        "Oat milk",
    )
    assert case["due_at"] == "2026-11-23T07:00:00Z"  # four hours from now on
    assert (await office.client.post("/v1/cases", json=body)).status_code == 409
    (found,) = await office.listed(feedback_id=given["feedback_id"])
    assert found["case_id"] == case["case_id"]
    unknown = {"feedback_id": case["case_id"]}
    assert (await office.client.post("/v1/cases", json=unknown)).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "complaint"},
        {"text": "Cold"},
        {"feedback_id": "01a204b6-db14-7425-b781-b8f230d0a3e6", "text": "Cold"},
        {"feedback_id": "7", "owner": "li"},
        {"kind": "csat", "text": "Cold"},
        {"kind": "complaint", "text": " "},
        {"kind": "complaint", "text": "x" * 10_001},
        {"kind": "complaint", "text": "Cold", "occurred_at": "1989-01-01T00:00:00Z"},
        {"kind": "complaint", "text": "Cold", "occurred_at": "2026-12-01T00:00:00Z"},
        {"kind": "complaint", "text": "Cold", "priority": 9},
    ],
    ids=lambda body: ",".join(f"{name}={str(value)[:8]}" for name, value in body.items()),
)
async def test_a_report_that_says_nothing_of_use_opens_nothing(
    office: CaseOffice, body: dict[str, Any]
) -> None:
    assert (await office.client.post("/v1/cases", json=body)).status_code == 422
    assert await office.listed() == []
    assert (await office.client.get("/v1/feedback")).json()["items"] == []


async def test_what_the_erased_tell_staff_is_refused_for_a_time(
    office: CaseOffice, platform: PlatformSettings
) -> None:
    await office.desk.pool.execute(
        "INSERT INTO tombstones (kind, lookup_key, erased_at, refused_until)"
        " VALUES ($1, $2, now(), '2026-12-01T00:00:00Z')",
        *tombstone(platform.secrets, "customer_id", "c-gone"),
    )
    body = {"kind": "complaint", "text": "Cold", "customer": {"customer_id": "c-gone"}}
    assert (await office.client.post("/v1/cases", json=body)).status_code == 410
    assert await office.listed() == []


async def test_a_case_reported_again_under_its_key_is_the_same(office: CaseOffice) -> None:
    body = {"kind": "complaint", "text": "Cold"}
    headers = {"Idempotency-Key": "call-7"}
    first = await office.client.post("/v1/cases", json=body, headers=headers)
    again = await office.client.post("/v1/cases", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(await office.listed()) == 1


async def test_cases_are_listed_by_what_is_due_first(office: CaseOffice) -> None:
    made = []
    for hours in (5, 1, 3):
        office.scoring.level = None
        office.clock.advance(minutes=hours)
        made.append(await office.complain(customer=None, text=str(hours)))
    first = (await office.client.get("/v1/cases", params={"limit": 2})).json()
    after = {"limit": 2, "cursor": first["next_cursor"]}
    second = (await office.client.get("/v1/cases", params=after)).json()
    found = [each["case_id"] for each in first["items"] + second["items"]]
    assert found == [each["case_id"] for each in sorted(made, key=lambda case: case["due_at"])]
    assert second["next_cursor"] is None


async def test_cases_due_at_once_are_listed_by_priority_then_tier_then_age(
    office: CaseOffice,
) -> None:
    async def opened(priority: int, rank: int | None, minutes: int) -> str:
        case = await office.complain(priority=priority, kind="suggestion")
        await office.desk.pool.execute(
            "UPDATE cases SET due_at = $2, tier_rank = $3, opened_at = $4 WHERE case_id = $1",
            UUID(case["case_id"]),
            MONDAY + timedelta(days=1),
            rank,
            MONDAY - timedelta(minutes=minutes),
        )
        return str(case["case_id"])

    usual = await opened(3, 2, 9)
    nobody = await opened(1, None, 8)
    low = await opened(1, 0, 7)
    younger = await opened(1, 2, 1)
    older = await opened(1, 2, 5)
    found: list[str] = []
    asked: dict[str, str | int] = {"limit": 1}
    while True:
        page = (await office.client.get("/v1/cases", params=asked)).json()
        found += [each["case_id"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        asked["cursor"] = page["next_cursor"]
    assert found == [older, younger, low, nobody, usual]


async def test_lists_hold_what_was_asked_for(office: CaseOffice) -> None:
    mine = await office.complain(owner="li.na", priority=1)
    other = await office.complain(kind="suggestion", customer={"customer_id": "c-2"}, priority=4)
    answered = await office.walk(await office.complain(owner="li.na"), "answered")
    for query, cases in (
        ({"owner": "li.na"}, [mine, answered]),
        ({"owner": "li.na", "state": "received"}, [mine]),
        ({"kind": "suggestion"}, [other]),
        ({"priority": 4}, [other]),
        ({"tier": "high", "state": "answered"}, [answered]),
        ({"customer_id": "c-2"}, [other]),
        ({"owner": "' OR true --"}, []),
        ({"overdue": "true"}, []),
    ):
        found = {each["case_id"] for each in await office.listed(**query)}
        assert found == {each["case_id"] for each in cases}, query


async def test_a_merged_customers_cases_are_listed_under_any_id(office: CaseOffice) -> None:
    pool = office.desk.pool
    await add_person(pool, 1, "c-1")
    await add_person(pool, 2, "c-old", merged_into=1)
    for customer_id in ("c-1", "c-old", "c-other"):
        await office.complain(customer={"customer_id": customer_id})
    for asked in ("c-1", "c-old"):
        found = {each["customer_id"] for each in await office.listed(customer_id=asked)}
        assert found == {"c-1", "c-old"}
    await forget_people(pool)


@pytest.mark.parametrize(
    "query",
    [
        {"state": "closed"},
        {"cursor": "0"},
        {"cursor": "9" * 18 + "-" + "0" * 32},
        {"limit": 0},
        {"priority": 6},
        {"owner": ""},
        {"owner": "x" * 129},
        {"overdue": "perhaps"},
    ],
    ids=str,
)
async def test_a_question_that_makes_no_sense_is_told(
    office: CaseOffice, query: dict[str, Any]
) -> None:
    answer = await office.client.get("/v1/cases", params=query)
    assert answer.status_code == 422, answer.text
