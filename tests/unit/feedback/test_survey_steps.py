"""A survey in steps: what a form says, and what comes next."""

from typing import Any

import pytest

from services.feedback.domain.surveys.steps import (
    next_step,
    step_before,
    step_of,
    step_shown,
    steps_of,
    with_form,
)
from tests.unit.feedback.survey_documents import BRANCHES, EVERY, ask, make_survey

BRANCHING = make_survey(*BRANCHES)


def keys(step: Any) -> list[str]:
    return [question.key for question in step]


def test_a_step_begins_at_what_depends_on_the_same_step() -> None:
    assert [keys(step) for step in steps_of(BRANCHING)] == [
        ["satisfaction"],
        ["why"],
        ["more", "again"],
    ]


def test_without_branches_there_is_one_step() -> None:
    assert len(steps_of(EVERY)) == 1


@pytest.mark.parametrize(
    ("answers", "number", "expected"),
    [
        ({"satisfaction": 5}, 0, 2),
        ({"satisfaction": 1}, 0, 1),
        ({"satisfaction": 1, "why": "dark"}, 1, 2),
        ({"satisfaction": 5}, 2, None),
    ],
)
def test_a_step_that_shows_nothing_is_passed_over(
    answers: dict[str, Any], number: int, expected: int | None
) -> None:
    assert next_step(BRANCHING, answers, number) == expected


def test_back_passes_over_it_too() -> None:
    assert step_before(BRANCHING, {"satisfaction": 5}, 2) == 0
    assert step_before(BRANCHING, {"satisfaction": 1}, 2) == 1
    assert step_before(BRANCHING, {}, 0) is None
    assert step_before(BRANCHING, {}, 999) == 2


def test_a_step_that_is_not_there_shows_nothing() -> None:
    assert step_shown(BRANCHING, {}, 3) == []
    assert step_of(BRANCHING, "again") == 2


@pytest.mark.parametrize(
    ("kind", "texts", "expected"),
    [
        ("csat", ["4"], 4),
        ("csat", ["4", "5"], 5),
        ("scale", ["-3"], -3),
        ("csat", ["four"], "four"),
        ("csat", ["9" * 400], "9" * 400),
        ("csat", ["٤"], "٤"),
        ("yes_no", ["yes"], True),
        ("yes_no", ["no"], False),
        ("yes_no", ["maybe"], "maybe"),
        ("multi", ["dark", "light"], ["dark", "light"]),
        ("text", ["  a\r\nb "], "a\nb"),
        ("date", ["2024-02-29"], "2024-02-29"),
    ],
)
def test_a_field_is_read_by_the_kind_of_its_question(
    kind: str, texts: list[str], expected: object
) -> None:
    survey = make_survey(ask("one", kind))
    assert with_form(survey.questions, {}, {"q.one": texts}) == {"one": expected}


def test_what_a_form_leaves_out_is_taken_back() -> None:
    survey = make_survey(ask("one", "text"), ask("two", "text"))
    answers = with_form(survey.questions[:1], {"one": "a", "two": "b"}, {"q.two": ["c"]})
    assert answers == {"two": "b"}
