"""Whether a model still fits: the index, its noise, and a shop that changes or does not."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from services.scoring.domain.days import COLUMNS, CustomerDays, day_number, pack_days
from services.scoring.domain.features import FEATURE_NAMES, FEATURES, features
from services.scoring.domain.life.drift import FEWEST, Status
from services.scoring.model.drift import SCORE, Drift, is_forgetting, measure_drift, noise_of, psi
from services.scoring.model.learning.plan import plan_training
from services.scoring.model.learning.samples import seen_before
from services.scoring.model.learning.training import train
from services.scoring.model.reference import EMPTY, bins_of, read, recent, reference_of
from services.scoring.model.value_model import ValueModel
from tests.shop_facts import HISTORY_DAYS, LAST_DAY, make_shop

TODAY = day_number(LAST_DAY)
START = TODAY - HISTORY_DAYS
TRAINED_ON = TODAY - 91


@pytest.fixture(scope="module")
def shop() -> CustomerDays:
    return make_shop(3_000, mean_orders=8).days


@pytest.fixture(scope="module")
def model(shop: CustomerDays) -> ValueModel:
    plan = plan_training(START, TRAINED_ON)
    now = datetime(2026, 8, 22, tzinfo=UTC)
    return train(shop, plan, version="v1", created_at=now).model


def drift_of(model: ValueModel, days: CustomerDays, on: int = TODAY) -> Drift:
    return measure_drift(model, features(days, on, START, customers=seen_before(days, on)))


def changed(
    days: CustomerDays, keep: np.typing.NDArray[np.bool_], factor: np.typing.NDArray[np.int64]
) -> CustomerDays:
    """Keep some rows, and multiply their money."""
    counts = np.concatenate(([0], np.cumsum(keep)))[days.offsets]
    columns = {name: getattr(days, name)[keep] for name in COLUMNS}
    for name in ("net_booked", "sales_net"):
        columns[name] = columns[name] * factor[keep]
    return pack_days(counts, days.date[keep], **columns)


def dearer(days: CustomerDays) -> CustomerDays:
    """Every basket is three times as dear since the training."""
    factor = np.where(days.date >= TRAINED_ON, 3, 1)
    return changed(days, np.ones(len(days.date), dtype=bool), factor)


def rarer(days: CustomerDays) -> CustomerDays:
    """Two thirds of the orders since the training are not made."""
    keep = (days.date < TRAINED_ON) | (np.arange(len(days.date)) % 3 == 0)
    return changed(days, keep, np.ones(len(days.date), dtype=np.int64))


def test_index_equals_the_sum_worked_out_by_hand() -> None:
    # (.3-.5) ln(.3/.5) + (.2-.2) ln 1 + (.5-.3) ln(.5/.3) = .2 x .5108 x 2
    found = psi(np.array([0.5, 0.2, 0.3]), np.array([0.3, 0.2, 0.5]))
    assert found == pytest.approx(0.4 * np.log(5 / 3), abs=1e-12)


def test_a_bin_that_was_empty_counts_and_stays_finite() -> None:
    found = psi(np.array([1.0, 0.0]), np.array([0.9, 0.1]))
    assert found == pytest.approx(-0.1 * np.log(0.9) + 0.0999 * np.log(1000), abs=1e-12)


def test_noise_is_what_two_samples_of_one_shop_stay_below() -> None:
    rng = np.random.default_rng(5)
    bins = bins_of(rng.normal(size=400))
    noise = noise_of(len(bins.shares), 400, 400)
    drawn = [psi(np.array(bins.shares), bins.shares_of(rng.normal(size=400))) for _ in range(300)]
    assert np.mean(np.array(drawn) > noise) < 0.02
    assert noise < 2.5 * max(drawn)  # and is no blank cheque


def test_common_values_have_a_bin_of_their_own() -> None:
    bins = bins_of(np.array([0.0] * 70 + [1.0] * 20 + [5.0] * 10))
    assert bins.edges == (0.0, 1.0)
    assert bins.shares == pytest.approx((0.7, 0.2, 0.1))
    assert bins.outside(np.array([-1.0, 0.0, 5.0, 9.0])) == 0.5


def test_a_steady_shop_that_grows_is_steady(model: ValueModel, shop: CustomerDays) -> None:
    found = drift_of(model, shop, TRAINED_ON + 45)
    assert found.status is Status.STEADY
    grown = {shift.name: shift for shift in found.features}["tenure"]
    assert grown.psi > 0.25
    assert grown.status is Status.NOT_JUDGED


@pytest.mark.parametrize("change", [dearer, rarer])
def test_a_shop_whose_customers_change_alarms(
    model: ValueModel, shop: CustomerDays, change: Callable[[CustomerDays], CustomerDays]
) -> None:
    found = drift_of(model, change(shop))
    assert found.status is Status.ALARM
    assert found.psi_max is not None
    assert found.psi_max > 0.25


def test_a_dear_season_moves_the_level_and_not_the_score(
    model: ValueModel, shop: CustomerDays
) -> None:
    steady, dear = drift_of(model, shop), drift_of(model, dearer(shop))
    assert steady.level_ratio is not None
    assert dear.level_ratio is not None
    assert dear.level_ratio > 1.2 * steady.level_ratio
    assert dear.score is not None
    assert dear.score.name == SCORE
    assert dear.score.psi < 0.1


def regular_shop(days: int, seed: int = 4) -> CustomerDays:
    """Customers who have bought at a rate of their own ever since day 0, and go on."""
    rng = np.random.default_rng(seed)
    rates, sizes = rng.gamma(1.0, 0.02, 1_500) + 0.002, np.exp(rng.normal(8.0, 0.6, 1_500))
    when = [np.flatnonzero(rng.random(days) < rate) for rate in rates]
    counts = [len(each) for each in when]
    spent = np.repeat(sizes, counts) * np.exp(rng.normal(0, 0.3, sum(counts)))
    ones, net = np.ones(sum(counts), dtype=np.int64), spent.astype(np.int64)
    offsets = np.concatenate(([0], np.cumsum(counts)))
    return pack_days(
        offsets, np.concatenate(when), net_booked=net, sales_net=net, orders=ones, lines=ones
    )


def in_season(days: CustomerDays) -> CustomerDays:
    """Every 364 days, baskets are three times as dear for 28 days."""
    factor = np.where(days.date % 364 >= 336, 3, 1)
    return changed(days, np.ones(len(days.date), dtype=bool), factor)


def test_a_season_that_comes_back_is_watched_and_does_not_alarm() -> None:
    days, trained_on, now = in_season(regular_shop(728)), 637, 728
    made = datetime(2026, 8, 22, tzinfo=UTC)
    model = train(days, plan_training(0, trained_on), version="v1", created_at=made).model
    X, before = (features(days, on, 0, customers=seen_before(days, on)) for on in (now, now - 364))
    assert measure_drift(model, X).status is Status.ALARM
    assert measure_drift(model, X, before).status is Status.WATCH
    assert measure_drift(model, X, before[:0]).status is Status.ALARM


def test_with_too_few_buyers_nothing_is_said(model: ValueModel, shop: CustomerDays) -> None:
    X = features(shop, TODAY, START, customers=seen_before(shop, TODAY))
    few = X[recent(X)][: FEWEST - 1]
    for drift in (
        measure_drift(model, few),
        measure_drift(model, X[:0]),
        measure_drift(replace(model, reference=EMPTY), X),
    ):
        assert drift.status is Status.TOO_EARLY
        assert drift.psi_max is None


def test_reference_reads_back_to_the_bit(model: ValueModel) -> None:
    written = json.loads(json.dumps(model.reference.document()))
    assert read(written) == model.reference
    assert read({}) == EMPTY
    assert EMPTY.document() == {}
    assert set(model.reference.features) == {FEATURE_NAMES[column] for column in model.columns}


def test_without_a_recent_buyer_there_is_no_reference() -> None:
    X = np.full((3, len(FEATURES)), 1_000.0)
    assert reference_of(X, (0,), np.ones(3)) == EMPTY


BINS = {"edges": [1.0], "shares": [0.5, 0.5], "low": 0.0, "high": 2.0}
DOCUMENT: dict[str, Any] = {
    "rows": 10,
    "share_recent": 0.5,
    "level": 1.0,
    "score": BINS,
    "features": {"net": BINS},
}


@pytest.mark.parametrize(
    "change",
    [
        {"rows": 0},
        {"rows": True},
        {"rows": 1.5},
        {"share_recent": 1.5},
        {"level": 0},
        {"level": float("nan")},
        {"level": "1"},
        {"score": None},
        {"score": BINS | {"more": 1}},
        {"score": BINS | {"edges": []}},
        {"score": BINS | {"edges": [1.0] * 2, "shares": [0.5, 0.25, 0.25]}},
        {"score": BINS | {"edges": list(range(10)), "shares": [1.0] + [0.0] * 10}},
        {"score": BINS | {"shares": [0.5, 0.4]}},
        {"score": BINS | {"shares": [1.5, -0.5]}},
        {"score": BINS | {"shares": "ab"}},
        {"score": BINS | {"low": 3.0}},
        {"features": {"nothing": BINS}},
        {"features": []},
        {"extra": 1},
    ],
    ids=str,
)
def test_malformed_references_are_refused(change: dict[str, Any]) -> None:
    assert read(DOCUMENT).rows == 10
    with pytest.raises(ValueError, match=r"reference|bins"):
        read(DOCUMENT | change)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("net_28d", True),
        ("orders_91d", True),
        ("net_182d", False),
        ("recency", True),
        ("tenure", False),
        ("order_days", False),
        ("returns_share", True),
        ("recency_over_gap", False),
        ("net_decayed_14d", True),
        ("net_decayed_120d", False),
    ],
)
def test_totals_of_a_whole_life_are_not_judged(name: str, *, expected: bool) -> None:
    assert is_forgetting(FEATURES[FEATURE_NAMES.index(name)]) is expected
