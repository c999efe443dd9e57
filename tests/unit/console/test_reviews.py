"""Reviews in the console: what works badly, and what becomes of it."""

from datetime import date
from typing import Any

import pytest
from nicegui import ui

from services.console.pages.playbooks.reviews import page_of, quarter_of
from shared.contracts.reviews import FindingAnswer
from tests.unit.console.care_answers import recorded
from tests.unit.console.visits import browsing, stage

REVIEW = recorded("GET /v1/reviews/{review_id}")["review_id"]
FINDING: dict[str, Any] = {
    "finding_id": "01a20561-c3f5-765d-9b05-87783bcfa89d",
    "code": "unused_benefit",
    "programme": "coffee",
    "tier": "gold",
    "subject": "drink",
    "text": {"en": "Nobody uses the drink.", "zh": "无人使用该权益。"},
    "figures": {},
    "suggestion": {"en": "Take it out.", "zh": "可以取消。"},
    "link": None,
    "changes": {
        "document": "benefit",
        "programme": "coffee",
        "key": "drink",
        "link": "/v1/programmes/coffee",
        "text": {"en": "The benefit", "zh": "该权益"},
    },
    "state": "open",
    "owner": None,
    "note": "",
    "version": 1,
    "changed_by": None,
    "changed_at": None,
}
ONE = f"/v1/reviews/{REVIEW}"
JUDGED = f"{ONE}/findings/{FINDING['finding_id']}"


def answers() -> dict[str, Any]:
    return {
        "GET /v1/reviews": recorded("GET /v1/reviews"),
        f"GET {ONE}": {**recorded("GET /v1/reviews/{review_id}"), "findings": [FINDING]},
        f"PATCH {JUDGED}": FINDING,
        "POST /v1/reviews": recorded("GET /v1/reviews")["items"][0],
    }


@pytest.mark.parametrize(
    ("document", "key", "href"),
    [
        ("playbook", "vip", "/playbooks/vip"),
        ("experiment", "x", "/experiments/x"),
        ("benefit", "drink", "/programmes/coffee"),
    ],
)
def test_a_finding_leads_to_what_it_would_change(document: str, key: str, href: str) -> None:
    changes = {**FINDING["changes"], "document": document, "key": key}
    assert page_of(FindingAnswer.model_validate({**FINDING, "changes": changes})) == href


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 1, 1), "2026-Q1"),
        (date(2026, 11, 22), "2026-Q4"),
        (date(2026, 6, 30), "2026-Q2"),
    ],
    ids=str,
)
def test_a_day_is_of_a_quarter(day: date, quarter: str) -> None:
    assert quarter_of(day) == quarter


@pytest.mark.parametrize(
    ("path", "text"),
    [("/reviews", "2026-Q3"), (f"/reviews/{REVIEW}", "Nobody uses the drink.")],
    ids=["list", "one"],
)
async def test_pages_show_what_feedback_answers(path: str, text: str) -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open(path)
        await user.should_see(text)


async def test_a_finding_is_judged_with_a_note() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open(f"/reviews/{REVIEW}")
        user.find(kind=ui.button, content="Say what becomes of it").click()
        await user.should_see("Why?")
        user.find(kind=ui.textarea, content="Why?").type("from December on")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_see("Done")
    assert here.bodies(f"PATCH {JUDGED}") == [{"state": "accepted", "note": "from December on"}]


async def test_a_review_of_this_quarter_is_asked_for() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/reviews")
        user.find(kind=ui.button, content="Ask for a review").click()
        await user.should_see("Why?")
        user.find(kind=ui.textarea, content="Why?").type("before the board")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_not_see("Why?")
    assert here.bodies("POST /v1/reviews") == [{"quarter": "2026-Q4"}]
