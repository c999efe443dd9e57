"""BG/NBD on CDNOW: the published parameters, and its known place among the plain scores.

The published parameters come from a tenth of the customers whose drawing is not documented, so
the ten tenths by position are asked instead, each as large as the published sample (2,357).
"""

from datetime import date

import pytest

from services.scoring.domain.days import day_number
from services.scoring.domain.features import FEATURE_NAMES, features
from services.scoring.model.baselines.baselines import buy_till_you_die
from services.scoring.model.baselines.bgnbd import Buying, BuyingModel, fit_buying, log_likelihood
from services.scoring.model.curves import FloatArray
from services.scoring.model.evaluation import measure
from services.scoring.model.files.transactions import Transactions, read_transactions
from services.scoring.model.learning.samples import seen_before, spend_between
from tests.paths import require_shared

PUBLISHED = BuyingModel(r=0.243, alpha=4.414, a=0.793, b=2.426)
# 99 % of a chi-square with one degree of freedom a parameter
LIKELIHOOD_RATIO = 13.3
CUTOFF = day_number(date(1997, 10, 1))


@pytest.fixture(scope="module")
def cdnow() -> Transactions:
    return read_transactions(require_shared("data/cdnow/transactions.parquet"))


@pytest.fixture(scope="module")
def history(cdnow: Transactions) -> Buying:
    X = features(cdnow.days, CUTOFF, 0)

    def column(name: str) -> FloatArray:
        return X[:, FEATURE_NAMES.index(name)]

    return Buying(column("order_days") - 1, column("span") / 7, column("tenure") / 7)


@pytest.mark.parametrize("tenth", range(10))
def test_published_parameters_fit_a_tenth_of_the_base(history: Buying, tenth: int) -> None:
    seen = Buying(*(each[tenth::10] for each in (history.repeats, history.last, history.age)))
    assert len(seen.age) == 2357
    own = log_likelihood(fit_buying(seen), seen)
    assert 0 <= 2 * (own - log_likelihood(PUBLISHED, seen)) < LIKELIHOOD_RATIO


def test_parameters_of_the_whole_base(history: Buying) -> None:
    """Another implementation (lifetimes 0.11.3) finds .2507, 4.765, .7460, 2.216 there."""
    found = fit_buying(history)
    assert (found.r, found.alpha) == pytest.approx((0.2507, 4.765), rel=2e-3)
    assert (found.a, found.b) == pytest.approx((0.7460, 2.216), rel=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shop", "window", "known"),
    [
        ("cdnow", (date(1997, 10, 1), date(1998, 7, 1)), (0.709, 0.551, 0.688)),
        ("online_retail", (date(2011, 9, 10), date(2011, 12, 10)), (0.782, 0.591, 0.670)),
    ],
)
def test_baseline_is_as_accurate_as_known(
    shop: str, window: tuple[date, date], known: tuple[float, float, float]
) -> None:
    days = read_transactions(require_shared(f"data/{shop}/transactions.parquet")).days
    start, stop = map(day_number, window)
    seen = seen_before(days, start)
    found = measure(
        buy_till_you_die(days, start, stop - start, seen), spend_between(days, start, stop, seen)
    )
    assert (found.gini, found.hit20, found.cap20) == pytest.approx(known, abs=0.006)
