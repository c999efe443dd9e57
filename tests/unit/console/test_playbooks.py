"""Playbooks in the console: in words, what came of them, what to do with them."""

from functools import partial
from typing import Any

import pytest
from nicegui import ui

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.pages.playbooks.edit import begun_with
from services.console.pages.playbooks.steps import FOLLOWING
from services.console.pages.playbooks.words import (
    STATES,
    TRIGGERS,
    body_of,
    effect,
    group_lines,
    held_back,
    limits,
    new_trigger,
    playbook_row,
    result_line,
    sample_words,
    what,
    when,
    who,
)
from services.console.parts.care import names_of
from shared.contracts.playbooks import (
    EXAMPLE_PLAYBOOK_BODY,
    PlaybookAnswer,
    PlaybookBody,
    PlaybookResults,
    PresetAnswer,
)
from shared.contracts.previews import PlaybookPreview
from shared.contracts.programmes import ProgrammeSummary
from tests.unit.console.care_answers import PROGRAMME, recorded
from tests.unit.console.visits import browsing, stage

KEY = "vip-call-back"
ONE = f"/v1/playbooks/{KEY}"


def playbook_body(**changes: Any) -> dict[str, Any]:
    body = recorded("GET /v1/playbooks/{playbook_key}")
    return {**body, **EXAMPLE_PLAYBOOK_BODY, "key": KEY, "state": "live", **changes}


def playbook(**changes: Any) -> PlaybookAnswer:
    return PlaybookAnswer.model_validate(playbook_body(**changes))


def results(**changes: Any) -> PlaybookResults:
    body = recorded("GET /v1/playbooks/{playbook_key}/results")
    return PlaybookResults.model_validate({**body, **changes})


def preview() -> PlaybookPreview:
    body = recorded("POST /v1/playbooks/{playbook_key}/preview")
    return PlaybookPreview.model_validate(body)


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "GET /v1/playbooks": {"items": [playbook_body()], "next_cursor": None},
        "GET /v1/playbooks/presets": recorded("GET /v1/playbooks/presets"),
        f"GET {ONE}": playbook_body(**changes),
        f"PUT {ONE}": playbook_body(**changes),
        f"GET {ONE}/results": recorded("GET /v1/playbooks/{playbook_key}/results"),
        f"POST {ONE}/preview": recorded("POST /v1/playbooks/{playbook_key}/preview"),
        f"POST {ONE}/run": {"key": KEY, "occasion": "manual:1"},
        "GET /v1/experiments": {"items": [], "next_cursor": None},
    }


@pytest.mark.parametrize(
    ("audience", "said"),
    [
        ({}, "everybody"),
        ({"segment": "quiet"}, "in segment quiet"),
        (
            {"programme": "value", "tiers": ["high", "mid"], "lifecycles": ["at_risk"]},
            "in high, mid (value) and who are At risk",
        ),
    ],
    ids=["everybody", "segment", "tiers"],
)
def test_for_whom_is_said(audience: dict[str, Any], said: str) -> None:
    assert who(stage().visit, audience) == said


def test_programmes_and_tiers_are_called_by_their_names() -> None:
    visit = stage(language=Language.CHINESE).visit
    named = names_of(visit, [ProgrammeSummary.model_validate(PROGRAMME)])
    audience = {"programme": "value", "tiers": ["high"]}
    assert who(visit, audience, named) == "“客户价值”的“高价值”等级"
    of_default = partial(named.tier, "")
    assert what(visit, playbook().action, of_default) == "电话；普通：短信"
    assert when(visit, {"kind": "entered", "tiers": ["high", "gone"]}, named).count("高价值") == 1
    assert named.tier("other", "high") == "high"


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ({"kind": "manual"}, "Whenever somebody runs it"),
        ({"kind": "entered", "segment": "quiet"}, "When somebody comes into quiet"),
        ({"kind": "entered", "tiers": ["gold"]}, "When somebody comes into gold"),
        (
            {"kind": "schedule", "every": "week", "weekday": 5, "at": "09:30"},
            "Every Friday at 09:30",
        ),
        (
            {"kind": "schedule", "every": "month", "day": 1, "at": "09:30"},
            "Every month on day 1 at 09:30",
        ),
        ({"kind": "feedback", "feedback_kind": "complaint"}, "When somebody gives: Complaint"),
        (
            {"kind": "feedback", "feedback_kind": "nps", "at_most": 6},
            "When somebody gives: Recommendation (NPS), at most 6",
        ),
        ({"kind": "birthday", "days_before": 0}, "On their birthday"),
        (
            {"kind": "festival", "festival": "qixi", "days_before": 3},
            "On Qixi (prepared 3 days before)",
        ),
        ({"kind": "win_back"}, "When they are on the win-back list"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_when_is_said(trigger: dict[str, Any], said: str) -> None:
    assert when(stage().visit, trigger) == said


def test_how_and_within_which_limits_is_said() -> None:
    visit = stage(language=Language.CHINESE).visit
    found = playbook()
    assert what(visit, found.action) == "电话；low：短信"
    assert limits(visit, found).splitlines() == [
        "30 天内最多 1 次（电话）",
        "20:00 至 09:00 免打扰",
        "周日免打扰",
        "每月最多 ¥900.00",
    ]
    assert limits(visit, playbook(caps=[], quiet=None, budget=None)) == "无"


@pytest.mark.parametrize("kind", TRIGGERS)
def test_every_kind_of_occasion_can_be_begun(kind: str) -> None:
    document = {**EXAMPLE_PLAYBOOK_BODY, "trigger": new_trigger(kind)}
    if kind == "entered":
        document["trigger"]["segment"] = "quiet"
    assert PlaybookBody.model_validate(document).trigger.kind == kind
    assert when(stage().visit, document["trigger"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"response_rate": None}, "400 tasks"), ({"response_rate": 0.25}, "25% accepted (400 tasks)")],
    ids=["nothing-yet", "responses"],
)
def test_what_came_of_it_is_said(changes: dict[str, Any], said: str) -> None:
    assert effect(stage().visit, results(**changes)) == said


