"""Experiments in the console: what they came to, drawn with intervals; plans; documents."""

import json
from typing import Any

import pytest
from nicegui import ui

from services.console.accounts.person import Language
from services.console.pages.experiments.words import (
    Interval,
    about_words,
    between,
    body_of,
    comparison_line,
    design_words,
    experiment_row,
    forest_options,
    held_out,
    interval_of,
    plan_body,
    plan_line,
    plan_options,
    tone_of,
)
from shared.contracts.experiments import (
    Comparison,
    ExperimentAnswer,
    ExperimentBody,
    PlanAnswer,
    ResultAnswer,
)
from tests.unit.console.care_answers import recorded
from tests.unit.console.visits import browsing, stage

ARM = {"arm": "call", "customers": 400, "events": 90, "mean": "110.00", "spread": "9"}
COMPARED: dict[str, Any] = {
    "metric": "spend",
    "unit": "CNY",
    "is_primary": True,
    "control": {**ARM, "arm": "control", "mean": "100.00"},
    "treatment": ARM,
    "difference": "10.00",
    "low": "-1.20",
    "high": "21.20",
    "percent": 10.0,
    "verdict": "no_difference_seen",
    "sentence": {"en": "Not yet clear.", "zh": "尚无定论。"},
}
RESULT = {**recorded("GET /v1/experiments/{key}/result"), "comparisons": [COMPARED]}
KEY = recorded("GET /v1/experiments/{key}")["key"]
ONE = f"/v1/experiments/{KEY}"


def experiment(**changes: Any) -> ExperimentAnswer:
    return ExperimentAnswer.model_validate({**recorded("GET /v1/experiments/{key}"), **changes})


def compared(**changes: Any) -> Comparison:
    return Comparison.model_validate({**COMPARED, **changes})


def answers(**changes: Any) -> dict[str, Any]:
    found = {**recorded("GET /v1/experiments/{key}"), **changes}
    return {
        "GET /v1/experiments": {"items": [found], "next_cursor": None},
        f"GET {ONE}": found,
        f"GET {ONE}/result": RESULT,
        f"GET {ONE}/exposures": recorded("GET /v1/experiments/{key}/exposures"),
        f"POST {ONE}/start": found,
        f"PUT {ONE}": found,
        "POST /v1/experiments/plan": recorded("POST /v1/experiments/plan"),
        "POST /v1/experiments": found,
        "GET /v1/playbooks": recorded("GET /v1/playbooks"),
    }


def test_an_interval_is_drawn_in_percent_of_the_hold_out() -> None:
    assert interval_of(stage().visit, compared()) == Interval("Spend · call", 10.0, -1.2, 21.2)


@pytest.mark.parametrize(
    "changes",
    [{"low": None}, {"control": {**ARM, "mean": "0.00"}}],
    ids=["no-interval", "hold-out-of-nought"],
)
def test_nothing_is_drawn_before_there_is_something(changes: dict[str, Any]) -> None:
    assert interval_of(stage().visit, compared(**changes)) is None


def test_the_bar_reaches_from_low_to_high_across_nought() -> None:
    options = forest_options([Interval("Spend", 10.0, -1.2, 21.2)], ("Interval", "Difference"))
    hidden, bar, dot = options["series"]
    assert hidden["data"] == [-1.2]
    assert bar["data"] == [22.4]
    assert hidden["stackStrategy"] == bar["stackStrategy"] == "all"
    assert dot["data"] == [[10.0, "Spend"]]


def test_an_interval_is_said_in_words() -> None:
    assert between(stage().visit, compared()) == "between -CN¥1.20 and CN¥21.20"
    chinese = stage(language=Language.CHINESE).visit
    share = compared(metric="retention", unit="share", low="-0.012", high="0.048")
    assert between(chinese, share) == "-1.2% 至 4.8% 之间"


def test_a_comparison_has_its_verdict_in_words() -> None:
    line = comparison_line(stage().visit, compared())
    assert line[0] == "Spend"
    assert line[-1] == "Not yet clear"
    assert comparison_line(stage().visit, compared(low=None))[4] == "–"


@pytest.mark.parametrize(
    ("verdict", "tone"), [("higher", "good"), ("lower", "bad"), ("too_early", "warn")]
)
def test_verdicts_have_colours(verdict: str, tone: str) -> None:
    assert tone_of(verdict) == tone


