"""The promotion gate's verdicts: what blocks, what only warns, what cannot be measured."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from services.scoring.domain.life.gate import (
    Evidence,
    Lead,
    Rival,
    chance_noise,
    failed_words,
    judge,
)
from services.scoring.domain.life.promotion import Order, PromotionPolicy, why_not
from services.scoring.errors import GateFailed
from services.scoring.usecases.models.promote_model import require_passed

NAN = float("nan")
AHEAD, BEHIND = Lead(0.02, 0.01, 0.03), Lead(-0.02, -0.03, -0.001)
UNSURE = Lead(-0.01, -0.03, 0.0)
GOOD = Evidence(
    candidate="v2",
    cutoff=date(2026, 8, 1),
    until=date(2026, 10, 31),
    customers=5000,
    buyers=1500,
    over_decayed=AHEAD,
    rival=Rival("v1", AHEAD, AHEAD),
    gap=1e-15,
    feature_hashes=("f", "f"),
    is_finite=True,
    history_days=800,
    chance_error=0.02,
    coverage=0.8,
    bias=1.0,
    judged_customers=5000,
    judged_buyers=1500,
)


def failed(**changes: Any) -> list[str]:
    return [check.name for check in judge(replace(GOOD, **changes)).failed]


def warned(**changes: Any) -> list[str]:
    checks = judge(replace(GOOD, **changes)).checks
    return [check.name for check in checks if not check.passed and not check.blocks]


def test_good_model_passes_every_check() -> None:
    gate = judge(GOOD)
    assert gate.passed
    assert all(check.passed for check in gate.checks)
    assert len(gate.checks) == 8


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"rival": Rival("v1", BEHIND)}, ["not_below_current"]),
        ({"rival": Rival("v1", AHEAD, BEHIND)}, ["not_below_current_as_served"]),
        ({"over_decayed": BEHIND}, ["not_below_decayed_spend"]),
        ({"gap": 1.1e-4}, ["parity"]),
        ({"gap": NAN}, ["parity"]),
        ({"feature_hashes": ("f", "g")}, ["features"]),
        ({"is_finite": False}, ["finite_answers"]),
        ({"chance_error": 0.05}, ["chance_calibration"]),
        ({"coverage": 0.70}, ["interval_coverage"]),
        ({"coverage": 0.90}, ["interval_coverage"]),
    ],
)
def test_each_fault_alone_keeps_a_candidate_out(changes: Any, names: list[str]) -> None:
    assert failed(**changes) == names


@pytest.mark.parametrize(
    "changes",
    [
        {"rival": None},
        {"rival": Rival("v1", UNSURE), "over_decayed": UNSURE},
        {"over_decayed": None},
        {"over_decayed": Lead(NAN, NAN, NAN)},
        {"rival": Rival("v1", None, problem="it cannot be loaded.")},
        {"gap": 1e-4},
        {"chance_error": 0.03},
        {"coverage": 0.75},
        {"chance_error": NAN, "coverage": NAN},
    ],
)
def test_what_is_within_the_noise_or_cannot_be_measured_passes(changes: Any) -> None:
    assert failed(**changes) == []


@pytest.mark.parametrize("changes", [{"history_days": 729}, {"bias": 0.8}, {"bias": NAN}])
def test_calibration_is_only_a_warning_without_two_steady_years(changes: Any) -> None:
    poor = {"chance_error": 0.066, "coverage": 0.5, **changes}
    assert failed(**poor) == []
    assert warned(**poor) == ["chance_calibration", "interval_coverage"]


def test_small_holdout_is_allowed_its_noise() -> None:
    few = {"judged_customers": 60, "judged_buyers": 20}
    assert failed(chance_error=0.15, coverage=0.65, **few) == []
    assert failed(chance_error=0.25, coverage=0.55, **few) == [
        "chance_calibration",
        "interval_coverage",
    ]


def test_noise_is_what_a_calibrated_model_shows() -> None:
    """Drawn: the mean gap of ten groups with one and the same chance."""
    drawn = np.random.default_rng(1).binomial(200, 0.3, (4000, 10)) / 200
    assert chance_noise(2000, 600) == pytest.approx(np.abs(drawn - 0.3).mean(), rel=0.02)


def test_document_is_json_in_two_languages() -> None:
    document = judge(replace(GOOD, gap=NAN)).document()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert (document["passed"], document["current"]) == (False, "v1")
    assert all(set(check["words"]) == {"en", "zh"} for check in document["checks"])
    assert document["holdout"] == {
        "cutoff": "2026-08-01",
        "until": "2026-10-31",
        "customers": 5000,
        "buyers": 1500,
        "unseen": True,
    }


def test_failed_gate_says_which_checks_and_an_order_overrides_it() -> None:
    gate = judge(replace(GOOD, rival=Rival("v1", BEHIND))).document()
    assert failed_words(gate)[0].startswith("not_below_current: Gini against")
    assert "显著更差" in failed_words(gate, "zh")[0]
    with pytest.raises(GateFailed, match="significantly below"):
        require_passed(gate, Order("till"))
    require_passed(gate, Order("till", "closed in June", overrides=True))
    require_passed(None, Order("till"))


@pytest.mark.parametrize(
    ("evidence", "policy", "said"),
    [
        (GOOD, PromotionPolicy.AUTO, ""),
        (GOOD, PromotionPolicy.MANUAL, "manual"),
        (replace(GOOD, over_decayed=BEHIND), PromotionPolicy.AUTO, "gate failed"),
    ],
)
def test_training_says_why_its_model_does_not_take_over(
    evidence: Evidence, policy: PromotionPolicy, said: str
) -> None:
    because = why_not(judge(evidence).document(), policy)
    assert said in because
    assert bool(because) == bool(said)
