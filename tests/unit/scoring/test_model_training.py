"""Training: what it plans, what it refuses, when it falls back, and what it never sees."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from services.scoring.domain.days import COLUMNS, CustomerDays, pack_days
from services.scoring.domain.features import FEATURE_NAMES, features
from services.scoring.domain.life.gate import judge
from services.scoring.model.artefact import from_bytes, to_bytes
from services.scoring.model.errors import TrainingRefused
from services.scoring.model.evaluation import Difference, Ranking
from services.scoring.model.interval import fit_interval
from services.scoring.model.learning.fit import decayed_column, fit_estimators, usable_columns
from services.scoring.model.learning.gate import measure_candidate
from services.scoring.model.learning.plan import plan_self_check, plan_training
from services.scoring.model.learning.rehearsal import rehearsed
from services.scoring.model.learning.samples import Sample, draw_sample, seen_before, spend_between
from services.scoring.model.learning.selfcheck import check_fit
from services.scoring.model.learning.training import Trained, train
from tests.model_shop import START, shop_days

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KEY = b"k" * 32
TODAY = START + 280


def trained(days: CustomerDays, today: int = TODAY) -> Trained:
    return train(days, plan_training(START, today), version="v1", created_at=NOW)


@pytest.fixture(scope="module")
def shop() -> CustomerDays:
    return shop_days(800)


@pytest.fixture(scope="module")
def model(shop: CustomerDays) -> Trained:
    return trained(shop)


@pytest.mark.parametrize(
    ("history", "horizon", "cutoffs"),
    [
        (273, 91, (182, 152, 122, 92)),
        (800, 91, (709, 679, 649, 619)),
        (180, 60, (120, 99, 78, 57)),
        (42, 14, (28, 21, 14, 7)),
    ],
)
def test_plan_follows_the_length_of_history(
    history: int, horizon: int, cutoffs: tuple[int, ...]
) -> None:
    plan = plan_training(0, history)
    assert (plan.horizon_days, plan.cutoffs) == (horizon, cutoffs)


@pytest.mark.parametrize("history", [41, 0, -5])
def test_short_history_is_refused(history: int) -> None:
    with pytest.raises(TrainingRefused, match="42 days of history"):
        plan_training(0, history)


def test_horizon_is_at_most_a_third_of_the_history_and_says_so() -> None:
    plan = plan_training(0, 100, horizon_days=91, reason="asked")
    assert (plan.horizon_days, plan.reason) == (33, "that is a third of 100 days of history")


def test_own_backtest_ends_before_the_held_out_days() -> None:
    plan = plan_training(0, 273)
    earlier = plan_self_check(plan)
    assert earlier is not None
    assert max(earlier.cutoffs) + earlier.horizon_days <= plan.cutoffs[0]


def test_nothing_from_today_on_is_seen(shop: CustomerDays, model: Trained) -> None:
    kept = shop.date < TODAY
    offsets = np.concatenate(([0], np.cumsum(kept)))[shop.offsets]
    columns = {name: getattr(shop, name)[kept] for name in COLUMNS}
    past = trained(pack_days(offsets, shop.date[kept], **columns))
    assert to_bytes(past.model, b"k") == to_bytes(model.model, b"k")


def test_parts_add_up_to_the_served_score(shop: CustomerDays, model: Trained) -> None:
    X = features(shop, TODAY, START)
    why = model.model.explain(X)
    assert why.base + why.parts.sum(axis=1) == pytest.approx(
        np.log(model.model.raw_score(X)), abs=1e-9
    )
    assert len(why.names) == len(why.groups) == why.parts.shape[1]


def test_score_of_one_equals_score_of_all(shop: CustomerDays, model: Trained) -> None:
    X = features(shop, TODAY, START)
    whole, one = model.model.score(X), model.model.score(X[7:8])
    assert (whole.value[7], whole.p_buy[7], whole.low[7]) == (
        one.value[0],
        one.p_buy[0],
        one.low[0],
    )


def test_served_model_is_the_trained_one(model: Trained) -> None:
    assert model.model.manifest.parity < 1e-9


def test_longer_horizon_means_more_money_and_more_chance(
    shop: CustomerDays, model: Trained
) -> None:
    X = features(shop, TODAY, START)
    near, far = (model.model.score(X, horizon_days=days) for days in (91, 182))
    assert far.value == pytest.approx(2 * near.value)
    assert ((near.p_buy < far.p_buy) & (far.p_buy < 1)).all()


def test_level_of_money_is_that_of_the_training_days(shop: CustomerDays, model: Trained) -> None:
    cutoff = plan_training(START, TODAY).cutoffs[0]
    known = seen_before(shop, cutoff)
    spent = spend_between(shop, cutoff, cutoff + 91, known).sum()
    predicted = model.model.score(features(shop, cutoff, START, customers=known)).value.sum()
    assert predicted == pytest.approx(spent, rel=0.2)


def test_progress_rises_to_one() -> None:
    seen: list[float] = []
    plan = plan_training(START, TODAY)
    train(
        shop_days(200),
        plan,
        version="v",
        created_at=NOW,
        progress=lambda done, _: seen.append(done),
    )
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_manifest_tells_where_the_model_comes_from(model: Trained) -> None:
    manifest = model.model.manifest
    assert (manifest.version, manifest.created_at, manifest.horizon_days) == ("v1", NOW, 91)
    assert (manifest.trained_until - manifest.trained_from).days == 280
    assert {"gini", "gini_decayed", "gini_past_spend", "p_buy_error"} <= set(manifest.metrics)
    assert any("off by season" in text for text in manifest.warnings)


def test_windows_longer_than_the_history_are_left_out(model: Trained) -> None:
    used = {FEATURE_NAMES[column] for column in usable_columns(273)}
    assert len(used) == 34
    assert not {"net_364d", "orders_364d"} & used
    assert {FEATURE_NAMES[column] for column in model.model.columns} <= used


def test_tiny_shop_is_refused() -> None:
    with pytest.raises(TrainingRefused, match="50 customers"):
        trained(shop_days(40))


def test_shop_whose_customers_never_come_back_is_refused() -> None:
    once = pack_days(
        np.arange(201),
        np.full(200, START + 5),
        net_booked=np.full(200, 900),
        sales_net=np.full(200, 900),
        orders=np.ones(200, dtype=np.int64),
    )
    with pytest.raises(TrainingRefused, match="bought within the horizon"):
        trained(once)


def test_small_shop_falls_back_to_decayed_spend_when_that_is_better() -> None:
    shops = (trained(shop_days(150, seed=seed)) for seed in range(3, 20))
    found = next(each for each in shops if each.check.prefers_decayed)
    assert found.model.manifest.kind == "decayed_spend"
    assert found.model.columns == found.model.buy_columns == (found.decayed_column,)


def test_figures_of_a_fall_back_are_those_of_what_is_served() -> None:
    shops = (trained(shop_days(150, seed=seed)) for seed in range(3, 20))
    found = next(each for each in shops if each.check.prefers_decayed)
    served = check_fit(found.rehearsed, found.holdout, found.decayed_column)
    metrics = found.model.manifest.metrics
    assert metrics["gini"] == pytest.approx(metrics["gini_decayed"])
    assert metrics["p_buy_error"] == pytest.approx(served.chance_error)
    assert metrics["interval_coverage"] == pytest.approx(served.coverage)


def test_gate_judges_the_range_on_every_buyer_as_the_page_shows_it(model: Trained) -> None:
    found = rehearsed(model)
    assert found is not None
    scores, bought = found.scores, found.spend > 0
    inside = (scores.low <= found.spend) & (found.spend <= scores.high)
    assert inside[bought].mean() == pytest.approx(model.check.coverage, abs=1e-12)
    assert model.check.buyers == bought.sum()


def test_gate_lets_decayed_spend_in_where_the_full_model_was_significantly_worse() -> None:
    days = shop_days(150, seed=25)
    found = trained(days)
    assert found.check.given_up is not None
    assert found.check.given_up.is_worse
    artefact = to_bytes(found.model, KEY)
    loaded = from_bytes(artefact.content, KEY, sha256=artefact.sha256)
    plan = plan_training(START, TODAY)
    assert judge(measure_candidate(days, plan, found, loaded, None)).passed


def test_decayed_spend_alone_ranks_exactly_as_decayed_spend(shop: CustomerDays) -> None:
    plan = plan_training(START, TODAY)
    samples = [draw_sample(shop, plan.cutoffs[0], 91, START, most=10_000)]
    fitted = fit_estimators(samples, (), half_life=45, shadow_weight=1.0)
    decayed = samples[0].X[:, decayed_column(45)]
    score = fitted.raw_score(samples[0].X)
    assert np.array_equal(Ranking.of(score).group, Ranking.of(decayed).group)


@pytest.mark.parametrize(
    ("customers", "lead", "high", "expected"),
    [
        (500, -0.01, 0.02, True),  # small and not ahead
        (500, 0.03, 0.05, True),  # ahead, but within the noise
        (50_000, -0.01, 0.02, False),  # large: only a clear loss counts
        (50_000, -0.03, -0.01, True),
    ],
)
def test_fall_back_weighs_the_size_of_the_shop(
    model: Trained, customers: int, lead: float, high: float, *, expected: bool
) -> None:
    difference = Difference(lead, -0.05, high, 0.0, 0.0, 0.0)
    check = replace(model.check, customers=customers, buyers=5_000, difference=difference)
    assert check.prefers_decayed is expected


def test_each_cutoff_counts_relative_to_its_own_mean() -> None:
    sample = Sample(0, np.zeros((4, 36)), np.array([-5.0, 0.0, 10.0, 30.0]))
    assert sample.relative_spend.mean() == pytest.approx(1)
    assert sample.relative_spend.min() == 0


def test_who_only_looked_is_not_yet_known() -> None:
    days = pack_days(
        np.array([0, 1, 2, 3]),
        np.array([5, 5, 9]),
        orders=np.array([1, 0, 1]),
        views=np.array([0, 3, 0]),
    )
    assert seen_before(days, 9).tolist() == [0]


def test_interval_holds_the_share_it_promises() -> None:
    rng = np.random.default_rng(8)
    expected = rng.gamma(2, 50, 40_000)
    spend = expected * rng.lognormal(0, 0.6, 40_000)
    interval = fit_interval(expected[::2], spend[::2], 10.0)
    low, high = interval.around(expected[1::2], 10.0)
    inside = ((low <= spend[1::2]) & (spend[1::2] <= high)).mean()
    assert inside == pytest.approx(0.8, abs=0.02)


def test_interval_needs_a_buyer() -> None:
    with pytest.raises(ValueError, match="no buyer"):
        fit_interval(np.array([]), np.array([]), 1.0)
