"""BG/NBD and Gamma-Gamma: published numbers, planted parameters, and shops they cannot fit."""

import numpy as np
import pytest
from scipy.special import hyp2f1

from services.scoring.domain.days import CustomerDays, pack_days
from services.scoring.model.baselines.baselines import buy_till_you_die
from services.scoring.model.baselines.bgnbd import Buying, BuyingModel, fit_buying
from services.scoring.model.baselines.gamma_gamma import SpendModel, fit_spend
from services.scoring.model.errors import BaselineUnavailable
from tests.model_shop import START, shop_days

# Fader, Hardie, Lee (2005), table 2 and "Implementing the BG/NBD Model in Excel": CDNOW, weeks.
PUBLISHED = BuyingModel(r=0.243, alpha=4.414, a=0.793, b=2.426)
# Fader and Hardie (2013), "The Gamma-Gamma Model of Monetary Value": CDNOW, dollars.
PUBLISHED_SPEND = SpendModel(p=6.25, q=3.74, gamma=15.44)
CUSTOMERS = 20_000


def buying(repeats: list[float], last: list[float], age: list[float]) -> Buying:
    return Buying(*(np.array(values, dtype=np.float64) for values in (repeats, last, age)))


def simulate(truth: BuyingModel, *, seed: int = 1) -> Buying:
    """Let customers buy and leave by the model's own story, seen for 20 to 60 weeks."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(truth.r, 1 / truth.alpha, CUSTOMERS)
    leaving, age = rng.beta(truth.a, truth.b, CUSTOMERS), rng.uniform(20, 60, CUSTOMERS)
    repeats, last, now = (np.zeros(CUSTOMERS) for _ in range(3))
    stays = np.ones(CUSTOMERS, dtype=bool)
    while stays.any():
        now = now + rng.exponential(1 / rate)
        stays &= now < age
        repeats[stays] += 1
        last[stays] = now[stays]
        stays &= rng.random(CUSTOMERS) >= leaving
    return Buying(repeats, last, age)


def test_published_customer_is_expected_to_buy_as_published() -> None:
    found = PUBLISHED.expected(buying([2], [30.43], [38.86]), 39)
    assert found[0] == pytest.approx(1.226, abs=5e-4)


@pytest.mark.parametrize(("days", "mean", "published"), [(2, 22.35, 24.66), (1, 11.77, 18.91)])
def test_published_customer_is_expected_to_spend_as_published(
    days: float, mean: float, published: float
) -> None:
    found = PUBLISHED_SPEND.expected(np.array([days]), np.array([mean]))
    assert found[0] == pytest.approx(published, abs=0.02)


def test_who_is_not_known_is_expected_to_spend_the_mean() -> None:
    found = PUBLISHED_SPEND.expected(np.zeros(1), np.zeros(1))
    assert found[0] == pytest.approx(6.25 * 15.44 / 2.74)


def test_fit_finds_the_parameters_a_shop_was_made_with() -> None:
    truth = BuyingModel(r=0.6, alpha=6.0, a=0.8, b=2.5)
    found = fit_buying(simulate(truth))
    assert (found.r, found.alpha) == pytest.approx((truth.r, truth.alpha), rel=0.08)
    assert found.a / (found.a + found.b) == pytest.approx(0.8 / 3.3, rel=0.08)


def test_expected_number_is_what_the_simulated_customers_then_buy() -> None:
    truth = BuyingModel(r=0.6, alpha=6.0, a=0.8, b=2.5)
    seen = simulate(truth)
    earlier = Buying(*(np.zeros(CUSTOMERS) for _ in range(3)))
    # at the first purchase nothing is known: 40 weeks later each has his own repeats
    assert truth.expected(earlier, 40)[0] == pytest.approx(
        seen.repeats[np.abs(seen.age - 40) < 2].mean(), rel=0.05
    )


def test_fit_finds_the_amounts_a_shop_was_made_with() -> None:
    rng = np.random.default_rng(2)
    p, q, gamma = 4.0, 3.5, 3000.0
    days = rng.integers(1, 12, CUSTOMERS).astype(np.float64)
    mean = rng.gamma(p * days, 1 / (rng.gamma(q, 1 / gamma, CUSTOMERS) * days))
    found = fit_spend(days, mean)
    assert (found.p, found.q, found.gamma) == pytest.approx((p, q, gamma), rel=0.1)


def test_fit_of_amounts_does_not_depend_on_the_currency() -> None:
    rng = np.random.default_rng(3)
    days, mean = rng.integers(1, 5, 500).astype(np.float64), rng.gamma(3.0, 900.0, 500)
    one, many = fit_spend(days, mean), fit_spend(days, 1000 * mean)
    assert (one.p, one.q, 1000 * one.gamma) == pytest.approx((many.p, many.q, many.gamma))


def test_hundreds_of_purchases_stay_finite() -> None:
    seen = buying([0, 1, 300, 5000], [0, 10, 99, 100], [100] * 4)
    found = PUBLISHED.expected(seen, 13)
    assert np.isfinite(found).all()
    assert (np.diff(found[1:]) > 0).all()


def test_expectation_is_that_of_the_closed_form() -> None:
    x, last, age, weeks = 4.0, 20.0, 31.0, 26.0
    r, alpha, a, b = 0.5, 6.0, 0.8, 2.5
    z = weeks / (alpha + age + weeks)
    series = hyp2f1(r + x, b + x, a + b + x - 1, z)
    top = (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (r + x) * series)
    odds = a / (b + x - 1) * ((alpha + age) / (alpha + last)) ** (r + x)
    found = BuyingModel(r, alpha, a, b).expected(buying([x], [last], [age]), weeks)
    assert found[0] == pytest.approx(top / (1 + odds), rel=1e-4)


def test_expectation_has_no_gap_where_the_closed_form_has_none() -> None:
    seen = buying([3], [20], [30])
    below, at, above = (
        BuyingModel(0.5, 5, a, 2.5).expected(seen, 13)[0] for a in (0.999, 1.0, 1.001)
    )
    assert below > at > above
    assert at == pytest.approx((below + above) / 2, rel=1e-5)


def test_score_ranks_a_shop_and_grows_with_the_horizon() -> None:
    days, everyone = shop_days(), np.arange(400)
    near = buy_till_you_die(days, START + 200, 30, everyone)
    far = buy_till_you_die(days, START + 200, 90, everyone)
    bought = near > 0
    assert (far[bought] > near[bought]).all()
    assert np.corrcoef(near, far)[0, 1] > 0.99


def test_nothing_on_or_after_the_cutoff_counts() -> None:
    days, everyone = shop_days(), np.arange(400)
    keeps = days.date < START + 150
    rows = np.concatenate(([0], np.cumsum(keeps)))
    cut = pack_days(
        rows[days.offsets],
        days.date[keeps],
        net_booked=days.net_booked[keeps],
        sales_net=days.sales_net[keeps],
        orders=days.orders[keeps],
    )
    full = buy_till_you_die(days, START + 150, 60, everyone)
    assert full.tobytes() == buy_till_you_die(cut, START + 150, 60, everyone).tobytes()


def shop_of(dates: list[list[int]], amounts: list[list[int]]) -> CustomerDays:
    counts = [len(each) for each in dates]
    net = np.array([amount for each in amounts for amount in each], dtype=np.int64)
    return pack_days(
        np.concatenate(([0], np.cumsum(counts))),
        np.array([day for each in dates for day in each]),
        net_booked=net,
        sales_net=np.maximum(net, 0),
        orders=np.ones(len(net), dtype=np.int64),
    )


@pytest.mark.parametrize(
    ("shop", "reason"),
    [
        (shop_of([[day] for day in range(60)], [[100 + day] for day in range(60)]), "two days"),
        (shop_of([[day, day + 9] for day in range(60)], [[500, 500]] * 60), "the same"),
        (shop_of([[day, day + 9] for day in range(60)], [[-500, 0]] * 60), "the same"),
        (shop_of([[day, day + 9] for day in range(12)], [[500, 700]] * 12), "fewer than 30"),
        (shop_of([[day, day + 9] for day in range(200, 260)], [[5, 7]] * 60), "fewer than 30"),
        (shop_of([], []), "fewer than 30"),
    ],
)
def test_odd_shop_is_refused_with_the_reason(shop: CustomerDays, reason: str) -> None:
    with pytest.raises(BaselineUnavailable, match=reason):
        buy_till_you_die(shop, 100, 30, np.arange(len(shop)))


@pytest.mark.parametrize(
    "shop",
    [
        # nobody ever leaves; everybody buys on one rhythm; one whale; a single day twice
        shop_of(
            [list(range(day, 99, 3)) for day in range(60)],
            [[100 + day] * len(range(day, 99, 3)) for day in range(60)],
        ),
        shop_of([[day, 99] for day in range(60)], [[100, 100 + day] for day in range(60)]),
        shop_of(
            [[day, day + 9] for day in range(60)],
            [[100, 300]] * 59 + [[10**9, 10**9]],
        ),
        shop_of([[98, 99]] * 60, [[100 + day, 300] for day in range(60)]),
    ],
)
def test_degenerate_shop_gets_finite_scores(shop: CustomerDays) -> None:
    found = buy_till_you_die(shop, 100, 30, np.arange(len(shop)))
    assert np.isfinite(found).all()
    assert (found >= 0).all()
