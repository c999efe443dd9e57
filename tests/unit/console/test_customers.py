"""What pages of customers show is worked out right: bars add up, filters become questions."""

import math
from typing import Any

import pytest

from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.pages.customers.controls import midnight_after
from services.console.pages.customers.correcting import job_of, object_of
from services.console.pages.customers.list_address import (
    begun_with,
    export_path,
    list_path,
    meant_words,
    part_of,
)
from services.console.pages.customers.one_form import in_one_form
from services.console.pages.customers.rows import (
    in_force,
    leaf_lines,
    list_body,
    list_row,
    shown_identifier,
    top_of,
)
from services.console.pages.customers.steps import (
    bar_lines,
    bars,
    course,
    down,
    since_first,
    steps_of,
    up,
)
from services.console.pages.customers.timeline import event_row
from shared.contracts.common import LocalText
from shared.contracts.contacts import TimelineItem
from shared.contracts.customer_list import EXAMPLE_LIST_PAGE, CustomerListPage, ListedCustomer
from shared.contracts.customers import IdentifierAnswer
from shared.contracts.explanation import EXAMPLE_EXPLANATION, ExplanationAnswer
from shared.contracts.privacy import Erasure
from shared.contracts.programmes import ProgrammeSummary
from shared.contracts.score_history import EXAMPLE_SCORE_HISTORY, ScoreHistory
from tests.unit.console.care_answers import PROGRAMME
from tests.unit.console.visits import NOW, stage

EXPLAINED = ExplanationAnswer.model_validate(EXAMPLE_EXPLANATION)


def programme(**changes: Any) -> ProgrammeSummary:
    return ProgrammeSummary.model_validate(PROGRAMME | changes)


def without_score() -> ExplanationAnswer:
    return ExplanationAnswer.model_validate({**EXAMPLE_EXPLANATION, "score": None})


def test_steps_lead_from_the_typical_customer_to_this_one() -> None:
    steps, score = steps_of(EXPLAINED), EXPLAINED.score
    assert score is not None
    assert steps[0].before == pytest.approx(float(score.typical_value.amount), abs=0.01)
    assert steps[-1].after == pytest.approx(float(score.value.amount), abs=0.01)
    assert [one.after for one in steps[:-1]] == [one.before for one in steps[1:]]
    assert [one.factor for one in steps] == sorted((s.factor for s in steps), reverse=True)


def test_bars_begin_where_the_one_before_ended() -> None:
    visit = stage().visit
    steps = steps_of(EXPLAINED)
    hidden, shown = (series["data"] for series in bars(visit, EXPLAINED, steps)["series"])
    assert hidden[1] == pytest.approx(shown[0]["value"], abs=0.01)
    assert hidden[2] == pytest.approx(hidden[1] + shown[1]["value"], abs=0.01)
    assert len(bar_lines(visit, EXPLAINED, steps)) == len(shown) == len(steps) + 2


def test_a_bar_names_the_factor_that_its_length_cannot_show() -> None:
    visit = stage().visit
    steps = steps_of(EXPLAINED)
    names = bars(visit, EXPLAINED, steps)["yAxis"]["data"]
    assert names == ["Typical customer", "Spending ×2.1", "Last purchase ×1.28", "This customer"]
    assert [line[2] for line in bar_lines(visit, EXPLAINED, steps)] == ["", "×2.1", "×1.28", ""]


