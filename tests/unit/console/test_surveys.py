"""Surveys in the console: what is asked, what it came to, who is invited by which link."""

from typing import Any

import pytest
from nicegui import ui

from services.console.accounts.person import Language
from services.console.pages.surveys.edit import begun_like
from services.console.pages.surveys.invited import link_lines, public_address
from services.console.pages.surveys.words import (
    body_of,
    distribution,
    distribution_lines,
    question_lines,
    reach_options,
    response_row,
    summary_of,
    survey_row,
    value_word,
    wanted_of,
)
from shared.contracts.invitations import InvitationsAnswer
from shared.contracts.surveys import (
    EXAMPLE_DOCUMENT,
    QuestionResult,
    ResponseItem,
    SurveyAnswer,
    SurveyDocument,
    SurveyResults,
    ValueCount,
)
from tests.unit.console.care_answers import recorded
from tests.unit.console.visits import browsing, stage

KEY = "after_visit"
ONE = f"/v1/surveys/{KEY}"
INVITED: dict[str, Any] = {
    "survey": KEY,
    "version": 1,
    "items": [
        {
            "customer_id": "c-1",
            "invitation_id": "01a20561-c3f5-765d-9b05-87783bcfa89d",
            "token": "t",
            "path": "/s/t",
            "expires_at": "2026-12-22T00:00:00Z",
            "is_new": True,
        }
    ],
    "skipped": [{"customer_id": "c-2", "reason": "consent_withdrawn"}],
}
QUESTION: dict[str, Any] = {
    "key": "satisfaction",
    "kind": "csat",
    "text": {"en": "How satisfied?", "zh": "满意吗？"},
    "answered": 4,
    "distribution": [{"value": 1, "count": 1}, {"value": 5, "count": 3}],
    "mean": 4.0,
    "nps": None,
}


def survey_body(**changes: Any) -> dict[str, Any]:
    body = recorded("GET /v1/surveys/{survey_key}")
    return {**body, "key": KEY, "document": EXAMPLE_DOCUMENT, "state": "live", **changes}


def survey(**changes: Any) -> SurveyAnswer:
    return SurveyAnswer.model_validate(survey_body(**changes))


def question(**changes: Any) -> QuestionResult:
    return QuestionResult.model_validate({**QUESTION, **changes})


def results() -> dict[str, Any]:
    found: dict[str, Any] = recorded("GET /v1/surveys/{survey_key}/results")
    reach = {"sent": 8, "opened": 5, "partly": 0, "answered": 4, "response_rate": 0.5}
    return {**found, "key": KEY, "reach": reach, "questions": [QUESTION]}


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "GET /v1/surveys": {"items": [survey_body()], "next_cursor": None},
        f"GET {ONE}": survey_body(**changes),
        f"GET {ONE}/results": results(),
        f"GET {ONE}/responses": {"items": [], "next_cursor": None},
        f"POST {ONE}/close": survey_body(state="closed"),
        f"POST {ONE}/invitations": INVITED,
        f"PUT {ONE}": survey_body(),
    }


def test_a_row_counts_the_questions() -> None:
    row = survey_row(stage(language=Language.CHINESE).visit, survey())
    assert (row["title"], row["questions"], row["state"]) == ("您的上次光临", 3, "进行中")


def test_questions_are_shown_in_both_languages() -> None:
    kind, english, chinese, options = question_lines(survey())[2]
    assert (kind, english, chinese) == ("single", "Which roast do you like?", "您喜欢哪种烘焙度？")
    assert options == ["Light / 浅烘", "Dark / 深烘"]


def test_a_survey_is_written_as_it_was_read() -> None:
    stored = {**EXAMPLE_DOCUMENT, "questions": [{**QUESTION, "options": None}]}
    body = body_of(survey(document={**stored, "questions": EXAMPLE_DOCUMENT["questions"]}))
    assert SurveyDocument.model_validate(body)
    assert body_of(survey(document={"a": None, "b": [{"c": None, "d": 0}]})) == {"b": [{"d": 0}]}


