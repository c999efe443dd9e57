"""What the pages of feedback and care send is what feedback takes in: judged by its contracts."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel

from services.console.accounts.roles import Permission
from services.console.changing import care_documents, cases, reviews, tasks
from services.console.pages.cases.record import said_body
from services.console.pages.cases.steps import changed_body, decision_body
from services.console.pages.experiments.words import plan_body
from services.console.pages.surveys.words import wanted_of
from services.console.pages.tasks.rows import completion_body, task_body
from services.console.visiting.changes import Change
from shared.contracts.cases import CaseChange, CaseRequest, DecisionRequest, ReopenRequest
from shared.contracts.contacts import InteractionRequest
from shared.contracts.experiments import PlanRequest
from shared.contracts.feedback import FeedbackRequest
from shared.contracts.invitations import InvitationsRequest
from shared.contracts.playbooks import PlaybookRunBody
from shared.contracts.reviews import FindingAnswer, FindingChange, ReviewRequest
from shared.contracts.tasks import CancelRequest, ClaimRequest, CompletionRequest, TaskRequest
from tests.unit.console.test_reviews import FINDING

ID = UUID("01a20561-c3f5-765d-9b05-87783bcfa89d")
SHANGHAI = ZoneInfo("Asia/Shanghai")
DUE = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SAID: dict[str, object] = {
    "kind": "complaint",
    "channel": "phone",
    "known_by": "customer_id",
    "identifier": "c-1",
    "text": "冷了",
}
RATED: dict[str, object] = {"kind": "csat", "channel": "phone", "known_by": "phone", "rating": 2}
CONTACT = {"kind": "call", "channel": "phone", "customer": {"customer_id": "c-1"}, "agent": "lin"}
DECIDED: dict[str, object] = {
    "decision": "raise",
    "programme": "value",
    "tier": "high",
    "ends_on": "2027-01-31",
}
TASK: dict[str, object] = {
    "title_en": "Call back",
    "channel": "phone",
    "purpose": "service",
    "priority": "2",
    "playbook_key": "win-back",
}
DONE: dict[str, object] = {"outcome": "reached", "minutes": 2, "cost": "1.50"}
FOUND = FindingAnswer.model_validate(FINDING)
SENT: list[tuple[type[BaseModel], Change]] = [
    (CaseRequest, cases.report_case(said_body(SAID), "k")),
    (FeedbackRequest, cases.record_feedback(said_body(RATED), "k")),
    (CaseChange, cases.change_case(ID, 2, changed_body({"state": "answered"}, {"answer": "x"}))),
    (CaseChange, cases.change_case(ID, 2, changed_body({}, {"priority": "1"}))),
    (CaseChange, cases.change_case(ID, 2, changed_body({"owner": None}, {}))),
    (ReopenRequest, cases.reopen_case(ID, "late again", "k")),
    (DecisionRequest, cases.decide_case(ID, decision_body(DECIDED, "two cards", SHANGHAI), "k")),
    (InteractionRequest, cases.note_contact(ID, CONTACT, "k")),
    (TaskRequest, tasks.make_task(task_body(TASK, "c-1", DUE), "k")),
    (ClaimRequest, tasks.claim_task(ID, "lin")),
    (CompletionRequest, tasks.complete_task(ID, completion_body(DONE, "CNY", "lin"))),
    (CancelRequest, tasks.cancel_task(ID, "called this morning")),
    (InvitationsRequest, care_documents.invite("s", wanted_of("c-1\nc-2", ""), "k")),
    (InvitationsRequest, care_documents.invite("s", wanted_of("", "quiet"), "k")),
    (PlaybookRunBody, care_documents.run_playbook("vip", "November round", "k")),
    (ReviewRequest, reviews.ask_review("2026-Q4", "k")),
    (FindingChange, reviews.change_finding(ID, FOUND, {"state": "accepted", "note": "yes"})),
]


@pytest.mark.parametrize(
    ("model", "change"), SENT, ids=[f"{n}-{m.__name__}" for n, (m, _) in enumerate(SENT)]
)
def test_what_is_sent_is_taken_in(model: type[BaseModel], change: Change) -> None:
    assert model.model_validate_json(json.dumps(change.call.body))


def test_a_plan_is_taken_in() -> None:
    given: dict[str, object] = {
        "metric": "orders",
        "design": "sequential",
        "held_out": "20",
        "effect_percent": "5",
        "power": "80",
    }
    assert PlanRequest.model_validate_json(json.dumps(plan_body(given))).held_out_permille == 200


@pytest.mark.parametrize(
    ("change", "permission"),
    [
        (SENT[0][1], Permission.CASES_CHANGE),
        (SENT[8][1], Permission.TASKS_CHANGE),
        (SENT[12][1], Permission.CARE_CHANGE),
        (SENT[15][1], Permission.CARE_CHANGE),
    ],
    ids=["case", "task", "survey", "review"],
)
def test_every_change_asks_for_its_permission(change: Change, permission: Permission) -> None:
    assert change.may is permission


@pytest.mark.parametrize("change", [change for _, change in SENT], ids=lambda c: c.action)
def test_what_could_be_made_twice_is_not(change: Change) -> None:
    """A new thing has a key, a changed one its version; else it is sent once."""
    call = change.call
    assert call.idempotency_key or call.if_match or not call.is_repeatable


@pytest.mark.parametrize("change", [change for _, change in SENT], ids=lambda c: c.action)
def test_the_audit_log_holds_no_words_of_customers(change: Change) -> None:
    details: Any = change.details
    assert not {"text", "note", "answer", "identifier", "customer"} & set(details)


def test_a_document_is_changed_only_as_it_was_read() -> None:
    change = care_documents.write_document("playbook", "a b/c", {"x": 1}, 7)
    assert (change.call.path, change.call.if_match) == ("/v1/playbooks/a%20b%2Fc", '"7"')
    assert not change.call.is_repeatable
