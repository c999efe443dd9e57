"""What the gate measures: on which days two models meet, and what is served."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from services.scoring.domain.days import CustomerDays, day_of
from services.scoring.domain.features import features
from services.scoring.domain.life.gate import Evidence, judge
from services.scoring.model.artefact import from_bytes, to_bytes
from services.scoring.model.learning.code_version import code_version, sources_hash
from services.scoring.model.learning.gate import (
    Current,
    Window,
    is_finite,
    measure_candidate,
    served_gap,
    window_of,
)
from services.scoring.model.learning.plan import TrainingPlan, plan_training
from services.scoring.model.learning.training import Trained, train
from services.scoring.model.value_model import ValueModel
from tests.model_shop import START, shop_days
from tests.paths import REPO_DIR

KEY = b"k" * 32
TODAY = START + 240


@pytest.fixture(scope="module")
def days() -> CustomerDays:
    return shop_days(600)


def trained_at(days: CustomerDays, today: int) -> Trained:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return train(days, plan_training(START, today), version=f"v{today}", created_at=now)


@pytest.fixture(scope="module")
def candidate(days: CustomerDays) -> Trained:
    return trained_at(days, TODAY)


def served(trained: Trained) -> ValueModel:
    return from_bytes(to_bytes(trained.model, KEY).content, KEY)


def measured(days: CustomerDays, candidate: Trained, current: ValueModel | None) -> Evidence:
    rival = None if current is None else Current(current.manifest.version, current)
    plan = plan_training(START, TODAY)
    return measure_candidate(days, plan, candidate, served(candidate), rival)


PLAN = TrainingPlan(0, 400, 91, (309, 279))


@pytest.mark.parametrize(
    ("current_until", "window"),
    [
        (200, Window(309, 400, is_unseen=True)),
        (309, Window(309, 400, is_unseen=True)),
        (310, Window(310, 400, is_unseen=True)),
        (386, Window(386, 400, is_unseen=True)),
        (387, Window(309, 400, is_unseen=False)),
        (400, Window(309, 400, is_unseen=False)),
        (500, Window(309, 400, is_unseen=False)),
    ],
)
def test_models_meet_on_days_neither_has_seen_where_there_are_any(
    current_until: int, window: Window
) -> None:
    assert window_of(PLAN, current_until) == window


def test_first_model_is_judged_by_its_rehearsal(days: CustomerDays, candidate: Trained) -> None:
    found = measured(days, candidate, None)
    assert found.rival is None
    assert found.over_decayed is not None
    assert found.over_decayed.gini == candidate.model.manifest.metrics["lead_gini"]
    assert (found.cutoff, found.until) == (candidate.model.manifest.cutoffs[0], day_of(TODAY))
    assert found.gap <= 1e-9


def test_same_recipe_on_the_same_past_is_neither_ahead_nor_behind(
    days: CustomerDays, candidate: Trained
) -> None:
    """The current model is what the candidate's recipe gives at the window's first day."""
    current = trained_at(days, TODAY - 30).model
    found = measured(days, candidate, current)
    assert found.cutoff == day_of(TODAY - 30)
    assert found.rival is not None
    assert found.rival.is_unseen
    assert found.rival.lead is not None
    assert found.rival.lead.gini == pytest.approx(0.0, abs=1e-12)
    assert found.buyers > 0


def test_lead_over_a_current_model_that_ranks_backwards_is_seen(
    days: CustomerDays, candidate: Trained
) -> None:
    honest = trained_at(days, TODAY - 30).model
    backwards = replace(honest, spend=replace(honest.spend, heights=-honest.spend.heights))
    found = measured(days, candidate, backwards)
    assert found.rival is not None
    assert found.rival.lead is not None
    assert found.rival.lead.low > 0


def test_candidate_that_learnt_something_broken_is_behind_as_served(
    days: CustomerDays, candidate: Trained
) -> None:
    """Its recipe is as good as ever: only the candidate itself can show what the new days did."""
    current = trained_at(days, TODAY - 30).model
    spend = candidate.model.spend
    broken = replace(candidate.model, spend=replace(spend, heights=-spend.heights))
    found = measured(days, replace(candidate, model=broken), current)
    assert found.rival is not None
    assert [check.name for check in judge(found).failed] == [
        "not_below_current_as_served",
        "parity",
    ]


def test_days_on_which_nobody_bought_decide_nothing(days: CustomerDays) -> None:
    """The shop's last sale was on day 300: from day 310 on there is nothing to rank by."""
    late, plan = trained_at(days, START + 345), plan_training(START, START + 345)
    current = trained_at(days, START + 310).model
    found = measure_candidate(days, plan, late, served(late), Current("v1", current))
    assert found.buyers == 0
    assert found.rival is not None
    assert found.rival.lead is None
    assert "nobody bought" in judge(found).checks[0].words["en"]


