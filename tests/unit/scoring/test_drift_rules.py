"""What findings about a model mean, and how they are told."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from services.scoring.domain.features import FEATURES
from services.scoring.domain.life.drift import (
    FEWEST,
    Realised,
    Status,
    overall,
    panel_to_judge,
    realised_status,
    shift_status,
    worst,
)
from services.scoring.domain.life.drift_words import NO_MODEL, TOO_EARLY, sentence_of
from services.scoring.model.realised import Said, better_of, lead_of, realised, rivalry

STEADY, WATCH, ALARM = Status.STEADY, Status.WATCH, Status.ALARM
EARLY = Status.TOO_EARLY
FOUND = Realised(
    days=91,
    horizon_days=91,
    customers=500,
    predicted=100.0,
    spent=97.0,
    ratio=0.97,
    ratio_ends=(0.9, 1.05),
    gini=0.71,
    gini_ends=(0.69, 0.73),
    hit20=0.55,
    coverage=0.8,
    chance_error=0.02,
)


@pytest.mark.parametrize(
    ("psi", "noise", "expected"),
    [
        (0.0, 0.0, STEADY),
        (0.1, 0.0, STEADY),
        (0.11, 0.0, WATCH),
        (0.25, 0.0, WATCH),
        (0.26, 0.0, ALARM),
        (0.26, 0.3, STEADY),  # so few customers that chance alone does that
        (0.31, 0.3, ALARM),
    ],
)
def test_index_is_judged_beyond_its_noise(psi: float, noise: float, expected: Status) -> None:
    assert shift_status(psi, noise) is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, STEADY),
        ({"ratio_ends": (0.60, 0.74)}, WATCH),
        ({"ratio_ends": (0.60, 0.76)}, STEADY),  # may be chance
        ({"ratio_ends": (1.34, 1.60)}, WATCH),
        ({"ratio_ends": (0.30, 0.49)}, ALARM),
        ({"ratio_ends": (2.10, 2.50)}, ALARM),
        ({"gini_ends": (0.60, 0.66)}, WATCH),
        ({"gini_ends": (0.50, 0.56)}, ALARM),
        ({"coverage": 0.6}, WATCH),
        ({"coverage": 0.96}, WATCH),
        ({"chance_error": 0.11}, WATCH),
        ({"coverage": None, "chance_error": None}, STEADY),
        ({"days": 30, "ratio_ends": (2.10, 2.50)}, WATCH),
        ({"customers": FEWEST - 1, "ratio_ends": (2.10, 2.50)}, EARLY),
    ],
    ids=str,
)
def test_what_came_is_judged_beyond_chance(change: dict[str, Any], expected: Status) -> None:
    assert realised_status(replace(FOUND, **change), 0.72) is expected


def test_without_a_promise_ranking_is_not_judged() -> None:
    assert realised_status(replace(FOUND, gini_ends=(0.0, 0.1)), None) is STEADY


@pytest.mark.parametrize(
    ("shifts", "whole", "partial", "expected"),
    [
        ([STEADY], None, None, STEADY),
        ([STEADY, ALARM, Status.NOT_JUDGED], None, None, ALARM),
        ([ALARM], STEADY, None, WATCH),  # what customers did outweighs how they look
        ([ALARM], WATCH, None, ALARM),
        ([ALARM], EARLY, None, ALARM),
        ([ALARM], None, STEADY, ALARM),  # part of a horizon does not
        ([STEADY], ALARM, None, ALARM),
        ([STEADY], None, WATCH, WATCH),
        ([], None, None, EARLY),
        ([], STEADY, None, STEADY),
    ],
)
def test_findings_are_put_together(
    shifts: list[Status], whole: Status | None, partial: Status | None, expected: Status
) -> None:
    assert overall(shifts, whole, partial) is expected


def test_nothing_known_is_too_early() -> None:
    assert worst([None, Status.NOT_JUDGED, EARLY]) is EARLY


def test_latest_whole_and_longest_running_panels_are_judged() -> None:
    asked = [(date(2026, month, 1), 91) for month in (11, 10, 9, 8, 7)]
    assert panel_to_judge(asked, date(2026, 11, 5)) == (3, 2)
    assert panel_to_judge(asked[:1], date(2026, 11, 5)) == (None, None)
    assert panel_to_judge([], date(2026, 11, 5)) == (None, None)


MOVED = ["net_28d", "orders_28d", "recency", "season_free_score", "lines_per_order_day"]


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("moved", [[], MOVED, [each.name for each in FEATURES]])
@pytest.mark.parametrize("whole", [None, FOUND])
@pytest.mark.parametrize("partial", [None, replace(FOUND, days=30)])
def test_every_state_has_words_in_both_languages(
    status: Status, moved: list[str], whole: Realised | None, partial: Realised | None
) -> None:
    words = sentence_of(status, moved, whole, partial)
    assert words["en"].endswith(".")
    assert words["zh"].endswith("。")
    assert not any(name in words["en"] for name in MOVED[:2])


def test_sentences_say_what_moved_and_what_came() -> None:
    alarm = sentence_of(ALARM, MOVED, FOUND, None)
    assert alarm["en"] == (
        "Customers now buy differently from the days the model learnt: what they bought in the"
        " last weeks, how recently they bought, how their scores are spread. Customers spent 97"
        " for every 100 predicted over 91 days. Train a new model and compare it with this one."
    )
    steady = sentence_of(STEADY, [], None, replace(FOUND, days=30))
    assert steady["en"] == (
        "The model still fits: customers buy as on the days it learnt from. After 30 of 91 days"
        " customers have spent 97 for every 100 predicted until now."
    )
    dead = sentence_of(ALARM, None, replace(FOUND, ratio=0.02), None)
    assert dead["en"] == (
        "Too few customers bought of late to compare them with the days the model learnt."
        " Customers spent 2 for every 100 predicted over 91 days. Train a new model and compare"
        " it with this one."
    )
    assert dead["zh"].startswith("近期有购买的顾客太少")
    assert sentence_of(Status.NO_MODEL, [], None, None) == NO_MODEL
    assert sentence_of(EARLY, [], None, None) == TOO_EARLY


def said(value: list[float], *, chance: float = 0.5) -> Said:
    values = np.array(value)
    return Said(values, values, values / 2, values * 2, np.full(len(values), chance))


def test_what_came_is_worked_out_as_by_hand() -> None:
    spent = np.array([0.0, 10.0, 30.0, 60.0] * 25)
    found = realised(said([10.0, 20.0, 30.0, 40.0] * 25), spent, days=91, horizon_days=91)
    assert (found.predicted, found.spent, found.ratio) == (2500, 2500, 1)
    assert found.coverage == 1  # 10 in 10..40, 30 in 15..60, 60 in 20..80
    assert found.chance_error == pytest.approx(0.25)  # three in four bought, a half was said
    assert found.gini == pytest.approx(1)
    assert found.ratio_ends[0] < 1 < found.ratio_ends[1]


def test_part_of_a_horizon_is_judged_pro_rata() -> None:
    spent = np.array([0.0, 10.0, 30.0, 60.0] * 25)
    found = realised(said([10.0, 20.0, 30.0, 40.0] * 25), spent, days=13, horizon_days=91)
    assert found.is_partial
    assert found.ratio == pytest.approx(7)
    assert (found.coverage, found.chance_error) == (None, None)


def test_part_of_a_horizon_before_a_dear_month_is_judged_by_what_is_due() -> None:
    spent = np.array([0.0, 10.0, 30.0, 60.0] * 25)
    values = said([10.0, 20.0, 30.0, 40.0] * 25)
    found = realised(values, spent, days=13, horizon_days=91, due=0.05)
    assert found.predicted == pytest.approx(125)
    assert found.ratio == pytest.approx(20)


def test_nobody_buying_is_a_figure_too() -> None:
    found = realised(said([10.0, 20.0] * 40), np.zeros(80), days=91, horizon_days=91)
    assert (found.ratio, found.ratio_ends, found.gini, found.coverage) == (0, (0, 0), 0, None)


def test_rivals_who_rank_alike_differ_in_nothing() -> None:
    raw = np.arange(1.0, 101.0)
    found = rivalry((raw, raw), (raw**2, 2 * raw), (1.0, 0.5, 0.2))
    assert found.agreement == pytest.approx(1)
    assert (found.differing, found.value_ratio, found.customers) == (0, 2, 100)


def test_rivals_who_rank_the_other_way_round_differ() -> None:
    raw = np.arange(1.0, 101.0)
    found = rivalry((raw, raw), (raw[::-1], raw), (1.0, 0.5, 0.2))
    assert found.agreement == pytest.approx(-1)
    assert found.differing == 1  # with halves, nobody keeps a tier


def test_the_better_rival_is_named_beyond_chance() -> None:
    rng = np.random.default_rng(4)
    spent = rng.gamma(0.5, 100.0, 400)
    right, wrong = spent + rng.random(400), rng.random(400)
    leads = [
        lead_of(wrong, right, spent),
        lead_of(right, wrong, spent),
        lead_of(right, right, spent),
    ]
    assert [lead and better_of(lead) for lead in leads] == ["challenger", "champion", "undecided"]
    assert lead_of(right, wrong, np.zeros(400)) is None