def test_another_survey_begins_a_new_one() -> None:
    begun = begun_like(KEY, [survey()])
    assert begun["key"] == ""
    assert begun["questions"] == EXAMPLE_DOCUMENT["questions"]
    assert len(begun_like("unknown", [survey()])["questions"]) == 1


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ({"value": True, "count": 1}, "Yes"),
        ({"value": False, "count": 1}, "No"),
        ({"value": 7, "count": 1}, "7"),
        ({"value": "dark", "text": {"en": "Dark", "zh": "深烘"}, "count": 1}, "Dark"),
    ],
    ids=["yes", "no", "number", "option"],
)
def test_values_have_their_words(value: dict[str, Any], word: str) -> None:
    assert value_word(stage().visit, ValueCount.model_validate(value)) == word


def test_how_often_each_value_was_answered_is_drawn_and_written() -> None:
    visit = stage().visit
    assert distribution(visit, question())["series"][0]["data"] == [1, 3]
    assert distribution_lines(visit, question()) == [["1", "1", "25%"], ["5", "3", "75%"]]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "4 answers, 4.00 on average"),
        ({"mean": None}, "4 answers"),
        (
            {"nps": {"promoters": 3, "passives": 0, "detractors": 1, "score": 50.0}},
            "4 answers, NPS 50.0",
        ),
    ],
    ids=["mean", "count", "nps"],
)
def test_a_question_is_summed_up(changes: dict[str, Any], said: str) -> None:
    assert summary_of(stage().visit, question(**changes)) == said


def test_response_rates_are_drawn_by_tier() -> None:
    found = SurveyResults.model_validate(results())
    rates = reach_options(stage().visit, found.by_tier)["series"][0]["data"]
    assert rates == [tier.response_rate for tier in found.by_tier]


def test_answers_are_written_with_the_words_of_their_options() -> None:
    item = ResponseItem.model_validate(
        {
            "response_id": "01a20561-c3f5-765d-9b05-87783bcfa89d",
            "version": 1,
            "customer_id": None,
            "language": None,
            "tier_invited": None,
            "tier_held": None,
            "is_tier_known": True,
            "answers": {"satisfaction": 5, "roast": "dark"},
            "answered_at": "2026-11-22T00:00:00Z",
        }
    )
    row = response_row(stage().visit, item, EXAMPLE_DOCUMENT["questions"])
    assert row["answers"] == "How satisfied are you? 5; Which roast do you like? Dark"
    assert row["customer_href"] == ""


@pytest.mark.parametrize(
    ("customers", "segment", "wanted"),
    [
        ("c-1\nc-2, c-3", "x", {"customers": ["c-1", "c-2", "c-3"]}),
        ("  ", "quiet", {"segment": "quiet"}),
    ],
    ids=["customers", "segment"],
)
def test_customers_are_named_or_a_segment_is(
    customers: str, segment: str, wanted: dict[str, object]
) -> None:
    assert wanted_of(customers, segment) == wanted


def test_links_are_whole() -> None:
    visit = stage().visit
    lines = link_lines(visit, InvitationsAnswer.model_validate(INVITED), public_address(visit))
    assert lines[0][:2] == ["c-1", "http://feedback/s/t"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/surveys", "What customers are asked"),
        (f"/surveys/{KEY}", "How satisfied?"),
        ("/surveys/new", "Begin like “Your last visit”"),
        (f"/surveys/{KEY}/edit", "Question 3"),
    ],
    ids=["list", "one", "new", "edit"],
)
async def test_pages_show_what_feedback_answers(path: str, text: str) -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open(path)
        await user.should_see(text)


async def test_links_are_shown_to_who_invited() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open(f"/surveys/{KEY}")
        user.find(kind=ui.button, content="Invite customers").click()
        await user.should_see("Why?")
        user.find(kind=ui.textarea, content="Customer ids").type("c-1")
        user.find(kind=ui.textarea, content="Why?").type("autumn round")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_see("http://feedback/s/t")
        await user.should_see("c-2: withdrew consent")
    assert here.bodies(f"POST {ONE}/invitations") == [{"customers": ["c-1"]}]
    assert "t" not in here.accounts.entries[0].details.values()


async def test_a_question_is_added_in_the_form_and_in_the_json() -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open(f"/surveys/{KEY}/edit")
        user.find(kind=ui.button, content="Add a question").click()
        await user.should_see("Question 4")
        await user.should_see("/questions/3/key")
        written = user.find(kind=ui.textarea, content="As JSON").elements.pop()
        assert str(written.value).count('"kind"') == 4
