"""A programme's document as a form and as JSON: one document, checked as somebody types."""

from typing import Any

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.pages.programmes.benefits import of_kind
from services.console.pages.programmes.documents import put
from services.console.pages.programmes.form import with_tier
from services.console.pages.programmes.marking import field_for
from services.console.parts.faults import fault_words
from shared.contracts.programmes import FoundFault
from tests.unit.console.test_programmes import CLUB, VALUE, result
from tests.unit.console.visits import Stage, browsing, stage

CLUB_NAMED = {"name": {"en": "Tea club", "zh": "茶友会"}, **CLUB}
FAULT = {"pointer": "/tiers/1/enter", "code": "unreachable", "message": "Ask for more."}
JOB = "01a205df-b096-7721-89dc-d7065b5055bc"
PATH = "/v1/programmes/tea"
MOVED = {
    "pointer": "/tiers/1/enter/all/spend",
    "before": "5000.00",
    "after": "4000.00",
    "text": {"en": "Gold, to enter, spent: 4000.00 instead of 5000.00.", "zh": "金卡。"},
}
COMPARED = {"programme": "tea", "left": 1, "right": 2, "differences": [MOVED]}


def version(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "programme": "tea",
        "version": number,
        "status": "draft",
        "created_at": "2026-11-20T00:00:00Z",
        "published_at": None,
        "note": {},
        "document": CLUB_NAMED,
        **changes,
    }


def answers(**changes: Any) -> dict[str, Any]:
    """Answer as scoring does, with one programme whose first version is in force."""
    head = {
        "programme": "tea",
        "version": 1,
        "newest_version": 2,
        "kind": "status",
        "name": CLUB_NAMED["name"],
        "audience": "customer_facing",
        "is_default": False,
        "release": "r-1",
        "tiers": [
            {"key": t["key"], "rank": n, "name": t["name"]} for n, t in enumerate(CLUB["tiers"])
        ],
    }
    live = {"status": "published", "note": {"goal": "More who come back", "owner": "Lin"}}
    listed = [version(2), version(1, **live)]
    simulated = {"job_id": JOB, "status": "done", "progress": 1.0, "message": ""}
    hurts = {"more_hurts": {"scanned": 9, "hurt": 0, "examples": []}, "months": []}
    found = result(**hurts)
    found["benefits"]["benefits"] = found["before"]["benefits"]["benefits"] = []
    return {
        "GET /v1/programmes": {"items": [head], "next_cursor": None},
        "GET /v1/presets": {"items": []},
        f"GET {PATH}": head,
        f"GET {PATH}/versions": {"items": listed, "next_cursor": None},
        f"GET {PATH}/versions/1": version(1, **live),
        f"GET {PATH}/versions/2": version(2),
        f"GET {PATH}/versions/3": version(3),
        f"GET {PATH}/versions/compare": COMPARED,
        f"POST {PATH}/versions": (201, {"programme": "tea", "version": 3, "status": "draft"}),
        f"POST {PATH}/versions/3/simulate": (202, {"job_id": JOB}),
        f"GET {PATH}/versions/3/simulation": simulated | {"result": found},
        f"GET /v1/jobs/{JOB}": {"id": JOB, "kind": "simulate", "status": "done", "progress": 1},
        "POST /v1/programmes/check": {"faults": []},
        **changes,
    }


async def open_version(user: User) -> None:
    await user.open("/programmes/tea/versions/2")
    await user.should_see("The document")


@pytest.mark.parametrize(
    ("pointer", "field"),
    [
        ("/tiers/1/key", "/tiers/1/key"),
        ("/tiers/1/enter", "/tiers/1/enter/all/spend"),
        ("/window/kind/of", "/window/kind"),
        ("", None),
        ("/benefits", None),
    ],
    ids=["its-own", "inside", "around", "whole", "nowhere"],
)
def test_a_fault_is_marked_at_the_nearest_field(pointer: str, field: str | None) -> None:
    assert field_for(["/tiers/1/key", "/tiers/1/enter/all/spend", "/window/kind"], pointer) == field


def test_a_fault_is_said_in_the_readers_language() -> None:
    fault = FoundFault(**FAULT)
    assert fault_words(stage().visit, fault) == "Ask for more."
    chinese = stage(language=Language.CHINESE).visit
    assert fault_words(chinese, fault).startswith("此门槛与其他等级矛盾")
    assert fault_words(chinese, fault.model_copy(update={"code": "new"})) == "Ask for more."


def test_what_is_taken_away_leaves_no_empty_objects_behind() -> None:
    path = ("tiers", 1, "keep", "all", "spend")
    assert "keep" not in put(CLUB, path, None)["tiers"][1]
    assert put({"points": {"earn": {"per": "1"}}}, ("points", "earn", "per"), None) == {}


def test_a_benefit_of_another_kind_says_what_that_kind_must() -> None:
    price = of_kind({"key": "a", "kind": "gift"}, "price")
    assert price == {"key": "a", "kind": "price", "price": {"percent": "5"}}
    assert "price" not in of_kind(price, "service_level")


