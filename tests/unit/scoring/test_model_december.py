"""A threefold December moves the money shown, and next to no tier."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pytest
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, day_number, take_customers
from services.scoring.domain.features import features
from services.scoring.domain.tiers.cuts import Cuts, cuts_of
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, value_programme
from services.scoring.model.learning.horizon import plan_for
from services.scoring.model.learning.training import train
from services.scoring.model.value_model import ValueModel
from tests.seasonal_shop import START, shop_with_december

PROGRAMME = value_programme("value", 1, VALUE_DOCUMENT)
RELEASED = date(2025, 11, 20)
DATES = (date(2025, 12, 1), date(2025, 12, 16), date(2026, 1, 1), date(2026, 2, 1))
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@dataclass(frozen=True)
class Shop:
    """Days, the model trained before December, and the cuts frozen with it."""

    days: CustomerDays
    model: ValueModel
    months: tuple[float, ...]
    cuts: Cuts

    def scores(self, on: date) -> NDArray[np.float64]:
        """Score who has ordered, divided by the base's level; NaN for the others."""
        return season_free_scores(self.days, self.model, self.months, on)

    def tiers(self, on: date) -> NDArray[np.int64]:
        """Rank everybody by the frozen cuts; -1 for who has not ordered yet."""
        scores = self.scores(on)
        return np.array(
            [-1 if np.isnan(score) else self.cuts.entered(score) for score in scores.tolist()]
        )


def season_free_scores(
    days: CustomerDays, model: ValueModel, months: tuple[float, ...], on: date
) -> NDArray[np.float64]:
    X = features(days, day_number(on), START, months=months)
    ordered = X[:, 2] > 0
    raw = model.raw_score(X)
    return np.where(ordered, raw / raw[ordered].mean(), np.nan)


def released(days: CustomerDays, *, knows_season: bool) -> Shop:
    plan = plan_for(days, START, day_number(RELEASED))
    model = train(days, plan, version="v", created_at=NOW).model
    months = model.months if knows_season else ()
    scores = season_free_scores(days, model, months, RELEASED)
    cuts = cuts_of(scores[~np.isnan(scores)].tolist(), PROGRAMME)
    return Shop(days, model, months, cuts)


def share_moved(plain: Shop, seasonal: Shop, on: date) -> float:
    before, after = plain.tiers(on), seasonal.tiers(on)
    known = before >= 0
    return float((before != after)[known].mean())


@pytest.fixture(scope="module")
def plain() -> Shop:
    return released(shop_with_december(1), knows_season=True)


@pytest.fixture(scope="module")
def seasonal() -> Shop:
    return released(shop_with_december(3), knows_season=True)


@pytest.mark.parametrize("on", DATES, ids=str)
def test_planted_december_moves_less_than_two_percent_of_tiers(
    plain: Shop, seasonal: Shop, on: date
) -> None:
    """Two shops with the same customers and orders; in one December's orders cost three times.

    Each has its own model, trained before this December, and its own frozen cuts. What differs
    between the tiers of the two on a date is what the season alone has moved.
    """
    assert share_moved(plain, seasonal, on) < 0.02


def test_the_season_would_move_more_if_it_were_not_known(plain: Shop, seasonal: Shop) -> None:
    blind = released(seasonal.days, knows_season=False)
    assert share_moved(plain, blind, date(2026, 1, 1)) > 0.02


def test_only_december_stands_out_and_the_money_of_december_is_three_times(seasonal: Shop) -> None:
    assert [round(part, 1) for part in seasonal.months[:11]] == [1.0] * 11
    assert seasonal.months[11] == pytest.approx(3, rel=0.15)
    X = features(seasonal.days, day_number(RELEASED), START, months=seasonal.months)
    november, december = (
        seasonal.model.score(X, horizon_days=30, start=day_number(first)).value.sum()
        for first in (date(2025, 11, 1), date(2025, 12, 1))
    )
    assert december / november == pytest.approx(3, rel=0.2)


def test_shop_without_a_season_is_read_as_it_is(plain: Shop) -> None:
    assert plain.model.season.factors
    assert plain.months == ()


def test_one_customer_is_read_as_among_all_with_the_season_taken_out(seasonal: Shop) -> None:
    on, some = day_number(DATES[2]), np.arange(0, 2_000, 97)
    all_of_them = features(seasonal.days, on, START, months=seasonal.months)[some]
    alone = [
        features(take_customers(seasonal.days, some[k : k + 1]), on, START, months=seasonal.months)
        for k in range(len(some))
    ]
    assert np.concatenate(alone).tobytes() == np.ascontiguousarray(all_of_them).tobytes()
