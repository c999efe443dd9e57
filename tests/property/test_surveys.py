"""Surveys of any shape: who answers sees what their answers lead to, and nothing else counts."""

from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from services.feedback.domain.surveys.answers import judged, shown
from services.feedback.domain.surveys.branching import holds, keys_in
from services.feedback.domain.surveys.laws import faults_of
from services.feedback.domain.surveys.questions import Survey, survey_of
from services.feedback.domain.surveys.steps import next_step, step_before, step_shown, steps_of
from services.feedback.usecases.surveys.links import invitation_in, token_of
from shared.secrets import Secrets
from tests.unit.feedback.survey_documents import KINDS, ask, make_document

SECRETS: Final = Secrets.from_hex("5e" * 32)
VALUES: Final = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 12),
    st.text(max_size=4),
    st.sampled_from(["light", "dark", "2024-02-29"]),
    st.lists(st.sampled_from(["light", "dark", "red"]), max_size=3),
)


@st.composite
def conditions(draw: st.DrawFn, earlier: tuple[str, ...], deep: int = 2) -> dict[str, Any]:
    """A condition over the answers to earlier questions, named by their kinds."""
    key = draw(st.sampled_from(earlier))
    leaves: list[dict[str, Any]] = [{"answered": f"{key}"}]
    if key.startswith(("csat", "nps", "scale")):
        leaves.append({"gte": {"question": key, "value": draw(st.integers(0, 10))}})
    if key.startswith(("single", "multi")):
        leaves.append({"eq": {"question": key, "value": "dark"}})
    word = draw(st.sampled_from(["leaf", "not", "all", "any"] if deep else ["leaf"]))
    if word == "leaf":
        return draw(st.sampled_from(leaves))
    inner = draw(conditions(earlier, deep - 1))
    return {"not": inner} if word == "not" else {word: [inner, draw(st.sampled_from(leaves))]}


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    """A sound survey of up to eight questions, some of them conditional."""
    asked: list[dict[str, Any]] = []
    for place in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(KINDS))
        earlier = tuple(question["key"] for question in asked)
        depends = bool(earlier) and draw(st.booleans())
        more = {"show_if": draw(conditions(earlier))} if depends else {}
        is_required = draw(st.booleans())
        asked.append(ask(f"{kind}{place}", kind, required=is_required, **more))
    document = make_document(*asked)
    assert faults_of(document) == []
    return survey_of(document)


@st.composite
def answered(draw: st.DrawFn) -> tuple[Survey, dict[str, Any]]:
    """A survey, and whatever somebody posts."""
    survey = draw(surveys())
    keys = [question.key for question in survey.questions]
    return survey, draw(st.dictionaries(st.sampled_from([*keys, "unknown"]), VALUES))


@settings(max_examples=300, deadline=None)
@given(answered())
def test_what_counts_was_shown_and_counts_again(case: tuple[Survey, dict[str, Any]]) -> None:
    survey, given_answers = case
    sheet = judged(survey, given_answers)
    again = judged(survey, sheet.answers)
    assert again.answers == sheet.answers
    assert (again.dropped, again.faults) == ((), ())
    # what was refused is missing once it is left out, and so may be what hangs on it
    assert set(sheet.missing) <= set(again.missing)
    assert sheet.faults or sheet.missing == again.missing
    assert sheet.answers.keys() <= {question.key for question in shown(survey, sheet.answers)}
    assert all(given_answers[key] == value for key, value in sheet.answers.items())


@settings(max_examples=300, deadline=None)
@given(answered())
def test_a_question_is_shown_exactly_when_its_condition_holds(
    case: tuple[Survey, dict[str, Any]],
) -> None:
    survey, given_answers = case
    answers = judged(survey, given_answers).answers
    visible = {question.key for question in shown(survey, answers)}
    for question in survey.questions:
        is_led_to = question.show_if is None or holds(question.show_if, answers)
        assert (question.key in visible) is is_led_to


@settings(max_examples=300, deadline=None)
@given(answered())
def test_the_steps_show_every_question_that_is_led_to_once_and_in_order(
    case: tuple[Survey, dict[str, Any]],
) -> None:
    survey, given_answers = case
    answers = judged(survey, given_answers).answers
    walked, number = [], next_step(survey, answers, -1)
    while number is not None:
        later = next_step(survey, answers, number)
        assert later is None or step_before(survey, answers, later) == number
        walked += [question.key for question in step_shown(survey, answers, number)]
        number = later
    assert walked == [question.key for question in shown(survey, answers)]


@settings(max_examples=200, deadline=None)
@given(surveys())
def test_a_step_depends_on_earlier_steps_alone(survey: Survey) -> None:
    for step in steps_of(survey):
        here = {question.key for question in step}
        for question in step:
            assert question.show_if is None or not keys_in(question.show_if) & here


@given(st.uuids(), st.text(max_size=60))
def test_no_token_is_read_that_was_not_made(invitation_id: Any, text: str) -> None:
    token = token_of(SECRETS, invitation_id)
    assert invitation_in(SECRETS, token) == invitation_id
    assert text == token or invitation_in(SECRETS, text) is None
    assert invitation_in(Secrets.from_hex("ab" * 32), token) is None


@given(st.uuids(), st.integers(0, 53), st.sampled_from("AZaz09-_."))
def test_a_changed_token_is_none(invitation_id: Any, place: int, char: str) -> None:
    token = token_of(SECRETS, invitation_id)
    changed = token[:place] + char + token[place + 1 :]
    assert changed == token or invitation_in(SECRETS, changed) is None
