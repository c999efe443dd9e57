"""The page of a case and the pages around it, opened without a browser."""

from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User

from services.console.accounts.roles import Role
from tests.unit.console.care_answers import PROGRAMME, case_body, case_of, recorded
from tests.unit.console.test_customer_pages import PROFILE, SCORE
from tests.unit.console.visits import Stage, browsing, stage

CASE = case_of()
ONE = f"/v1/cases/{CASE.case_id}"
TIER = {
    "customer_id": "c-1",
    "known": True,
    "programme": "value",
    "programme_version": 1,
    "tier": {"key": "mid", "rank": 1, "name": {"en": "Mid value", "zh": "中等价值"}},
    "status": "held",
    "as_of": "2026-11-21T20:00:00Z",
}

TOLD = {
    "history_id": "01a20561-c3f5-765d-9b05-87783bcfa8aa",
    "programme": "value",
    "tier_from": None,
    "tier_to": "high",
    "reason": "first_decision",
    "at": "2020-01-01T00:00:00Z",
    "known_at": "2020-01-01T00:00:00Z",
    "release": "r-1",
    "customer_version": 1,
}
BOUGHT = {
    "at": "2026-11-20T18:00:00Z",
    "kind": "purchase",
    "id": "o-1",
    "title": {"en": "Purchase", "zh": "消费"},
    "details": {"net": {"amount": "1259.65", "currency": "CNY"}},
}


def answers(**changes: Any) -> dict[str, Any]:
    """Answer as feedback does, with one case."""
    return {
        "GET /v1/cases": recorded("GET /v1/cases"),
        "GET /v1/cases/times": recorded("GET /v1/cases/times"),
        f"GET {ONE}": case_body(**changes),
        f"PATCH {ONE}": case_body(**changes),
        "GET /v1/programmes": {"items": [PROGRAMME], "next_cursor": None},
        "GET /v1/customers/c-1": PROFILE,
        "GET /v1/customers/c-1/tier": TIER,
        "GET /v1/customers/c-1/tier/history": {"items": [TOLD]},
        "GET /v1/customers/c-1/score": SCORE,
        "GET /v1/customers/c-1/timeline": {"items": [BOUGHT], "next_cursor": None},
        "GET /v1/interactions": recorded("GET /v1/interactions"),
        "GET /v1/feedback": recorded("GET /v1/feedback"),
        "GET /v1/kpis": recorded("GET /v1/kpis"),
        "POST /v1/cases": case_body(),
        f"POST {ONE}/decision": case_body(),
    }


async def opened(here: Stage, path: str, text: str) -> None:
    async with browsing(here.visit) as user:
        await user.open(path)
        await user.should_see(text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/cases", "Wait for an answer"),
        (f"/cases/{CASE.case_id}", "Tier dispute of c-1"),
        (f"/cases/{CASE.case_id}", "Mid value"),
        ("/feedback", "Ratings by week"),
    ],
)
async def test_pages_show_what_feedback_answers(path: str, text: str) -> None:
    await opened(stage(answers()), path, text)


async def test_what_is_known_of_the_customer_stands_beside_the_case() -> None:
    promised = {"programme": "value", "response_hours": 4}
    here = stage(answers(service_level=promised, tier=None, is_service_level_known=True))
    async with browsing(here.visit) as user:
        await user.open(f"/cases/{CASE.case_id}")
        for text in (
            "CN¥468.00",
            "41%",
            "Customer value",
            "21 Nov 2026 · CN¥1,259.65",  # the shop's day, not London's
            "promised to High value of Customer value",  # as it was told then
            "withdrawn",
        ):
            await user.should_see(text)


async def test_what_is_away_leaves_the_rest_of_the_case_readable() -> None:
    lost = ("/v1/programmes", "/v1/customers/c-1/score", "/v1/customers/c-1")
    away = {**answers(), **{f"GET {path}": None for path in lost}}
    here = stage(away)
    async with browsing(here.visit) as user:
        await user.open(f"/cases/{CASE.case_id}")
        for text in ("cold", "CN¥1,259.65", "(scoring) does not answer", "(ingest) does not"):
            await user.should_see(text)


@pytest.mark.parametrize(
    ("consents", "said"),
    [({}, "yourself (Phone)"), ({"service": False}, "yourself (Store)")],
    ids=["may be called", "only where they wrote"],
)
async def test_staff_are_told_that_an_answer_is_not_sent(
    consents: dict[str, bool], said: str
) -> None:
    known = {**answers(state="answered", answer="Sorry", channel="store")}
    known["GET /v1/customers/c-1"] = {**PROFILE, "consents": consents}
    await opened(stage(known), f"/cases/{CASE.case_id}", said)


async def test_who_answers_what_is_nobodys_becomes_its_owner() -> None:
    here = stage(answers(owner=None))
    async with browsing(here.visit) as user:
        await answer(user, "Sorry")
        await user.should_see("Done")
    (sent,) = here.bodies(f"PATCH {ONE}")
    assert sent == {"state": "answered", "owner": "lin", "answer": "Sorry"}


@pytest.mark.parametrize(("role", "is_offered"), [(Role.SERVICE, True), (Role.ANALYST, False)])
async def test_who_may_not_change_a_case_is_offered_no_change(role: Role, is_offered: bool) -> None:
    async with browsing(stage(answers(), role=role).visit) as user:
        await user.open(f"/cases/{CASE.case_id}")
        await user.should_see("How it stands")
        await (user.should_see if is_offered else user.should_not_see)("Hand on")


async def answer(user: User, words: str) -> None:
    await user.open(f"/cases/{CASE.case_id}")
    user.find(kind=ui.button, content="Answer").click()
    await user.should_see("Why?")
    user.find(kind=ui.textarea, content="Answer").type(words)
    user.find(kind=ui.textarea, content="Why?").type("called back")
    user.find(kind=ui.button, content="Confirm").click()


async def test_an_answer_is_sent_with_its_reason_and_version() -> None:
    here = stage(answers(owner="chen"))
    async with browsing(here.visit) as user:
        await answer(user, "Sorry")
        await user.should_see("Done")
    assert here.bodies(f"PATCH {ONE}") == [{"state": "answered", "answer": "Sorry"}]
    sent = next(request for request in here.asked if request.method == "PATCH")
    assert sent.headers["if-match"] == f'"{CASE.version}"'
    assert here.accounts.entries[0].action == "case.stepped"
    assert here.accounts.entries[0].details["reason"] == "called back"


async def test_what_was_typed_stays_where_somebody_was_quicker() -> None:
    here = stage({**answers(), f"PATCH {ONE}": (412, {"detail": "It was changed."})})
    async with browsing(here.visit) as user:
        await answer(user, "Sorry")
        await user.should_see("Somebody else changed this")
        typed = user.find(kind=ui.textarea, content="Answer").elements.pop()
        assert typed.value == "Sorry"
    assert here.accounts.outcomes == ["refused: 412 unknown"]
