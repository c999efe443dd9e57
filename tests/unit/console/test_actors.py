"""Who did something: nobody reads the name of a key where a person stood."""

from typing import Any
from uuid import uuid4

import pytest

from services.console.accounts.person import Language
from services.console.pages.customers.controls import control_line
from services.console.pages.data.imports import import_row
from services.console.parts.actors import actor_name
from shared.acting import HEADER
from shared.contracts.controls import EXAMPLE_PIN, PinAnswer
from shared.contracts.imports import Import
from shared.contracts.kpis import KpiDefinitions
from shared.keys import OWN_KEYS
from tests.unit.console import data_answers, test_accuracy, test_case_pages, test_kpis
from tests.unit.console.care_answers import case_body
from tests.unit.console.visits import NOW, browsing, stage

(KEY,) = (name for name, source in OWN_KEYS.items() if source == "console")
PIN: dict[str, Any] = EXAMPLE_PIN | {
    "pin_id": str(uuid4()), "customer_id": "c-1", "control_version": 1,
    "starts_at": NOW.isoformat(), "created_at": NOW.isoformat(),
    "ended_at": None, "ended_control_version": None,
}  # fmt: skip
SAID = "somebody in the console (see the audit log)"


@pytest.mark.parametrize(
    ("actor", "language", "said"),
    [
        (KEY, Language.ENGLISH, SAID),
        (KEY, Language.CHINESE, "控制台用户（见审计日志）"),
        ("user:李娜", Language.ENGLISH, "李娜"),
        ("till-2", Language.CHINESE, "till-2"),
        (None, Language.ENGLISH, "–"),
    ],
    ids=["console", "console-zh", "a person", "another key", "nobody"],
)
def test_the_consoles_key_is_somebody(actor: str | None, language: Language, said: str) -> None:
    assert actor_name(stage(language=language).visit, actor) == said


def test_a_pin_and_an_import_name_nobodys_key() -> None:
    visit = stage().visit
    pin = PinAnswer.model_validate(PIN | {"actor": KEY})
    assert SAID in control_line(visit, {}, pin)
    found = Import.model_validate(data_answers.imported(requested_by=KEY))
    assert import_row(visit, found)["who"] == SAID


async def test_services_are_told_for_whom_the_console_asks() -> None:
    made = stage({"GET /v1/kpis/definitions": {"items": []}})
    await made.visit.feedback.get("/v1/kpis/definitions", KpiDefinitions)
    (asked,) = made.asked
    assert asked.headers[HEADER] == "user%3Alin"


def case_pages() -> dict[str, Any]:
    case: dict[str, Any] = case_body()
    return {**test_case_pages.answers(), f"GET {test_case_pages.ONE}": case | {
        "events": [event | {"actor": KEY} for event in case["events"]],
        "decisions": [each | {"decided_by": KEY} for each in case["decisions"]],
    }}  # fmt: skip


def model_pages() -> dict[str, Any]:
    before: Any = test_accuracy.DETAIL["log"]
    log = [entry | {"actor": KEY} for entry in before]
    live = test_accuracy.model("m-2", "live", **{**test_accuracy.DETAIL, "log": log})
    return {**test_accuracy.ANSWERS, "GET /v1/models/m-2": live}


def target_pages() -> dict[str, Any]:
    target = test_kpis.TARGET | {"changed_by": KEY}
    return test_kpis.ANSWERS | {"GET /v1/kpis/targets": {"items": [target], "next_cursor": None}}


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        (f"/cases/{test_case_pages.CASE.case_id}", case_pages()),
        ("/accuracy", model_pages()),
        ("/kpis/repeat_rate", target_pages()),
    ],
    ids=["case", "model", "target"],
)
async def test_no_page_shows_the_key_as_a_person(path: str, answers: dict[str, Any]) -> None:
    async with browsing(stage(answers).visit) as user:
        await user.open(path)
        await user.should_see(SAID)
        await user.should_not_see(KEY)
