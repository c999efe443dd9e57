"""Tasks in the console: what is due for whom, and how it went."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from nicegui import ui

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.pages.tasks.board import due_before
from services.console.pages.tasks.rows import (
    Names,
    asked_of,
    completion_body,
    first_free,
    task_body,
    task_row,
)
from services.console.parts.care import Named
from shared.contracts.tasks import TaskAnswer
from tests.unit.console.care_answers import recorded
from tests.unit.console.visits import NOW, browsing, stage

SHANGHAI = ZoneInfo("Asia/Shanghai")


def task_of(**changes: Any) -> TaskAnswer:
    return TaskAnswer.model_validate(body_of(**changes))


def body_of(**changes: Any) -> dict[str, Any]:
    return {**recorded("GET /v1/tasks/{task_id}"), "state": "open", "owner": None, **changes}


ONE = f"/v1/tasks/{body_of()['task_id']}"


def answers() -> dict[str, Any]:
    return {
        "GET /v1/tasks": {"items": [body_of()], "next_cursor": None},
        f"GET {ONE}": body_of(),
        f"POST {ONE}/complete": body_of(state="done"),
        f"POST {ONE}/cancel": body_of(state="cancelled"),
        f"POST {ONE}/claim": body_of(state="claimed"),
        "POST /v1/tasks": body_of(),
        "GET /v1/playbooks": recorded("GET /v1/playbooks"),
    }


def test_a_row_says_when_it_is_due_and_leads_on() -> None:
    task = task_of(due_at=NOW + timedelta(days=2), is_overdue=False)
    row = task_row(stage(language=Language.CHINESE).visit, task, NOW, Names())
    assert row["due"] == "2天后"
    assert row["task_href"] == f"/tasks/{task.task_id}"


def test_tiers_playbooks_and_queues_are_called_by_their_names() -> None:
    at = {"programme": "value", "tier": "high", "lifecycle": "active"}
    names = Names(Named({}, {"value/high": "High value"}), {"win-back": "Win back who left"})
    known = task_of(segment_at=at, playbook_key="win-back", queue="care")
    row = task_row(stage().visit, known, NOW, names)
    assert (row["tier"], row["playbook"], row["queue"]) == (
        "High value",
        "Win back who left",
        "Care",
    )
    row = task_row(stage().visit, task_of(segment_at=at, queue="night"), NOW, Names())
    assert (row["tier"], row["queue"]) == ("high", "night")


def test_an_overdue_task_says_so() -> None:
    task = task_of(due_at=NOW - timedelta(days=2), is_overdue=True)
    assert task_row(stage().visit, task, NOW, Names())["due"] == "2 days ago overdue"


def test_only_mine_asks_for_my_name() -> None:
    given = {"mine": True, "queue": "vip", "due": "today"}
    assert asked_of(given, "lin", None) == {"queue": "vip", "owner": "lin"}


@pytest.mark.parametrize(
    ("word", "end"),
    [("today", "2026-11-23T00:00:00+08:00"), ("week", "2026-11-29T00:00:00+08:00"), ("", None)],
)
def test_due_ends_with_a_day_of_the_shop(word: str, end: str | None) -> None:
    here = datetime(2026, 11, 22, 23, 30, tzinfo=SHANGHAI)
    found = due_before(here, word)
    assert (found.isoformat() if found else None) == end


def test_the_first_that_is_nobodys_is_taken() -> None:
    mine, free = task_of(owner="lin"), task_of()
    assert first_free([mine, free]) is free
    assert first_free([mine]) is None


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({"outcome": "reached"}, {"outcome": "reached", "agent": "lin"}),
        (
            {"outcome": "accepted", "note": "x", "minutes": 3, "cost": "2.50"},
            {
                "outcome": "accepted",
                "note": "x",
                "duration_s": 180,
                "cost": {"amount": "2.50", "currency": "CNY"},
                "agent": "lin",
            },
        ),
    ],
    ids=["short", "whole"],
)
def test_how_it_went_is_sent(given: dict[str, object], body: dict[str, object]) -> None:
    assert completion_body(given, "CNY", "lin") == body


def test_a_task_in_one_language_says_the_same_in_both() -> None:
    given = {"title_zh": "回电", "channel": "phone", "priority": "2"}
    body = task_body(given, "c-1", NOW)
    assert body["title"] == {"en": "回电", "zh": "回电"}
    assert (body["priority"], body["customer_id"]) == (2, "c-1")
    assert "message" not in body


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/tasks", "To do"),
        (ONE.removeprefix("/v1"), "Say how it went"),
        ("/tasks/new", "What to do"),
    ],
    ids=["board", "one", "new"],
)
async def test_pages_show_what_feedback_answers(path: str, text: str) -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open(path)
        await user.should_see(text)


async def test_an_analyst_is_offered_no_change() -> None:
    async with browsing(stage(answers(), role=Role.ANALYST).visit) as user:
        await user.open(ONE.removeprefix("/v1"))
        await user.should_not_see("Say how it went")


async def test_how_it_went_is_written_down_with_its_reason() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open(ONE.removeprefix("/v1"))
        user.find(kind=ui.button, content="Say how it went").click()
        await user.should_see("Why?")
        user.find(kind=ui.textarea, content="Why?").type("called at noon")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_see("Done")
    assert here.bodies(f"POST {ONE}/complete") == [{"outcome": "reached", "agent": "lin"}]
    entry = here.accounts.entries[0]
    assert (entry.action, entry.details["outcome"]) == ("task.completed", "reached")
