"""Which indices hold on real shops: loyalty does; a first amount already tells a new customer."""

from datetime import date

import pytest

from services.scoring.domain.days import day_number
from services.scoring.model.files.transactions import read_transactions
from services.scoring.model.learning.plan import plan_training
from services.scoring.model.outcomes.index_fit import fit_indices
from services.scoring.model.outcomes.indices import Indices
from tests.paths import require_shared

TODAY = {"cdnow": date(1998, 7, 1), "online_retail": date(2011, 12, 10)}

Found = tuple[str, Indices]


@pytest.fixture(scope="module", params=TODAY)
def found(request: pytest.FixtureRequest) -> Found:
    shop = str(request.param)
    days = read_transactions(require_shared(f"data/{shop}/transactions.parquet")).days
    plan = plan_training(int(days.date.min()), day_number(TODAY[shop]))
    return shop, fit_indices(days, plan)


@pytest.mark.slow
def test_growth_and_loyalty_are_shown_and_a_new_customers_class_is_not(found: Found) -> None:
    shown = [item.outcome.key for item in found[1].items if item.gauge is not None]
    assert shown == ["growth", "loyalty"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "least"),
    [
        ("growth", {"cdnow": 0.26, "online_retail": 0.27}),
        ("loyalty", {"cdnow": 0.89, "online_retail": 0.79}),
    ],
)
def test_shown_index_is_as_good_as_measured(
    found: Found, key: str, least: dict[str, float]
) -> None:
    shop, indices = found
    proof = next(item.proof for item in indices.items if item.outcome.key == key)
    assert proof is not None
    assert proof.value > least[shop]
    assert proof.lead_low > 0
    assert proof.low < proof.value < proof.high


@pytest.mark.slow
def test_shop_without_referrals_says_so(found: Found) -> None:
    reasons = {item.outcome.key: item.reason for item in found[1].items}
    assert reasons["influence"] == "not_recorded"
