"""Whatever a case refuses, it says which fault it is, where, and in a sentence what to do."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from tests.integration.feedback.case_desk import CaseOffice, case_office
from tests.integration.feedback.scoring import FakeScoring

NOBODYS = {"case_id": str(UUID(int=7)), "version": 1}
OF_CASE = "/path/case_id"


@pytest.fixture
async def office(
    app: FastAPI, pool: asyncpg.Pool, scoring: FakeScoring
) -> AsyncIterator[CaseOffice]:
    async with case_office(app, pool, scoring) as opened:
        yield opened


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    """Give status, pointer and code of the one fault; the sentence stands twice."""
    body = answer.json()
    (fault,) = body["errors"]
    assert fault["message"] == body["detail"] != body["title"]
    return answer.status_code, fault["pointer"], fault["code"]


async def dispute(office: CaseOffice, **changes: Any) -> dict[str, Any]:
    return await office.complain(kind="tier_dispute", **changes)


async def test_a_step_that_skips_or_goes_back_is_forbidden(office: CaseOffice) -> None:
    case = await office.complain()
    skipped = await office.change(case, state="resolved", resolution="x")
    assert refusal(skipped) == (409, "/state", "forbidden_step")
    resolved = await office.walk(case, "answered", "resolved")
    back = await office.change(resolved, state="answered", answer="x")
    assert refusal(back) == (409, "/state", "forbidden_step")


async def test_what_waits_is_not_reopened(office: CaseOffice) -> None:
    answer = await office.reopen(await office.complain())
    assert refusal(answer) == (409, OF_CASE, "already_open")
    assert answer.json()["detail"] == "A case that is received may be set to answered."


async def test_whoever_read_an_older_version_is_told_by_the_header(office: CaseOffice) -> None:
    case = await office.complain()
    await office.changed(case, owner="li")
    assert refusal(await office.change(case, owner="wang")) == (
        412,
        "/header/if-match",
        "changed_since",
    )
    blind = await office.client.patch(f"/v1/cases/{case['case_id']}", json={"owner": "li"})
    assert refusal(blind) == (428, "/header/if-match", "missing")


async def test_an_unknown_case_is_told_by_its_place(office: CaseOffice) -> None:
    path = f"/v1/cases/{NOBODYS['case_id']}"
    answers = [
        await office.client.get(path),
        await office.change(NOBODYS, owner="li"),
        await office.reopen(NOBODYS),
        await office.decide(NOBODYS, "keep", "high"),
    ]
    assert [refusal(each) for each in answers] == [(404, OF_CASE, "unknown_case")] * 4
    no_id = await office.client.get("/v1/cases/no-id")
    assert no_id.status_code == 422
    assert no_id.json()["errors"][0]["pointer"] == OF_CASE


async def test_a_case_of_feedback_is_refused_by_the_feedback(office: CaseOffice) -> None:
    case = await office.complain()
    for feedback_id, expected in (
        (case["feedback_id"], (409, "/feedback_id", "case_exists")),
        (case["case_id"], (404, "/feedback_id", "unknown_feedback")),
    ):
        answer = await office.client.post("/v1/cases", json={"feedback_id": feedback_id})
        assert refusal(answer) == expected


async def test_what_stands_against_a_decision_is_named(office: CaseOffice) -> None:
    complaint, nobodys = await office.complain(), await dispute(office, customer=None)
    assert refusal(await office.decide(complaint, "keep", "high"))[2] == "no_dispute"
    assert refusal(await office.decide(nobodys, "keep", "high"))[2] == "names_nobody"
    case = await office.walk(await dispute(office), "answered")
    undecided = await office.change(case, state="resolved", resolution="x")
    assert refusal(undecided) == (409, "/state", "undecided")
