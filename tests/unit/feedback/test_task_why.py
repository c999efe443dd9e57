from typing import Any

import pytest

from services.feedback.domain.care.triggers import RULES
from services.feedback.domain.care.why import why_of

DETAILS: list[tuple[dict[str, Any], str, str]] = [
    ({"trigger": "schedule", "occasion": "2026-11-23"}, "Due by schedule on 2026-11-23.",
     "按计划于2026-11-23联系。"),
    ({"trigger": "schedule", "occasion": "manual:0a"}, "Somebody ran the playbook.",
     "由员工手动启动。"),
    ({"trigger": "manual"}, "Somebody ran the playbook.", "由员工手动启动。"),
    ({"trigger": "entered", "segment": "vips"}, "Entered the segment vips.", "进入人群vips。"),
    ({"trigger": "entered", "from": "low", "to": "high"}, "Went from low to high.",
     "等级由low变为high。"),
    ({"trigger": "entered", "from": None, "to": "high"}, "Came to hold the tier high.",
     "获得等级high。"),
    ({"trigger": "feedback", "feedback_kind": "csat", "rating": 1}, "Rated 1 (csat).",
     "评分1（csat）。"),
    ({"trigger": "feedback", "feedback_kind": "complaint", "rating": None},
     "Gave feedback: complaint.", "提交了反馈：complaint。"),
    ({"trigger": "birthday", "on": "2026-11-25"}, "Birthday on 2026-11-25.", "2026-11-25过生日。"),
    ({"trigger": "festival", "on": "2026-09-25"}, "A festival on 2026-09-25.", "2026-09-25过节。"),
    ({"trigger": "festival", "festival": "mid_autumn", "on": "2026-09-25"},
     "Mid-Autumn Festival on 2026-09-25.", "2026-09-25中秋节。"),
    ({"trigger": "frequency_drop", "why": {"en": "Less.", "zh": "变少。"}}, "Less.", "变少。"),
    ({"trigger": "win_back", "why": [{"en": "A.", "zh": "甲。"}, {"en": "B.", "zh": "乙。"}]},
     "A. B.", "甲。乙。"),
]  # fmt: skip


@pytest.mark.parametrize(("details", "en", "zh"), DETAILS, ids=lambda value: None)
def test_whoever_does_a_task_is_told_why(details: dict[str, Any], en: str, zh: str) -> None:
    assert why_of(details) == {"en": en, "zh": zh}


def test_every_kind_of_trigger_has_its_words() -> None:
    assert {details["trigger"] for details, _, _ in DETAILS} == set(RULES)


@pytest.mark.parametrize("details", [{}, {"trigger": "unheard"}, {"note": "x"}])
def test_what_people_made_by_hand_speaks_for_itself(details: dict[str, Any]) -> None:
    assert why_of(details) is None
