"""Key figures: how they are written, drawn, and what they should be."""

from typing import Any

import pytest

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.changing.kpis import set_target
from services.console.pages.kpis.course import course, slice_name
from services.console.pages.kpis.listing import grouped
from services.console.pages.kpis.one import slices_of
from services.console.pages.kpis.targets import number_of
from services.console.parts.kpi_tiles import kpi_note, kpi_period, kpi_value
from shared.contracts.kpis import KpiDefinition, KpiItem, KpiReport
from tests.unit.console.test_overview import REPORT
from tests.unit.console.visits import Stage, browsing, stage

DEFINITION: dict[str, Any] = {
    "key": "repeat_rate", "name": {"en": "Repeat rate", "zh": "复购率"},
    "words": {"en": "Who came again.", "zh": "再次购买者。"}, "unit": "share", "better": "up",
    "kind": "level", "numerator": "customers with two sales", "denominator": "customers",
    "factor": 1.0, "less": 0.0, "is_median": False, "window_days": 365, "cuts": ["tier"],
    "is_live": False,
}  # fmt: skip
TARGET: dict[str, Any] = {
    "kpi": "repeat_rate", "slice": "all", "period": "2026", "value": 0.6, "owner": "Lin",
    "note": "", "version": 3, "changed_by": "user:lin", "updated_at": "2026-11-22T00:00:00Z",
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "GET /v1/kpis": REPORT,
    "GET /v1/kpis/definitions/repeat_rate": DEFINITION,
    "GET /v1/kpis/targets": {"items": [TARGET], "next_cursor": None},
    "GET /v1/programmes": {"items": [], "next_cursor": None},
    "PUT /v1/kpis/targets": TARGET | {"version": 4},
}


def report(*values: float | None, **changes: Any) -> KpiReport:
    points = [
        {
            "period": f"2026-11-{number:02d}", "first": f"2026-11-{number:02d}",
            "last": f"2026-11-{number:02d}",
            "figure": None if value is None else {"value": value, "numerator": 1, "denominator": 2},
        }
        for number, value in enumerate(values, start=1)
    ]  # fmt: skip
    return KpiReport.model_validate(
        {**REPORT, "items": [{**REPORT["items"][0], "points": points, **changes}]}
    )


def definition(**changes: Any) -> KpiDefinition:
    return KpiDefinition.model_validate(DEFINITION | changes)


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [
        ("share", 0.256, "25.6%"),
        ("money", 12.5, "CN¥12.50"),
        ("money", 273122.89, "CN¥273,123"),
        ("minutes", 90, "2 hours"),
        ("minutes", 0, "0 working minutes"),
        ("count", 1234, "1,234"),
        ("score", 4.25, "4.2"),
        ("share", None, "–"),
    ],
)
def test_a_value_is_written_in_its_unit(unit: str, value: float | None, written: str) -> None:
    assert kpi_value(stage().visit, unit, value, "CNY") == written


def test_a_note_says_how_it_moved_and_what_it_should_be() -> None:
    item = KpiItem.model_validate(REPORT["items"][0])
    assert kpi_note(stage().visit, item, "CNY") == "▼ 1.2 points · Target 60.0% (2026) behind"


@pytest.mark.parametrize(
    ("days", "english", "chinese"),
    [
        (None, "last 30 days", "最近 30 天"),
        (365, "365 days up to last night", "截至昨夜的 365 天"),
        (0, "as of last night", "截至昨夜"),
    ],
    ids=["flow", "level", "that night"],
)
def test_a_figure_names_its_dates(days: int | None, english: str, chinese: str) -> None:
    found = report(looks_back_days=days)
    (item,) = found.items
    assert kpi_period(stage().visit, item, found) == english
    assert kpi_period(stage(language=Language.CHINESE).visit, item, found) == chinese