def test_a_row_says_what_is_held_out() -> None:
    arms = [{"key": "control", "share": 200}, {"key": "call", "share": 800}]
    found = experiment(arms=arms, about={"kind": "benefit", "key": "drink", "programme": "coffee"})
    assert held_out(found) == 0.2
    assert about_words(stage().visit, found) == "Benefit drink (coffee)"
    assert experiment_row(stage().visit, found)["held_out"] == "20%"


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ({"fixed": {"days": 28}}, "Once, after 28 days"),
        ({"sequential": {"days": 60}}, "On any day; sharpest after 60 days"),
    ],
    ids=["fixed", "sequential"],
)
def test_when_to_look_is_said(design: dict[str, Any], said: str) -> None:
    assert design_words(stage().visit, experiment(design=design)) == said


def test_an_experiment_is_written_as_it_was_read() -> None:
    body = body_of(experiment())
    assert ExperimentBody.model_validate_json(ExperimentBody(**body).model_dump_json())
    assert not {"version", "state", "salt"} & set(body)


def test_a_plan_is_asked_for_in_thousandths() -> None:
    given: dict[str, object] = {"metric": "spend", "held_out": "2.5", "power": "80", "segment": "x"}
    assert plan_body(given) == {
        "metric": "spend",
        "segment": "x",
        "held_out_permille": 25,
        "power": 0.8,
    }


@pytest.mark.parametrize("typed", ["many", "1e", "--"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="could not convert"):
        plan_body({"held_out": typed})


def test_a_plan_is_told_by_its_length() -> None:
    plan = PlanAnswer.model_validate(recorded("POST /v1/experiments/plan"))
    visit = stage().visit
    assert all(len(plan_line(visit, plan, row)) == 5 for row in plan.rows)
    seen = [row.detectable_percent for row in plan.rows if row.detectable_percent is not None]
    assert plan_options(visit, plan)["series"][0]["data"] == seen


def test_the_recorded_result_still_reads() -> None:
    assert ResultAnswer.model_validate(RESULT).comparisons[0].treatment.arm == "call"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/experiments", "What is tried"),
        (f"/experiments/{KEY}", "Not yet clear"),
        ("/experiments/plan", "What can be seen"),
        ("/experiments/new", "As JSON"),
        (f"/experiments/{KEY}/edit", "As JSON"),
    ],
    ids=["list", "one", "plan", "new", "edit"],
)
async def test_pages_show_what_feedback_answers(path: str, text: str) -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open(path)
        await user.should_see(text)


async def test_an_experiment_is_started_with_a_reason() -> None:
    here = stage(answers(state="draft"))
    async with browsing(here.visit) as user:
        await user.open(f"/experiments/{KEY}")
        user.find(kind=ui.button, content="Start").click()
        await user.should_see("Why?")
        user.find(kind=ui.textarea, content="Why?").type("agreed on Monday")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_see("Done")
    assert here.accounts.entries[0].action == "experiment.start"


async def test_days_that_were_typed_stay_when_the_design_changes() -> None:
    async with browsing(stage(answers(design={"sequential": {"days": 60}})).visit) as user:
        await user.open(f"/experiments/{KEY}/edit")
        user.find(kind=ui.number, content="Days").clear().type("45")
        with user:
            design = user.find(kind=ui.select, content="When the result").elements.pop()
            design.set_value("fixed")
        written = user.find(kind=ui.textarea, content="As JSON").elements.pop()
        assert json.loads(str(written.value))["design"] == {"fixed": {"days": 45}}


@pytest.mark.parametrize("typed", ["{ not", "[1]"], ids=["no-json", "no-object"])
async def test_json_that_cannot_be_read_is_not_saved(typed: str) -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open(f"/experiments/{KEY}/edit")
        user.find(kind=ui.textarea, content="As JSON").clear().type(typed)
        user.find(kind=ui.button, content="Save").click()
        await user.should_see("The JSON cannot be read, so it was not saved.")
        await user.should_not_see("Why?")


async def test_a_change_names_the_version_it_was_read_at() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open(f"/experiments/{KEY}/edit")
        user.find(kind=ui.input, content="Owner").clear().type("care-team")
        user.find(kind=ui.button, content="Save").click()
        await user.should_see("Why?")
        user.find(kind=ui.textarea, content="Why?").type("new team")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_see("Done")
    sent = next(request for request in here.asked if request.method == "PUT")
    assert sent.headers["if-match"] == f'"{experiment().version}"'
    assert here.bodies(f"PUT {ONE}")[0]["owner"] == "care-team"
