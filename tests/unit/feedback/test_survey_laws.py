"""Every fault of a survey has a path and a sentence, and conditions hold as they say."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.feedback.domain.surveys.branching import MOST_DEEP, MOST_PARTS, holds
from services.feedback.domain.surveys.laws import faults_of
from shared.contracts.surveys import EXAMPLE_DOCUMENT, SurveyDocument
from tests.unit.feedback.survey_documents import BRANCHES, KINDS, OPTIONS, ask, make_document

FIRST = (ask("rated", "nps"), ask("picked", "multi"), ask("asked", "yes_no"))


def nested(deep: int) -> dict[str, Any]:
    """A condition of so many levels."""
    return {"answered": "rated"} if deep == 1 else {"not": nested(deep - 1)}


@pytest.mark.parametrize(
    "questions",
    [tuple(ask(kind, kind) for kind in KINDS), BRANCHES],
    ids=["every kind", "branches"],
)
def test_a_sound_survey_has_no_faults(questions: tuple[dict[str, Any], ...]) -> None:
    assert faults_of(make_document(*questions)) == []


def test_the_example_is_sound() -> None:
    assert faults_of(SurveyDocument.model_validate(EXAMPLE_DOCUMENT).model_dump(mode="json")) == []


@pytest.mark.parametrize(
    ("question", "pointer", "code"),
    [
        (ask("rated"), "/questions/3/key", "not_unique"),
        (ask("new", options=OPTIONS), "/questions/3/options", "not_for_kind"),
        (ask("new", scale={"min": 1, "max": 5}), "/questions/3/scale", "not_for_kind"),
        (ask("new", max_length=5), "/questions/3/max_length", "not_for_kind"),
        (ask("new", "single", options=None), "/questions/3/options", "missing"),
        (ask("new", "scale", scale=None), "/questions/3/scale", "missing"),
        (ask("new", "single", options=OPTIONS * 2), "/questions/3/options/2/key", "not_unique"),
        (ask("new", "scale", scale={"min": 5, "max": 5}), "/questions/3/scale/max", "out_of_range"),
        (
            ask("new", "scale", scale={"min": 0, "max": 11}),
            "/questions/3/scale/max",
            "out_of_range",
        ),
        (ask("new", "text", attribute="tier.high"), "/questions/3/attribute", "wrong_form"),
        (ask("new", "text", attribute="preferences."), "/questions/3/attribute", "wrong_form"),
        (ask("new", attribute="preferences.x"), "/questions/3/attribute", "not_for_kind"),
    ],
)
def test_a_fault_is_named_by_its_place(question: dict[str, Any], pointer: str, code: str) -> None:
    found = [(fault.pointer, fault.code) for fault in faults_of(make_document(*FIRST, question))]
    assert (pointer, code) in found


@pytest.mark.parametrize(
    ("condition", "pointer", "code"),
    [
        ({}, "", "wrong_form"),
        ({"answered": "rated", "not": {}}, "", "wrong_form"),
        ({"maybe": 1}, "", "wrong_form"),
        ({"all": []}, "/all", "wrong_type"),
        ({"all": {"answered": "rated"}}, "/all", "wrong_type"),
        ({"any": [{"answered": "later"}]}, "/any/0/answered", "not_earlier"),
        ({"answered": "new"}, "/answered", "not_earlier"),
        ({"answered": ["rated"]}, "/answered", "not_earlier"),
        ({"eq": {"question": "rated"}}, "/eq", "wrong_form"),
        ({"eq": {"question": "rated", "value": "9"}}, "/eq/value", "wrong_type"),
        ({"eq": {"question": "rated", "value": True}}, "/eq/value", "wrong_type"),
        ({"eq": {"question": "asked", "value": 1}}, "/eq/value", "wrong_type"),
        ({"eq": {"question": "picked", "value": ["dark"]}}, "/eq/value", "wrong_type"),
        ({"in": {"question": "picked", "values": []}}, "/in/values", "wrong_type"),
        ({"in": {"question": "picked", "values": "dark"}}, "/in/values", "wrong_type"),
        ({"gte": {"question": "picked", "value": 1}}, "/gte/value", "not_a_number"),
        ({"gte": {"question": "rated", "value": "9"}}, "/gte/value", "wrong_type"),
        ({"all": [{"answered": "rated"}] * MOST_PARTS}, "", "too_many"),
        (nested(MOST_DEEP + 1), "/not" * MOST_DEEP, "too_deep"),
    ],
)
def test_a_condition_names_earlier_questions_and_their_kinds(
    condition: dict[str, Any], pointer: str, code: str
) -> None:
    (fault,) = faults_of(make_document(*FIRST, ask("new", show_if=condition), ask("later")))
    assert (fault.pointer, fault.code) == (f"/questions/3/show_if{pointer}", code)
    assert fault.message.endswith(".")


def test_an_anonymous_survey_fills_no_attributes() -> None:
    question = ask("roast", "text", attribute="preferences.roast")
    (fault,) = faults_of(make_document(question, is_anonymous=True))
    assert (fault.pointer, fault.code) == ("/questions/0/attribute", "anonymous")


def test_two_questions_do_not_fill_one_attribute() -> None:
    asked = [ask(key, "text", attribute="preferences.roast") for key in ("one", "two")]
    (fault,) = faults_of(make_document(*asked))
    assert (fault.pointer, fault.code) == ("/questions/1/attribute", "not_unique")


def test_a_key_that_was_answered_keeps_its_kind() -> None:
    (fault,) = faults_of(make_document(ask("rated", "csat")), {"rated": "nps"})
    assert (fault.pointer, fault.code) == ("/questions/0/kind", "kind_changed")


def test_no_more_faults_are_told_than_anybody_reads() -> None:
    assert len(faults_of(make_document(*(ask("rated") for _ in range(100))))) == 50


@pytest.mark.parametrize(
    "changes",
    [
        {"questions": []},
        {"questions": [ask(f"q{n}") for n in range(101)]},
        {"questions": [ask("Q 1")]},
        {"questions": [ask("q", "single", options=OPTIONS * 51)]},
        {"questions": [ask("q", text={"en": "only"})]},
        {"questions": [ask("q", colour="red")]},
        {"expires_days": 0},
        {"expires_days": 366},
        {"title": {"en": "x" * 2001, "zh": "x"}},
    ],
)
def test_what_has_not_the_shape_of_a_survey_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SurveyDocument.model_validate(EXAMPLE_DOCUMENT | changes)


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        ({"answered": "rated"}, {}, False),
        ({"answered": "rated"}, {"rated": 0}, True),
        ({"not": {"answered": "rated"}}, {}, True),
        ({"eq": {"question": "rated", "value": 1}}, {"rated": 1}, True),
        ({"eq": {"question": "asked", "value": True}}, {"asked": True}, True),
        ({"eq": {"question": "rated", "value": 1}}, {"rated": True}, False),
        ({"eq": {"question": "picked", "value": "dark"}}, {"picked": ["light", "dark"]}, True),
        ({"in": {"question": "picked", "values": ["dark"]}}, {"picked": ["light"]}, False),
        ({"in": {"question": "rated", "values": [8, 9]}}, {"rated": 9}, True),
        ({"gte": {"question": "rated", "value": 9}}, {"rated": 9}, True),
        ({"gte": {"question": "rated", "value": 9}}, {"rated": 8}, False),
        ({"gte": {"question": "rated", "value": 0}}, {}, False),
        ({"all": [{"answered": "rated"}, {"answered": "asked"}]}, {"rated": 1}, False),
        ({"any": [{"answered": "rated"}, {"answered": "asked"}]}, {"rated": 1}, True),
    ],
)
def test_a_condition_holds_as_it_says(
    condition: dict[str, Any], answers: dict[str, Any], expected: bool
) -> None:
    assert holds(condition, answers) is expected
