"""Indices: what is planted is shown, noise is not, and what cannot be tested says why."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from services.scoring.domain.days import CustomerDays, pack_days
from services.scoring.model.learning.plan import TrainingPlan, plan_training
from services.scoring.model.outcomes.index_fit import fit_index, fit_indices
from services.scoring.model.outcomes.indices import Index, Indices
from services.scoring.model.outcomes.outcomes import OUTCOMES, Cut, Key
from tests.index_cuts import column, make_cut, make_cuts, outcome, with_referrals
from tests.model_shop import START, shop_days

ALWAYS = np.ones(1500, dtype=np.int64)
KEYS = [each.key for each in OUTCOMES]


def fitted(key: Key, cuts: list[Cut], holdout: Cut) -> Index:
    return fit_index(outcome(key), cuts, holdout, [holdout, *cuts])


@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize("key", KEYS)
def test_index_learnt_from_noise_is_not_shown(key: Key, seed: int) -> None:
    found = fitted(key, make_cuts(seed), make_cut(900 + seed))
    assert (found.gauge, found.reason) == (None, "no_better_than_rule")
    assert found.proof is not None
    assert not (found.proof.beats_rule and found.proof.beats_chance)


def test_planted_effect_is_shown_and_ranks_as_planted() -> None:
    cuts = [with_referrals(cut, by="social_decayed_45d") for cut in make_cuts()]
    holdout = with_referrals(make_cut(99), by="social_decayed_45d", seed=4)
    found = fitted("influence", cuts, holdout)
    assert found.gauge is not None
    assert found.proof is not None
    assert found.proof.value > 0.65
    chance = found.gauge.values(holdout.X)
    social = holdout.X[:, column("social_decayed_45d")]
    often = chance[social > np.median(social)].mean()
    seldom = chance[social < np.median(social)].mean()
    assert often > 1.8 * seldom
    assert chance.mean() == pytest.approx(0.25, abs=0.03)


def test_effect_that_is_the_plain_rule_itself_is_not_shown() -> None:
    cuts = [with_referrals(cut, by="net") for cut in make_cuts()]
    found = fitted("influence", cuts, with_referrals(make_cut(99), by="net", seed=4))
    assert found.proof is not None
    assert (found.proof.rule, found.reason) == ("past_spend", "no_better_than_rule")
    assert found.proof.value > 0.6


def test_effect_that_ends_before_the_holdout_is_not_shown() -> None:
    """Judged on what it had not seen: with labels shuffled there, nothing is left."""
    cuts = [with_referrals(cut, by="social_decayed_45d") for cut in make_cuts()]
    holdout = with_referrals(make_cut(99), by="social_decayed_45d")
    shuffled = np.random.default_rng(5).permutation(holdout.referrals)
    found = fitted("influence", cuts, replace(holdout, referrals=shuffled))
    assert found.proof is not None
    assert found.proof.value == pytest.approx(0.5, abs=0.04)
    assert found.reason == "no_better_than_rule"


def test_growth_is_money_that_fits_what_followed() -> None:
    def grow(cut: Cut, seed: int) -> Cut:
        rate = cut.X[:, column("orders_91d")] / 3
        drawn = np.random.default_rng(seed).gamma(2.0, 4000.0, len(rate)) * rate
        return replace(cut, past_spend=np.zeros(len(rate)), spend=drawn)

    cuts, holdout = [grow(cut, 5) for cut in make_cuts()], grow(make_cut(99), 6)
    found = fitted("growth", cuts, holdout)
    assert found.gauge is not None
    assert found.gauge.scale is not None
    predicted = found.gauge.values(holdout.X)
    assert predicted.sum() == pytest.approx(holdout.spend.sum(), rel=0.05)
    assert found.gauge.high >= found.gauge.mid >= 0


@pytest.mark.parametrize(
    ("key", "change", "reason"),
    [
        ("influence", lambda cut: replace(cut, referrals=0 * cut.referrals), "not_recorded"),
        ("influence", lambda cut: replace(cut, referrals=np.eye(1, 1500)[0]), "too_few"),
        ("loyalty", lambda cut: replace(cut, early_days=ALWAYS, late_days=ALWAYS), "too_few"),
        ("growth", lambda cut: replace(cut, has_past=False), "history_too_short"),
        ("new_again", lambda cut: replace(cut, X=0 * cut.X), "too_few"),
        ("loyalty", lambda cut: replace(cut, X=0 * cut.X), "too_few"),
    ],
)
def test_what_cannot_be_tested_says_why(
    key: Key, change: Callable[[Cut], Cut], reason: str
) -> None:
    cuts = [change(cut) for cut in make_cuts()]
    found = fitted(key, cuts[1:], cuts[0])
    assert (found.proof, found.gauge, found.reason) == (None, None, reason)


def test_new_customers_indices_are_learnt_from_one_purchase_only() -> None:
    holdout = make_cut(99)
    found = fitted("new_again", make_cuts(), holdout)
    assert found.proof is not None
    assert found.proof.customers == (holdout.X[:, column("order_days")] == 1).sum()


def test_class_of_a_new_customer_is_shown_where_more_than_the_amount_tells_it() -> None:
    def by_lines(cut: Cut, seed: int) -> Cut:
        rng = np.random.default_rng(seed)
        lines = rng.integers(1, 6, len(cut.spend))
        cut.X[:, column("lines_per_order_day")] = lines
        return replace(cut, spend=np.where(rng.random(len(lines)) < lines / 10, 9000.0, 100.0))

    cuts = [by_lines(cut, seed) for seed, cut in enumerate(make_cuts())]
    holdout = by_lines(make_cut(99), 9)
    found = fitted("new_high", cuts, holdout)
    assert found.gauge is not None
    few, many = (holdout.X[:, column("lines_per_order_day")] == lines for lines in (1, 5))
    chance = found.gauge.values(holdout.X)
    assert chance[many].mean() > 2 * chance[few].mean()


def test_high_value_is_measured_among_everybody_not_among_new_customers() -> None:
    cut = make_cut(7)
    happened = outcome("new_high").happened(cut)
    assert happened.sum() == 300
    assert cut.spend[happened > 0].min() > cut.spend[happened == 0].max()


def keys_shown(found: Indices) -> list[str]:
    return [item.outcome.key for item in found.items if item.gauge is not None]


@pytest.fixture(scope="module")
def shop() -> CustomerDays:
    return shop_days(1500)


def test_shop_with_lasting_rates_shows_growth_and_loyalty(shop: CustomerDays) -> None:
    found = fit_indices(shop, plan_training(START, START + 300))
    assert keys_shown(found) == ["growth", "loyalty"]


def test_nothing_on_or_after_today_is_looked_at(shop: CustomerDays) -> None:
    plan = plan_training(START, START + 250)
    keeps = shop.date < START + 250
    rows = np.concatenate(([0], np.cumsum(keeps)))
    names = ("net_booked", "sales_net", "orders", "lines", "returns", "returns_net")
    columns = {name: getattr(shop, name)[keeps] for name in names}
    past = pack_days(rows[shop.offsets], shop.date[keeps], **columns)
    assert fit_indices(shop, plan).document() == fit_indices(past, plan).document()


def test_short_history_is_tested_on_every_other_customer() -> None:
    plan = TrainingPlan(START, START + 90, horizon_days=60, cutoffs=(START + 30,))
    found = fit_indices(shop_days(3000, days=90), plan)
    proofs = [item.proof for item in found.items if item.proof is not None]
    assert proofs
    assert max(proof.customers for proof in proofs) <= 1500


@pytest.mark.parametrize("customers", [1, 49])
def test_tiny_shop_shows_nothing_and_says_why(customers: int) -> None:
    found = fit_indices(shop_days(customers), plan_training(START, START + 300))
    assert keys_shown(found) == []
    assert all(item.reason is not None for item in found.items)