@pytest.mark.parametrize(
    ("contribution", "is_reason"),
    [(0.02, True), (-0.03, True), (0.01, False), (-0.01, False)],
    ids=["a little more", "a little less", "hardly more", "hardly less"],
)
def test_what_a_bar_shows_is_told_as_a_reason(contribution: float, *, is_reason: bool) -> None:
    group = EXPLAINED.groups[0].model_copy(
        update={"contribution": contribution, "factor": math.exp(contribution)}
    )
    steps = steps_of(EXPLAINED.model_copy(update={"groups": [group]}))
    assert bool(up(steps) + down(steps)) is is_reason


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        (Language.ENGLISH, "about CNY 958; typical CNY 38.98.", "about CN¥958; typical CN¥38.98."),
        (Language.ENGLISH, "of CNY 12,346, on 2027-02-22", "of CN¥12,346, on 22 Feb 2027"),
        (Language.ENGLISH, "CNY -0.50 and ABC 5", "-CN¥0.50 and ABC 5"),
        (Language.ENGLISH, "on 2027-02-31", "on 2027-02-31"),
        (Language.CHINESE, "约12,346元，将于2027-02-22降级", "约¥12,346，将于2027年2月22日降级"),
    ],
    ids=["amounts", "thousands and a date", "below nothing, no money", "no date", "Chinese"],
)
def test_amounts_of_sentences_are_written_as_everywhere(
    language: Language, text: str, said: str
) -> None:
    visit = stage(language=language).visit
    assert in_one_form(visit, LocalText(en=text, zh=text)) == said


def test_only_what_is_noticed_is_told_as_a_reason() -> None:
    steps = steps_of(EXPLAINED)
    assert [each.name.en for each in up(steps)] == ["Spending", "Last purchase"]
    assert down(steps) == []


def test_nothing_adds_up_without_a_score() -> None:
    assert steps_of(without_score()) == []
    assert bar_lines(stage().visit, without_score(), []) == []


def test_the_band_lies_between_its_ends() -> None:
    history = ScoreHistory.model_validate(EXAMPLE_SCORE_HISTORY)
    low, band, value = (one["data"] for one in course(stage().visit, history)["series"])
    assert [a + b for a, b in zip(low, band, strict=True)] == pytest.approx([850.0, 890.0])
    assert value == [298.1, 312.4]


def test_months_before_the_first_purchase_are_left_out() -> None:
    before = {**EXAMPLE_SCORE_HISTORY["points"][0], "value": None, "low": None, "high": None}
    points = [before, *EXAMPLE_SCORE_HISTORY["points"]]
    history = ScoreHistory.model_validate({**EXAMPLE_SCORE_HISTORY, "points": points})
    assert since_first(history) == history.points[1:]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"tier": "value/high"}, {"programme": "value", "tier": "high"}),
        ({"tier": "high", "programme": ""}, {"tier": "high"}),
        ({"lifecycle": None, "sort": "value", "other": 1}, {"sort": "value"}),
        ({}, {}),
    ],
    ids=["tier of a programme", "tier alone", "unknown", "nothing"],
)
def test_filters_become_a_question(given: dict[str, object], asked: dict[str, object]) -> None:
    assert list_body(given) == asked


def test_a_list_is_downloaded_as_it_is_filtered() -> None:
    assert export_path({"tier": "value/high"}) == "/customers.csv?tier=high&programme=value"
    assert export_path({}) == "/customers.csv"


def test_a_list_keeps_its_filters_and_its_page_in_its_address() -> None:
    given: dict[str, object] = {"programme": "value", "tier": "high", "lifecycle": None}
    assert list_path(given, 1) == "/customers?programme=value&tier=high"
    assert list_path(given, 3) == "/customers?programme=value&tier=high&part=3"


