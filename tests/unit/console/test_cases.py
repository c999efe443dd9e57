"""Cases in the console: how urgent, what was said, and what somebody does about them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.console.accounts.person import Language
from services.console.pages.cases.beside import promise
from services.console.pages.cases.ratings import counted_options, ratings_lines, weeks_of
from services.console.pages.cases.record import said_body
from services.console.pages.cases.rows import (
    case_row,
    event_line,
    feedback_row,
    first_unowned,
    late_of,
    tier_lines,
    urgency,
)
from services.console.pages.cases.said import asked_of
from services.console.pages.cases.steps import changed_body, decision_body
from shared.contracts.cases import CaseTimes
from shared.contracts.feedback import FeedbackItem
from shared.contracts.kpis import KpiReport
from tests.unit.console.care_answers import case_of, recorded
from tests.unit.console.visits import NOW, stage

CASE = case_of()
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("changes", "text", "tone"),
    [
        pytest.param({"due_at": NOW + timedelta(hours=3)}, "Due in 3 hours", "plain", id="waits"),
        pytest.param(
            {"due_at": NOW - timedelta(hours=2), "is_overdue": True},
            "Overdue, 2 hours ago",
            "bad",
            id="late",
        ),
        pytest.param(
            {
                "state": "answered",
                "answered_at": NOW - timedelta(days=3),
                "resolve_by": NOW - timedelta(days=1),
                "is_overdue": True,
            },
            "Overdue, 1 day ago",
            "bad",
            id="answered-but-solved-late",
        ),
        pytest.param(
            {"state": "resolved", "state_name": {"en": "Resolved", "zh": "已解决"}},
            "Resolved",
            "good",
            id="solved",
        ),
    ],
)
def test_a_case_says_how_long_is_left(changes: dict[str, Any], text: str, tone: str) -> None:
    said = urgency(stage().visit, case_of(**changes), NOW)
    assert (said.text, said.tone) == (text, tone)


def test_a_row_leads_to_the_case_and_to_the_customer() -> None:
    row = case_row(stage(language=Language.CHINESE).visit, CASE, NOW)
    assert row["case_href"] == f"/cases/{CASE.case_id}"
    assert row["customer_href"] == "/customers/c-1"
    assert row["case"] == "等级异议"


def test_a_customer_id_cannot_lead_elsewhere() -> None:
    row = case_row(stage().visit, case_of(customer_id="../../evil?x=/"), NOW)
    assert row["customer_href"] == "/customers/..%2F..%2Fevil%3Fx%3D%2F"


def test_who_cannot_be_named_is_led_nowhere() -> None:
    row = case_row(stage().visit, case_of(customer_id=None), NOW)
    assert (row["customer"], row["customer_href"]) == ("unknown customer", "")


def test_late_cases_are_counted_since_midnight() -> None:
    midnight = datetime(2026, 11, 21, 16, tzinfo=UTC)
    items = [case_of(due_at=midnight + timedelta(hours=gap)) for gap in (-5, -1, 1)]
    late = late_of(items, midnight, is_all=True)
    assert (late.count, late.today) == (3, 1)


def test_the_most_urgent_case_that_is_nobodys_is_taken() -> None:
    owned, free = case_of(owner="li.na"), case_of()
    assert first_unowned([owned, free]) is free
    assert first_unowned([owned]) is None


def test_times_are_told_by_tier() -> None:
    times = CaseTimes.model_validate(recorded("GET /v1/cases/times"))
    lines = tier_lines(stage().visit, times.tiers)
    assert len(lines) == len(times.tiers)
    assert all(len(line) == 6 for line in lines)


@pytest.mark.parametrize(
    ("kind", "details", "said"),
    [
        ("assigned", {"from": None, "to": "li.na"}, ("Given to", "li.na")),
        ("assigned", {"from": "li.na", "to": None}, ("Given to", "nobody yet")),
        ("prioritised", {"from": 3, "to": 1}, ("Priority changed", "3 → 1")),
        ("noted", {"note": "<b>x</b>"}, ("Note", "<b>x</b>")),
        (
            "decided",
            {"tier_held": "low", "tier_judged": "high", "reason": "two cards"},
            ("Decided", "low → high\ntwo cards"),
        ),
        ("something_new", {}, ("something_new", "")),
    ],
    ids=["given", "given-up", "priority", "note", "decision", "unknown"],
)
def test_what_happened_is_said(kind: str, details: dict[str, Any], said: tuple[str, str]) -> None:
    event = CASE.events[0].model_copy(update={"kind": kind, "details": details})
    assert event_line(stage().visit, event) == said


def test_a_long_text_is_cut_in_the_list() -> None:
    item = recorded("GET /v1/feedback")["items"][0]
    row = feedback_row(stage().visit, FeedbackItem.model_validate({**item, "text": "é " * 90}))
    assert len(str(row["text"])) == 90


@pytest.mark.parametrize(
    ("level", "is_known", "said"),
    [
        (None, True, "The shop's usual hours"),
        (None, False, "Not known yet: scoring did not answer"),
        (
            {"programme": "coffee", "response_hours": 4},
            True,
            "An answer within 4 hours of service, promised by coffee",
        ),
    ],
    ids=["none", "unknown", "promised"],
)
def test_what_was_promised_is_said(level: object, is_known: bool, said: str) -> None:
    case = case_of(service_level=level, is_service_level_known=is_known)
    assert promise(stage().visit, case) == said


def test_whole_days_of_the_shop_are_asked_for() -> None:
    asked = asked_of({"since": "2026-11-01", "until": "2026-11-02", "kind": "nps"}, SHANGHAI)
    assert asked == {
        "since": "2026-11-01T00:00:00+08:00",
        "until": "2026-11-03T00:00:00+08:00",
        "kind": "nps",
    }


@pytest.mark.parametrize(
    ("given", "body"),
    [
        (
            {"kind": "complaint", "channel": "phone", "known_by": "phone", "identifier": "+86138"},
            {"kind": "complaint", "channel": "phone", "customer": {"phone": "+86138"}},
        ),
        (
            {"kind": "nps", "channel": "phone", "known_by": "customer_id", "rating": 3},
            {"kind": "nps", "channel": "phone", "rating": 3},
        ),
        (
            {"kind": "complaint", "channel": "store", "known_by": "email", "rating": 3},
            {"kind": "complaint", "channel": "store"},
        ),
    ],
    ids=["by-phone", "rating", "no-rating-of-a-complaint"],
)
def test_what_was_said_is_sent(given: dict[str, object], body: dict[str, object]) -> None:
    assert said_body(given) == body


def test_a_decision_ends_with_its_day() -> None:
    given = {"decision": "raise", "programme": "value", "tier": "high", "ends_on": "2027-01-31"}
    body = decision_body(given, "two cards", SHANGHAI)
    assert body["ends_at"] == "2027-01-31T23:59:59+08:00"
    assert body["reason"] == "two cards"
    assert "ends_on" not in body


def test_a_priority_is_sent_as_a_number() -> None:
    assert changed_body({}, {"priority": "2"}) == {"priority": 2}
    assert changed_body({"owner": None}, {}) == {"owner": None}


def test_ratings_are_drawn_by_week() -> None:
    report = KpiReport.model_validate(recorded("GET /v1/kpis"))
    options = counted_options(weeks_of(report), {item.key: "x" for item in report.items})
    assert len(options["series"]) == len(report.items)
    for line in ratings_lines(stage().visit, report):
        assert len(line) == 1 + 2 * len(report.items)
