"""The value model reaches its goals on real shops, with the shipped defaults."""

import importlib.util
from datetime import date
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from services.scoring.model.backtests.backtest import Backtest, run_backtest
from services.scoring.model.backtests.confusion import Tier
from services.scoring.model.files.transactions import Transactions, read_transactions
from services.scoring.model.learning.samples import spend_between
from tests.paths import require_shared

WINDOWS = {
    "cdnow": (date(1997, 10, 1), date(1998, 7, 1)),
    "online_retail": (date(2011, 9, 10), date(2011, 12, 10)),
}
GOALS = {
    "cdnow": {"gini": 0.722, "hit20": 0.549, "cap20": 0.688, "spearman": 0.449, "auc": 0.762},
    "online_retail": {
        "gini": 0.775,
        "hit20": 0.590,
        "cap20": 0.668,
        "spearman": 0.515,
        "auc": 0.738,
    },
}
BIAS = {"cdnow": (0.85, 1.15), "online_retail": (0.65, 1.35)}
SHOPS = tuple(WINDOWS)

Run = tuple[str, Transactions, Backtest]


@pytest.fixture(scope="module", params=SHOPS)
def run(request: pytest.FixtureRequest) -> Run:
    shop = str(request.param)
    transactions = read_transactions(require_shared(f"data/{shop}/transactions.parquet"))
    return shop, transactions, run_backtest(transactions, *WINDOWS[shop])


@pytest.fixture(scope="module")
def judge() -> ModuleType:
    spec = importlib.util.spec_from_file_location("judge", require_shared("tools/evaluate.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_accuracy_reaches_the_goals_by_the_neutral_judge(run: Run, judge: ModuleType) -> None:
    shop, _, found = run
    frame = pd.read_parquet(require_shared(f"data/{shop}/transactions.parquet"))
    spend = judge.holdout_target(frame, *map(pd.Timestamp, WINDOWS[shop]))
    predicted = pd.DataFrame(
        {"value": found.scores.value / 100, "p": found.scores.p_buy}, index=found.customer_ids
    ).reindex(spend.index)
    seen = judge.evaluate(predicted["value"], spend.to_numpy(), predicted["p"])
    missed = {name: seen[name] for name, goal in GOALS[shop].items() if seen[name] < goal}
    assert not missed
    assert BIAS[shop][0] < seen["bias"] < BIAS[shop][1]
    ours = found.contenders[0].accuracy
    assert (ours.gini, ours.hit20, ours.auc) == pytest.approx(
        (seen["gini"], seen["hit20"], seen["auc"]), abs=1e-6
    )


@pytest.mark.slow
def test_model_is_not_below_any_plain_score(run: Run) -> None:
    leads = [each.lead for each in run[2].contenders if each.lead is not None]
    assert len(leads) == 4
    assert not any(lead.is_worse for lead in leads)


@pytest.mark.slow
def test_net_booked_equals_an_independent_sum_to_the_cent(run: Run) -> None:
    shop, transactions, _ = run
    frame = pd.read_parquet(require_shared(f"data/{shop}/transactions.parquet"))
    cents = (frame.amount * 100).round().astype("int64").groupby(frame.customer_id).sum()
    everyone = np.arange(len(transactions.days))
    ours = spend_between(transactions.days, -(10**6), 10**6, everyone)
    assert cents.reindex(transactions.customer_ids).tolist() == ours.tolist()


@pytest.mark.slow
def test_high_tier_holds_a_fifth_of_customers_and_most_of_the_spend(run: Run) -> None:
    found = run[2]
    is_high = np.array([tier is Tier.HIGH for tier in found.tiers])
    spend = np.maximum(found.spend, 0)
    assert 0.18 <= is_high.mean() <= 0.22
    assert spend[is_high].sum() / spend.sum() >= 0.667


QUARTER = ("cdnow", date(1997, 10, 1), date(1997, 12, 31))
# Shorter than what the goals ask for: a model is then trained for four weeks.
FOUR_WEEKS = (
    ("cdnow", date(1997, 10, 1), date(1997, 10, 29)),
    ("cdnow", date(1998, 3, 1), date(1998, 3, 29)),
    ("online_retail", date(2011, 6, 10), date(2011, 7, 8)),
    ("online_retail", date(2011, 11, 1), date(2011, 11, 29)),
)


def backtest_of(shop: str, cutoff: date, until: date) -> Backtest:
    transactions = read_transactions(require_shared(f"data/{shop}/transactions.parquet"))
    return run_backtest(transactions, cutoff, until)


@pytest.mark.slow
def test_chances_and_intervals_hold_at_the_training_horizon() -> None:
    """MODEL.md: the range holds 75 to 85 %, chances are off by .03; the range in every tenth."""
    found = backtest_of(*QUARTER)
    assert found.trained.model.manifest.horizon_days == 91
    assert found.chance_error <= 0.03
    assert 0.75 <= found.interval_coverage <= 0.85
    assert all(0.70 <= tenth.coverage <= 0.90 for tenth in found.deciles)


@pytest.mark.slow
def test_short_history_is_said_with_the_shifted_level(run: Run) -> None:
    shop, _, found = run
    said = " ".join(found.warnings)
    assert "The horizon is 91 days because" in said
    assert "off by season" in said
    assert ("the chance to buy was off by 0.1" in said) is (shop == "online_retail")


@pytest.mark.slow
@pytest.mark.parametrize("window", FOUR_WEEKS, ids=lambda each: f"{each[0]} {each[1]}")
def test_four_weeks_are_trained_for_and_below_no_plain_score(
    window: tuple[str, date, date],
) -> None:
    found = backtest_of(*window)
    assert found.trained.model.manifest.horizon_days == 28
    leads = [each.lead for each in found.contenders if each.lead is not None]
    assert not any(lead.is_worse for lead in leads)
    assert found.contenders[0].accuracy.gini > found.contenders[1].accuracy.gini
    assert 0.75 <= found.interval_coverage <= 0.85