def test_a_row_stands_without_its_results() -> None:
    row = playbook_row(stage().visit, playbook(), None)
    assert (row["effect"], row["cost"], row["state"]) == ("–", "–", "Live")


def test_all_tiers_are_summed_up() -> None:
    line = result_line(stage().visit, results(outcomes={"reached": 2, "accepted": 1}))
    assert line[:3] == ["All", "400", "3"]


def test_why_others_are_not_contacted_is_said() -> None:
    assert held_back(stage().visit, {"cap": 3, "new_reason": 1}) == [
        ("Not contacted: contacted often enough", "3"),
        ("new_reason", "1"),
    ]


def test_who_is_met_next_is_told_with_their_message() -> None:
    visit, found = stage(language=Language.CHINESE).visit, preview()
    assert sample_words(visit, found.samples[0]) == (
        "/customers/c-0",
        "high · 电话",
        "感谢顾客一直以来的支持；现有0积分。",
    )
    assert len(group_lines(visit, found)) == len(found.groups)


def test_a_playbook_is_written_as_it_was_read() -> None:
    body = body_of(playbook())
    assert PlaybookBody.model_validate(body)
    assert not {"version", "last_run", "warnings", "key"} & set(body)
    assert body["trigger"] == EXAMPLE_PLAYBOOK_BODY["trigger"]


def test_a_preset_begins_a_draft() -> None:
    preset = PresetAnswer(key="vip", document={**EXAMPLE_PLAYBOOK_BODY, "state": "live"})
    assert begun_with("lin", "vip", [preset])["state"] == "draft"
    assert begun_with("lin", "", [preset])["owner"] == "lin"


def test_no_state_is_a_dead_end_but_the_last() -> None:
    assert set(FOLLOWING) == set(STATES)
    assert [state for state in STATES if not FOLLOWING[state]] == ["ended"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/playbooks", "Begin with what works"),
        (f"/playbooks/{KEY}", "Not measured yet"),
        ("/playbooks/new?preset=birthday", "As JSON"),
        (f"/playbooks/{KEY}/edit", "As JSON"),
    ],
    ids=["list", "one", "new", "edit"],
)
async def test_pages_show_what_feedback_answers(path: str, text: str) -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open(path)
        await user.should_see(text)


async def test_who_is_met_next_is_looked_at_on_demand() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open(f"/playbooks/{KEY}")
        assert here.bodies(f"POST {ONE}/preview") == []
        user.find(kind=ui.button, content="Show who is met next").click()
        await user.should_see("Thank customer for being with us")


async def test_a_pause_is_written_with_its_reason_and_version() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open(f"/playbooks/{KEY}")
        user.find(kind=ui.button, content="Pause").click()
        await user.should_see("Why?")
        user.find(kind=ui.textarea, content="Why?").type("stocktaking")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_not_see("Why?")
    assert here.bodies(f"PUT {ONE}")[0]["state"] == "paused"
    assert here.accounts.entries[0].action == "playbook.paused"


async def test_an_analyst_changes_no_playbook() -> None:
    async with browsing(stage(answers(), role=Role.ANALYST).visit) as user:
        await user.open(f"/playbooks/{KEY}")
        await user.should_not_see("Pause")
