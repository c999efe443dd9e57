"""The season scales the level of money, never the order of customers."""

from datetime import date

import numpy as np
import pytest

from services.scoring.domain.days import CustomerDays, day_number, pack_days
from services.scoring.domain.features.season_free import month_of, season_free
from services.scoring.model.learning.plan import plan_training
from services.scoring.model.season import EMPTY, Season, fit_season, read

START = day_number(date(2023, 1, 1))
DECEMBER = 11


def steady_shop(
    days: int, *, growth: float = 0.0, december: int = 1, first_december: int = 1
) -> CustomerDays:
    """A hundred customers who order every tenth day, in turn; `growth` per day, compound."""
    customers = 100
    dates, amounts, counts = [], [], []
    for customer in range(customers):
        own = np.arange(customer % 10, days, 10)
        planted = np.where(own < 365, first_december * december, december)
        times = np.where(month_of(START + own) == DECEMBER, planted, 1)
        amounts.append(np.rint(1000 * np.exp(growth * own) * times))
        dates.append(START + own)
        counts.append(len(own))
    net = np.concatenate(amounts).astype(np.int64)
    return pack_days(
        np.concatenate(([0], np.cumsum(counts))),
        np.concatenate(dates),
        net_booked=net,
        sales_net=net,
        orders=np.ones_like(net),
    )


def season_of(days: CustomerDays, history: int) -> Season:
    return fit_season(days, plan_training(START, START + history))


def test_planted_december_is_found_and_scales_the_money() -> None:
    found = season_of(steady_shop(1100, december=3), 1100)
    others = [factor for month, factor in enumerate(found.factors) if month != DECEMBER]
    assert found.factors[DECEMBER] / np.mean(others) == pytest.approx(3, rel=0.05)
    ahead = day_number(date(2026, 12, 1))
    assert found.ratio(ahead, 31) / found.ratio(ahead - 31, 30) == pytest.approx(3, rel=0.05)


def test_what_is_due_before_a_dear_december_is_less_than_an_even_part() -> None:
    found = season_of(steady_shop(1100, december=3), 1100)
    start = day_number(date(2026, 11, 1))
    assert found.part_due(start, 30, 61) == pytest.approx(30 / (30 + 3 * 31), rel=0.05)
    assert found.part_due(start, 61, 61) == pytest.approx(1)
    assert EMPTY.part_due(start, 30, 61) == pytest.approx(30 / 61)


def test_growth_is_not_taken_for_a_season() -> None:
    found = season_of(steady_shop(1100, growth=0.002), 1100)
    assert found.factors == pytest.approx([1.0] * 12, abs=0.05)
    assert found.outstanding == ()


def test_only_the_month_that_stands_out_every_year_divides_the_money() -> None:
    always = season_of(steady_shop(1100, december=3, growth=0.002), 1100).outstanding
    assert always == pytest.approx([*[1.0] * 11, 3.0], rel=0.05)
    assert season_of(steady_shop(1100, first_december=3), 1100).outstanding == ()


def test_freed_days_have_the_same_visits_and_a_third_of_decembers_money() -> None:
    days = steady_shop(400, december=3)
    freed = season_free(days, (*[1.0] * 11, 3.0))
    assert set(freed.net_booked.tolist()) == {1000}
    assert freed.orders is days.orders
    assert season_free(days, ()) is days


def test_less_than_two_years_have_no_season() -> None:
    assert season_of(steady_shop(729, december=3), 729) == EMPTY
    assert EMPTY.ratio(START, 91) == 1.0


def test_nothing_from_today_on_is_seen() -> None:
    until_today, all_days = (steady_shop(days, december=3) for days in (760, 1100))
    assert season_of(all_days, 760) == season_of(until_today, 760) != EMPTY


def test_shop_without_spend_for_a_year_has_no_season() -> None:
    quiet = steady_shop(300)
    assert season_of(quiet, 900) == EMPTY


def test_season_comes_back_from_its_document() -> None:
    found = season_of(steady_shop(1100, december=3), 1100)
    assert read(found.document()) == found
    assert read(EMPTY.document()) == EMPTY


@pytest.mark.parametrize(
    "document",
    [
        {"factors": [1.0] * 12},
        {"factors": [1.0] * 11, "outstanding": [], "trained": 1.0},
        {"factors": [1.0] * 11 + [0.0], "outstanding": [], "trained": 1.0},
        {"factors": [1.0] * 12, "outstanding": [], "trained": float("nan")},
        {"factors": [1.0] * 12, "outstanding": [1.0], "trained": 1.0},
    ],
)
def test_a_malformed_season_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"season"):
        read(document)