def test_candidate_itself_is_compared_where_its_recipe_refuses(days: CustomerDays) -> None:
    """40 days of history before the only cut-off: two too few to train there."""
    young, plan = trained_at(days, START + 60), plan_training(START, START + 60)
    manifest = replace(young.model.manifest, trained_until=day_of(START + 30))
    older = replace(young.model, manifest=manifest)
    found = measure_candidate(days, plan, young, served(young), Current("v1", older))
    assert found.rival is not None
    assert found.rival.is_unseen is False
    assert found.rival.as_served is None
    assert "trained on itself" in judge(found).checks[0].words["en"]


def test_refused_current_model_is_named(days: CustomerDays, candidate: Trained) -> None:
    rival = Current("v1", None, "its signature does not match.")
    plan = plan_training(START, TODAY)
    found = measure_candidate(days, plan, candidate, served(candidate), rival)
    gate = judge(found)
    assert gate.passed == (not gate.failed)
    assert "signature" in gate.checks[0].words["en"]


def test_current_model_of_another_history_is_scored_with_its_own(
    days: CustomerDays, candidate: Trained
) -> None:
    """A backfill moved the shop's first day: rates are over what each model knows."""
    current = trained_at(days, TODAY - 30).model
    shorter = replace(current.manifest, trained_from=day_of(START + 50))
    found = measured(days, candidate, replace(current, manifest=shorter))
    assert found.rival is not None
    assert found.rival.lead is not None
    assert found.rival.lead.gini != 0.0


def test_gap_is_that_of_the_worst_row(days: CustomerDays, candidate: Trained) -> None:
    X = features(days, TODAY, START)
    model = served(candidate)
    assert served_gap(model, candidate, X) <= 1e-9
    off = replace(model, spend=replace(model.spend, intercept=model.spend.intercept + 0.01))
    assert served_gap(off, candidate, X) == pytest.approx(np.expm1(0.01), rel=1e-6)


def test_answers_that_overflow_are_not_finite(days: CustomerDays, candidate: Trained) -> None:
    X, model = features(days, TODAY, START), served(candidate)
    assert is_finite(model, X)
    with np.errstate(over="ignore", invalid="ignore"):
        broken = replace(model, spend=replace(model.spend, intercept=1e4))
        assert not is_finite(broken, X)


def test_code_version_follows_what_decides_a_model(tmp_path: Path) -> None:
    assert code_version().endswith(f"+{sources_hash(REPO_DIR / 'services/scoring')}")
    assert not code_version().endswith(f"+{sources_hash(tmp_path)}")
    for folder in ("model", "domain", "routes"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "one.py").write_text("A = 1\n")
    first = sources_hash(tmp_path)
    (tmp_path / "routes" / "one.py").write_text("A = 2\n")
    assert sources_hash(tmp_path) == first
    (tmp_path / "model" / "one.py").write_text("A = 2\n")
    second = sources_hash(tmp_path)
    (tmp_path / "model" / "one.py").rename(tmp_path / "model" / "two.py")
    assert len({first, second, sources_hash(tmp_path)}) == 3