def test_a_tier_is_added_on_top() -> None:
    assert with_tier(CLUB, is_status=True)["tiers"][-1]["key"] == "tier_3"
    assert with_tier(VALUE, is_status=False)["tiers"][0]["enter_share"] == 0.1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/programmes", "Tea club"),
        ("/programmes/tea", "Goal: More who come back"),
        ("/programmes/tea", "What if the bar stood elsewhere?"),
        ("/programmes/tea/versions/2", "No faults: it may be saved."),
        ("/programmes/tea/versions/3", "would lift one customer"),
    ],
)
async def test_pages_show_what_scoring_answers(path: str, text: str) -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open(path)
        await user.should_see(text)


async def test_what_is_typed_in_the_form_is_in_the_json_and_is_checked() -> None:
    here = stage(answers(**{"POST /v1/programmes/check": {"faults": [FAULT]}}))
    async with browsing(here.visit) as user:
        await open_version(user)
        user.find(kind=ui.input, content="To enter: orders (all of these)").clear().type("7")
        await user.should_see('"orders": 7')
        await user.should_see("/tiers/1/enter · Ask for more.")
    assert here.bodies("POST /v1/programmes/check")[-1]["document"]["tiers"][1]["enter"] == {
        "all": {"spend": "5000.00", "orders": 7}
    }


async def test_json_that_cannot_be_read_is_kept_as_it_was_typed() -> None:
    async with browsing(stage(answers()).visit) as user:
        await open_version(user)
        user.find(kind=ui.textarea, content="The document as JSON").clear().type("{ not")
        await user.should_see("This is no JSON yet")
        await user.should_see("{ not")


@pytest.mark.parametrize("typed", ["{ not", "[]"], ids=["unreadable", "no-object"])
async def test_json_typed_back_to_what_it_was_leaves_no_note(typed: str) -> None:
    async with browsing(stage(answers()).visit) as user:
        await open_version(user)
        await user.should_see("No faults: it may be saved.")
        box = user.find(kind=ui.textarea, content="The document as JSON")
        (was,) = (each.value for each in box.elements)
        box.clear().type(typed)
        await user.should_not_see("No faults: it may be saved.")
        box.clear().type(was)
        await user.should_see("No faults: it may be saved.")


async def test_json_that_cannot_be_read_is_not_saved() -> None:
    async with browsing(stage(answers()).visit) as user:
        await open_version(user)
        user.find(kind=ui.textarea, content="The document as JSON").clear().type("{ not")
        user.find(kind=ui.button, content="Save as a new draft").click()
        await user.should_see("The JSON cannot be read, so it was not saved.")
        await user.should_not_see("Why?")


async def saved(here: Stage, note: str) -> None:
    async with browsing(here.visit) as user:
        await open_version(user)
        user.find(kind=ui.button, content="Save as a new draft").click()
        await user.should_see(note)
        user.find(kind=ui.textarea, content="Why?").type("for the spring")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_see("Done")


async def test_a_document_is_saved_as_another_draft_with_its_reason() -> None:
    here = stage(answers())
    await saved(here, "Nobody's tier changes before it is published.")
    assert here.bodies(f"POST {PATH}/versions") == [{"document": CLUB_NAMED}]
    (entry,) = here.accounts.entries
    assert (entry.action, entry.subject) == ("programme.drafted", "programme:tea")
    assert entry.details["reason"] == "for the spring"


async def test_asking_what_if_drafts_simulates_and_tells_the_sentence() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/programmes/tea")
        user.find(marker="what-if-gold-spend").clear().type("4000")
        user.find(kind=ui.button, content="What would it do?").click()
        await user.should_see("would lift one customer (10.0%)", retries=20)
    assert {entry.action for entry in here.accounts.entries} == {
        "programme.drafted",
        "programme.simulated",
    }


async def test_a_fraction_of_what_is_counted_whole_is_refused() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/programmes/tea")
        user.find(marker="what-if-gold-orders").clear().type("2.5")
        asks = user.find(kind=ui.button, content="What would it do?").elements
        UserInteraction(user, {max(asks, key=lambda button: button.id)}, None).click()
        await user.should_see("Type a whole number: there are no fractions of orders.")
    assert here.accounts.entries == []


async def test_who_may_not_change_programmes_is_offered_no_way_to() -> None:
    async with browsing(stage(answers(), role=Role.SERVICE).visit) as user:
        await user.open("/programmes/tea")
        await user.should_not_see("What would it do?")
        await user.should_not_see("Roll back")


async def test_scoring_away_is_told_in_the_place_of_the_programmes() -> None:
    away = {**answers(), "GET /v1/programmes": None}
    async with browsing(stage(away).visit) as user:
        await user.open("/programmes")
        await user.should_see("The service for tiers (scoring) does not answer")
