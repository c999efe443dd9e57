"""Segments in the console: conditions as rows and as JSON, counted as they change."""

from typing import Any

import pytest
from nicegui import ui

from services.console.accounts.roles import Role
from services.console.pages.segments import kinds
from services.console.pages.segments.listed import row_of
from services.console.pages.segments.profile import member_row, within
from services.console.pages.segments.segment import faults_of, members_csv
from services.console.visiting.services import Service, ServiceRefused
from shared.clients.transport import FieldFault, RemoteProblem
from shared.contracts.segments import MemberAnswer, SegmentAnswer
from tests.unit.console.visits import browsing, stage

CONDITION = {"all": [{"metric": {"name": "orders", "op": "gte", "value": 3, "last_days": 90}}]}
COUNT: dict[str, Any] = {
    "matching": 30,
    "total": 120,
    "share": 0.25,
    "pending": 0,
    "as_of": "2026-11-22T00:00:00Z",
    "business_date": "2026-11-22",
}
MEMBER: dict[str, Any] = {
    "customer_id": "c/1",
    "lifecycle": "active",
    "orders": 4,
    "spend": {"amount": "12.30", "currency": "CNY"},
    "last_order": None,
}
SEGMENT: dict[str, Any] = {
    "key": "regulars",
    "name": {"en": "Regulars", "zh": "常客"},
    "condition": CONDITION,
    "purpose": "marketing",
    "version": 2,
    "is_settled": True,
    "created_at": "2026-11-20T00:00:00Z",
    "updated_at": "2026-11-21T00:00:00Z",
}
ONE = "/v1/segments/regulars"


def answers(**changes: Any) -> dict[str, Any]:
    """Answer as scoring does, with one segment and no programme."""
    return {
        "GET /v1/segments": {"items": [SEGMENT], "next_cursor": None},
        "GET /v1/programmes": {"items": [], "next_cursor": None},
        f"GET {ONE}": SEGMENT,
        f"GET {ONE}/count": COUNT,
        f"GET {ONE}/members": {"items": [MEMBER], "next_cursor": None},
        f"PUT {ONE}": SEGMENT,
        "POST /v1/segments/preview": COUNT | {"sample": [MEMBER]},
        **changes,
    }


@pytest.mark.parametrize("kind", [*kinds.BEGIN, *kinds.GROUPS])
def test_a_condition_begins_as_one_of_its_kind_that_others_do_not_share(kind: str) -> None:
    assert kinds.kind_of(kinds.begun(kind)) == kind
    first = kinds.begun(kind)[kind]
    assert isinstance(first, str) or first is not kinds.begun(kind)[kind]


def test_groups_change_their_way_and_keep_their_parts() -> None:
    a: dict[str, Any] = {"score": {}}
    b: dict[str, Any] = {"rank": {}}
    assert kinds.regrouped({"all": [a, b]}, "any") == {"any": [a, b]}
    assert kinds.regrouped({"any": [a, b]}, "not") == {"not": {"any": [a, b]}}
    assert kinds.regrouped({"all": [a]}, "not") == {"not": a}
    assert kinds.regrouped({"not": a}, "all") == {"all": [a]}


def test_a_single_condition_becomes_a_group_that_can_grow() -> None:
    assert kinds.grouped({"score": {}}) == {"all": [{"score": {}}]}
    assert kinds.grouped(CONDITION) == CONDITION


def test_members_of_a_condition_stand_in_the_order_they_are_read() -> None:
    stored = {"op": "gte", "to": "2026-01-01", "name": "spend", "value": "1"}
    assert kinds.in_order("metric", stored) == ["name", "op", "value", "to"]
    assert kinds.in_order("in_segment", {}) == []


@pytest.mark.parametrize(
    ("value", "op", "becomes"),
    [
        ("east", "in", {"value": ["east"]}),
        (["east", "north"], "not_in", {"value": ["east", "north"]}),
        (["east", "north"], "eq", {"value": "east"}),
        ([], "prefix", {"value": ""}),
        ("", "in", {"value": []}),
        (5, "gte", {"value": 5}),
        (["east"], "exists", {}),
    ],
)
def test_a_value_becomes_what_its_comparison_takes(value: Any, op: str, becomes: Any) -> None:
    members = {"name": "geography.region", "op": "ne", "value": value}
    assert kinds.matched(members, op) == {"name": "geography.region", "op": op, **becomes}


async def test_several_values_are_chosen_and_added_in_the_form() -> None:
    regions = {"attribute": {"name": "geography.region", "op": "in", "value": ["east"]}}
    here = stage(answers() | {f"GET {ONE}": SEGMENT | {"condition": {"all": [regions]}}})
    async with browsing(here.visit) as user:
        await user.open("/segments/regulars")
        with user:
            several = next(iter(user.find(kind=ui.select, content="Value").elements))
            assert several.value == ["east"]
            assert several.props["new-value-mode"] == "add-unique"
            several.set_value(["east", "north"])
        await user.should_see('"north"')
        with user:
            next(iter(user.find(kind=ui.select, content="Compares").elements)).set_value("eq")
        await user.should_see('"value": "east"')
        await user.should_not_see('"north"')


def test_what_is_no_condition_has_no_kind() -> None:
    nodes: list[Any] = [{}, {"a": 1, "b": 2}, [], None]
    assert [kinds.kind_of(node) for node in nodes] == [None] * 4