@pytest.mark.parametrize(
    ("text", "part"),
    [("", 1), ("3", 3), ("0", 1), ("-1", 1), ("x", 1), ("99999", 20), ("²", 1)],
)
def test_the_page_of_an_address_is_read(text: str, part: int) -> None:
    assert part_of(text) == part


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({}, ("value", "")),
        ({"tier": "high"}, ("value", "high")),
        ({"tier": "club/gold"}, ("club", "gold")),
        ({"programme": "club", "tier": "gold"}, ("club", "gold")),
        ({"programme": "gone"}, ("value", "")),
    ],
    ids=["none", "tier alone", "both in one", "both", "unknown"],
)
def test_a_list_is_always_of_one_programme(given: dict[str, str], meant: tuple[str, str]) -> None:
    live = [programme(), programme(programme="club", is_default=False)]
    found = begun_with(given, live)
    assert (found["programme"], found["tier"]) == meant


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (91, "Tiers of Customer value; the value is what is expected in the next 91 days."),
        (None, "Tiers of Customer value."),
    ],
)
def test_a_list_names_whose_tiers_and_which_time_it_means(days: int | None, said: str) -> None:
    found = CustomerListPage.model_validate({**EXAMPLE_LIST_PAGE, "horizon_days": days})
    assert meant_words(stage().visit, found) == said


def test_a_listed_customer_is_shown_in_the_readers_way() -> None:
    item = ListedCustomer.model_validate(EXAMPLE_LIST_PAGE["items"][0])
    row = list_row(stage(language=Language.CHINESE).visit, item)
    assert row["value"] == "¥312.40"
    assert (row["tier"], row["lifecycle"], row["chance"]) == ("高价值", "流失风险", "41%")
    assert row["customer_href"] == "/customers/c-1"


@pytest.mark.parametrize(
    ("role", "shown"),
    [(Role.SERVICE, "+8613800138000"), (Role.ANALYST, "••••00"), (Role.MARKETER, "••••00")],
)
def test_identifiers_are_masked_for_whom_they_do_not_concern(role: Role, shown: str) -> None:
    phone = IdentifierAnswer(kind="phone", value="+8613800138000")
    assert shown_identifier(stage(role=role).visit, phone) == shown


def test_programmes_in_force_come_with_the_default_one_first() -> None:
    others = [programme(programme="club", is_default=False), programme(release=None)]
    found = in_force([*others, programme()])
    assert [each.programme for each in found] == ["value", "club"]
    assert top_of(found[0]) == "high"


def test_nested_attributes_are_told_by_their_path() -> None:
    assert leaf_lines({"a": {"b": 1, "c": None}, "d": "x"}) == [
        ("a.b", "1"),
        ("a.c", ""),
        ("d", "x"),
    ]


@pytest.mark.parametrize(("text", "is_object"), [('{"a": 1}', True), ("[1]", False), ("{", False)])
def test_attributes_must_be_an_object(text: str, *, is_object: bool) -> None:
    assert (object_of(text) is not None) is is_object


def test_a_pin_ends_with_its_last_day_in_the_shops_zone() -> None:
    assert midnight_after(stage().visit, "2026-12-31") == "2027-01-01T00:00:00+08:00"
    assert midnight_after(stage().visit, "soon") == "soon"


@pytest.mark.parametrize(
    ("status", "waiting", "progress"),
    [("running", ["scoring"], 0.5), ("running", [], 1.0), ("done", [], 1.0)],
)
def test_an_erasure_is_followed_by_who_still_holds_something(
    status: str, waiting: list[str], progress: float
) -> None:
    said = {
        "erasure_id": "0198c0de-0000-7000-8000-000000000000",
        "status": status,
        "requested_by": "console",
        "reason": "asked",
        "requested_at": NOW,
        "waiting_for": waiting,
    }
    job = job_of(Erasure.model_validate(said))
    assert (job.status, job.progress) == (status, progress)


def test_an_event_is_told_in_a_line() -> None:
    item = TimelineItem.model_validate(
        {
            "at": NOW,
            "kind": "purchase",
            "id": "1",
            "title": {"en": "Purchase", "zh": "购买"},
            "details": {
                "amount": {"amount": "30.00", "currency": "CNY"},
                "channel": "store",
                "store_id": "0201",
                "link": {"a": 1},
            },
        }
    )
    row = event_row(stage(language=Language.CHINESE).visit, item)
    assert (row["kind"], row["details"]) == ("购买", "¥30.00 · 渠道：门店 · 门店：0201")