def test_a_figure_without_a_value_says_why() -> None:
    why = {"en": "Nobody bought.", "zh": "无人购买。"}
    item = KpiItem.model_validate({**REPORT["items"][0], "actual": None, "no_data": why})
    assert kpi_note(stage(language=Language.CHINESE).visit, item, "CNY") == "无人购买。"


def test_a_course_draws_a_gap_where_there_is_no_figure() -> None:
    picture = course(stage().visit, definition(), report(0.5, None, 0.6), {})
    assert picture is not None
    assert picture.options["series"][0]["data"] == [0.5, None, 0.6]
    assert [row[1] for row in picture.rows] == ["50.0%", "–", "60.0%"]


def test_no_course_is_drawn_where_there_is_no_figure_at_all() -> None:
    assert course(stage().visit, definition(), report(None, None), {}) is None


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("all", "everybody"),
        ("tier:club:gold", "Gold (Club)"),
        ("channel:web", "web"),
        ("move:club:regular:gold", "regular → Gold (Club)"),
        ("tier:old:gone", "old · gone"),
    ],
)
def test_slices_are_named_as_people_call_them(key: str, name: str) -> None:
    assert slice_name(stage().visit, key, {"club:gold": "Gold (Club)"}) == name


def test_a_figure_of_tiers_alone_is_not_asked_of_everybody() -> None:
    assert slices_of(definition(key="tier_distribution")) == ["tier"]


def test_only_figures_of_everybody_are_listed() -> None:
    items = [KpiItem.model_validate(REPORT["items"][0] | {"slice": s}) for s in ("all", "tier:a:b")]
    assert [(name, len(found)) for name, found in grouped(items)] == [("trade", 1)]


@pytest.mark.parametrize(
    ("text", "is_share", "value"),
    [
        ("35", True, 0.35),
        ("35 %", True, 0.35),
        ("1,234.5", False, 1234.5),
        ("", False, None),
        ("nan", False, None),
        ("=1+1", False, None),
        ("<script>", True, None),
    ],
)
def test_numbers_are_read_as_people_type_them(
    text: str, is_share: bool, value: float | None
) -> None:
    assert number_of(text, is_share=is_share) == value


def test_a_target_that_stands_is_changed_at_its_version() -> None:
    change = set_target("repeat_rate", {"slice": "all", "period": "2026", "value": 0.5}, 3)
    assert (change.call.if_match, change.subject) == ('"3"', "kpi:repeat_rate")


async def test_the_list_leads_to_every_figure() -> None:
    async with browsing(stage(ANSWERS).visit) as user:
        await user.open("/kpis")
        await user.should_see("Repeat rate")
        await user.should_see("50.0%")


async def set_in_browser(made: Stage, value: str) -> None:
    async with browsing(made.visit) as user:
        await user.open("/kpis/repeat_rate")
        await user.should_see("Who came again.")
        user.find("Set a target").click()
        await user.should_see("Value in percent")
        user.find("Value in percent").type(value)
        user.find("Why?").type("The autumn plan asks for it")
        user.find("Confirm").click()
        await user.should_see("must be a number" if value == "lots" else "Done")


async def test_a_target_is_set_with_its_reason() -> None:
    made = stage(ANSWERS)
    await set_in_browser(made, "65")
    assert made.bodies("PUT /v1/kpis/targets")[0] == {
        "kpi": "repeat_rate", "slice": "all", "period": "2026", "owner": "Lin", "value": 0.65,
    }  # fmt: skip
    assert made.accounts.entries[0].details["reason"] == "The autumn plan asks for it"


async def test_a_value_that_is_no_number_is_refused_and_stays() -> None:
    made = stage(ANSWERS)
    await set_in_browser(made, "lots")
    assert made.bodies("PUT /v1/kpis/targets") == []


async def test_who_may_not_is_not_offered_to_set_a_target() -> None:
    async with browsing(stage(ANSWERS, role=Role.SERVICE).visit) as user:
        await user.open("/kpis/repeat_rate")
        await user.should_see("Who came again.")
        await user.should_not_see("Set a target")
