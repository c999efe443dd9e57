"""What may be answered, and to which questions."""

import pytest

from services.feedback.domain.surveys.answers import (
    apart,
    judged,
    missing_faults,
    traits_of,
    with_told,
)
from services.feedback.domain.surveys.questions import Answers
from tests.unit.feedback.survey_documents import BRANCHES, EVERY, ask, make_survey

BRANCHING = make_survey(*BRANCHES)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("csat", 1),
        ("csat", 5),
        ("nps", 0),
        ("nps", 10),
        ("ces", 7),
        ("rating", 5),
        ("scale", 0),
        ("scale", 4),
        ("single", "dark"),
        ("multi", ["dark", "light"]),
        ("text", "又快又好喝 <b>"),
        ("text", "x" * 2000),
        ("yes_no", False),
        ("date", "2024-02-29"),
    ],
)
def test_a_value_of_the_kind_is_taken(key: str, value: object) -> None:
    sheet = judged(EVERY, {key: value})
    assert (sheet.answers, sheet.faults) == ({key: value}, ())


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("csat", 0, "out_of_range"),
        ("csat", 6, "out_of_range"),
        ("nps", 11, "out_of_range"),
        ("nps", -1, "out_of_range"),
        ("scale", 5, "out_of_range"),
        ("csat", True, "wrong_type"),
        ("csat", "5", "wrong_type"),
        ("csat", 4.5, "wrong_type"),
        ("csat", ["5"], "wrong_type"),
        ("single", 1, "wrong_type"),
        ("single", "medium", "not_allowed"),
        ("multi", "dark", "wrong_type"),
        ("multi", ["medium"], "not_allowed"),
        ("multi", ["dark", "dark"], "not_unique"),
        ("multi", [1], "wrong_type"),
        ("text", 5, "wrong_type"),
        ("text", "x" * 2001, "too_long"),
        ("yes_no", "yes", "wrong_type"),
        ("yes_no", 1, "wrong_type"),
        ("date", "2023-02-29", "wrong_form"),
        ("date", "1899-12-31", "wrong_form"),
        ("date", "2024-W01-1", "wrong_form"),
        ("date", "20240229", "wrong_form"),
        ("date", 20240229, "wrong_form"),
    ],
)
def test_a_value_of_another_kind_is_named_and_not_taken(key: str, value: object, code: str) -> None:
    sheet = judged(EVERY, {key: value})
    (fault,) = sheet.faults
    assert (fault.pointer, fault.code, sheet.answers) == (f"/answers/{key}", code, {})


def test_an_unknown_question_is_refused_without_its_name() -> None:
    (fault,) = judged(EVERY, {"<script>": 1}).faults
    assert (fault.pointer, fault.code) == ("/answers", "unknown_question")


@pytest.mark.parametrize("empty", [None, "", []])
def test_nothing_is_no_answer(empty: object) -> None:
    assert judged(EVERY, {"text": empty, "multi": empty}).answers == {}


@pytest.mark.parametrize(
    ("answers", "shown", "dropped", "missing"),
    [
        ({}, {}, (), ("satisfaction", "why")),
        ({"satisfaction": 5}, {"satisfaction": 5}, (), ()),
        ({"satisfaction": 1}, {"satisfaction": 1}, (), ("why",)),
        ({"satisfaction": 5, "why": "dark"}, {"satisfaction": 5}, ("why",), ()),
        (
            {"satisfaction": 5, "why": "dark", "more": "cold"},
            {"satisfaction": 5},
            ("why", "more"),
            (),
        ),
        (
            {"satisfaction": 1, "why": "dark", "more": "cold"},
            {"satisfaction": 1, "why": "dark", "more": "cold"},
            (),
            (),
        ),
    ],
)
def test_answers_to_questions_not_shown_are_dropped_and_named(
    answers: dict[str, object], shown: object, dropped: object, missing: object
) -> None:
    sheet = judged(BRANCHING, answers)
    assert (sheet.answers, sheet.dropped, sheet.missing) == (shown, dropped, missing)


def test_a_required_question_without_an_answer_has_a_place() -> None:
    (fault,) = missing_faults(judged(BRANCHING, {"satisfaction": 2}))
    assert (fault.pointer, fault.code) == ("/answers/why", "missing")


@pytest.mark.parametrize(
    "answers",
    [{"satisfaction": 6}, {"satisfaction": "5"}, {"satisfaction": 0, "why": "dark"}],
    ids=str,
)
def test_an_answer_that_is_refused_is_one_fault(answers: dict[str, object]) -> None:
    sheet = judged(BRANCHING, answers)
    assert [fault.pointer for fault in sheet.faults] == ["/answers/satisfaction"]
    assert sheet.missing == ()


def test_words_and_dates_are_kept_apart_from_what_is_counted() -> None:
    counted, words = apart(EVERY, {"csat": 5, "single": "dark", "text": "x", "date": "2024-01-01"})
    assert counted == {"csat": 5, "single": "dark"}
    assert words == {"text": "x", "date": "2024-01-01"}


def test_answers_become_attributes_where_the_question_says_so() -> None:
    survey = make_survey(
        ask("roast", "single", attribute="preferences.roast"),
        ask("milk", "multi", attribute="preferences.milk"),
        ask("why", "text", attribute="motives.first_visit"),
        ask("stars", "rating"),
    )
    answers: Answers = {"roast": "dark", "milk": ["light"], "stars": 5}
    assert traits_of(survey, answers) == {"preferences": {"roast": "dark", "milk": ["light"]}}


@pytest.mark.parametrize(
    ("known", "whole"),
    [
        ({}, {"roast": "dark"}),
        ({"preferences": {"cup": "small", "roast": "light"}}, {"cup": "small", "roast": "dark"}),
        ({"preferences": "none"}, {"roast": "dark"}),
    ],
)
def test_what_stood_in_a_group_stays_beside_what_is_told(
    known: dict[str, object], whole: object
) -> None:
    assert with_told(known, {"preferences": {"roast": "dark"}}) == {"preferences": whole}