def test_those_of_a_segment_in_a_tier_are_asked_for_with_both() -> None:
    assert within(CONDITION, "value", "high") == {
        "all": [CONDITION, {"tier": {"programme": "value", "in": ["high"]}}]
    }


def test_faults_point_into_the_condition() -> None:
    problem = RemoteProblem(422, "invalid", "", [FieldFault("/condition/all/0", "needs one")])
    (fault,) = faults_of(ServiceRefused(Service.SCORING, problem))
    assert (fault.pointer, fault.message) == ("/all/0", "needs one")


def test_a_row_leads_to_its_segment_and_an_unknown_count_is_a_dash() -> None:
    row = row_of(stage().visit, SegmentAnswer(**SEGMENT), None)
    assert (row["name"], row["name_href"]) == ("Regulars", "/segments/regulars")
    assert (row["customers"], row["purpose"]) == ("–", "marketing")


def test_a_member_leads_to_the_customer_whatever_their_number_holds() -> None:
    row = member_row(stage().visit, MemberAnswer(**MEMBER))
    assert (row["customer_href"], row["lifecycle"]) == ("/customers/c%2F1", "Active")
    erased = member_row(stage().visit, MemberAnswer(**MEMBER | {"customer_id": None}))
    assert erased["customer_href"] is None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/segments", "Build a segment"),
        ("/segments/regulars", "25.0%"),
        ("/segments/regulars", "4 orders, CN¥12.30 in 365 days"),
        ("/new-segment", "No faults: it may be saved."),
    ],
)
async def test_pages_show_what_scoring_answers(path: str, text: str) -> None:
    async with browsing(stage(answers()).visit) as user:
        await user.open(path)
        await user.should_see(text)


async def test_a_changed_condition_is_counted_anew_and_saved_with_its_reason() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/segments/regulars")
        user.find(kind=ui.input, content="Value").clear().type("5")
        await user.should_see('"value": 5')
        user.find(kind=ui.button, content="Save").click()
        await user.should_see("Why?")
        user.find(kind=ui.textarea, content="Why?").type("fewer of them")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_see("Done")
    (body,) = here.bodies(f"PUT {ONE}")
    assert body["condition"]["all"][0]["metric"]["value"] == 5
    assert body["name"] == SEGMENT["name"]
    assert [entry.details["reason"] for entry in here.accounts.entries] == ["fewer of them"]


async def test_who_wrote_it_meanwhile_is_told_of_before_saving() -> None:
    given = answers()
    async with browsing(stage(given).visit) as user:
        await user.open("/segments/regulars")
        given[f"GET {ONE}"] = SEGMENT | {"version": 3}
        user.find(kind=ui.button, content="Save").click()
        await user.should_see("Somebody else changed this at")


async def test_who_writes_it_while_the_reason_is_typed_is_not_overwritten() -> None:
    given = answers()
    here = stage(given)
    async with browsing(here.visit) as user:
        await user.open("/segments/regulars")
        user.find(kind=ui.button, content="Save").click()
        await user.should_see("Why?")
        given[f"PUT {ONE}"] = (412, {"detail": "read it again"})
        user.find(kind=ui.textarea, content="Why?").type("fewer of them")
        user.find(kind=ui.button, content="Confirm").click()
        await user.should_see("Somebody else changed this while you had it open")
    (sent,) = [each for each in here.asked if each.method == "PUT"]
    assert sent.headers["If-Match"] == f'"{SEGMENT["version"]}"'


async def test_what_was_typed_stays_when_the_conditions_are_grouped_otherwise() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/segments/regulars")
        user.find(kind=ui.input, content="Value").clear().type("5")
        await user.should_see('"value": 5')
        with user:
            next(iter(user.find(kind=ui.select, content="Of these").elements)).set_value("any")
        await user.should_see('"any"')
        await user.should_see('"value": 5')


async def test_conditions_that_cannot_be_read_are_not_saved() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/segments/regulars")
        user.find(kind=ui.textarea, content="The document as JSON").clear().type("{ not")
        user.find(kind=ui.button, content="Save").click()
        await user.should_see("The JSON cannot be read, so it was not saved.")
        await user.should_not_see("Why?")


async def test_a_missing_name_is_told_at_its_field_before_why_is_asked() -> None:
    here = stage(answers())
    async with browsing(here.visit) as user:
        await user.open("/new-segment")
        user.find(kind=ui.input, content="Name (English)").type("Regulars")
        user.find(kind=ui.button, content="Save").click()
        await user.should_see("A name is missing, so it was not saved")
        faulty = [each for each in user.find(kind=ui.input).elements if each.error]
        assert {each.props["label"] for each in faulty} == {"Key", "Name (中文)"}
        await user.should_not_see("Why?")
        for each in faulty:
            with user:
                each.set_value("regulars")
            assert each.error is None
        user.find(kind=ui.button, content="Save").click()
        await user.should_see("Why?")


async def test_everybody_is_streamed_as_scoring_writes_it() -> None:
    here = stage({f"GET {ONE}/members": {"any": "bytes"}})
    file = await members_csv(here.visit, "regulars")
    assert file is not None
    assert [piece async for piece in file.pieces] == [b'{"any":"bytes"}']
    assert file.name == "regulars.csv"
    assert here.asked[-1].url.params["format"] == "csv"


async def test_who_may_not_change_segments_cannot_save() -> None:
    async with browsing(stage(answers(), role=Role.OPS).visit) as user:
        await user.open("/segments/regulars")
        await user.should_see("Everybody in it now")
        await user.should_not_see("Save")
