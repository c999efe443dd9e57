from collections.abc import Mapping
from datetime import date

import pytest

from services.feedback.domain.kpis.definitions import BY_KEY, DEFINITIONS
from services.feedback.domain.kpis.figures import Daily, figure_of, median_of


def days_of(
    key: str, *fractions: tuple[int, int], histogram: Mapping[int, int] | None = None
) -> list[Daily]:
    return [
        Daily(date(2026, 11, n), key, "all", top, bottom, histogram)
        for n, (top, bottom) in enumerate(fractions, 1)
    ]


@pytest.mark.parametrize(
    ("key", "fractions", "value"),
    [
        ("csat", [(1, 2), (7, 8)], 0.8),
        ("nps", [(-1, 4), (2, 4)], 12.5),
        ("ces", [(10, 2), (7, 1)], 17 / 3),
        ("aov", [(1000, 2), (3000, 2)], 10.0),
        ("net_spend", [(1000, 0), (-250, 0)], 7.5),
        ("new_customers", [(3, 0), (4, 0)], 7.0),
        ("repeat_rate", [(1, 2), (1, 4)], 0.25),
        ("spend_growth", [(1, 1), (150, 100)], 0.5),
        ("return_per_customer", [(0, 1), (-500, 2)], -2.5),
    ],
)
def test_a_flow_adds_its_days_up_and_a_level_is_its_last_day(
    key: str, fractions: list[tuple[int, int]], value: float
) -> None:
    figure = figure_of(BY_KEY[key], days_of(key, *fractions))
    assert figure is not None
    assert figure.value == pytest.approx(value)


def test_money_follows_the_decimals_of_its_currency() -> None:
    figure = figure_of(BY_KEY["aov"], days_of("aov", (1000, 2)), 0)
    assert figure is not None
    assert figure.value == 500


def test_a_level_names_the_day_it_is_of() -> None:
    figure = figure_of(BY_KEY["churn_rate"], days_of("churn_rate", (1, 2), (1, 4)))
    assert figure is not None
    assert figure.day == date(2026, 11, 2)


def test_no_days_have_no_figure() -> None:
    assert figure_of(BY_KEY["csat"], []) is None


def test_nothing_to_divide_by_has_no_value() -> None:
    figure = figure_of(BY_KEY["csat"], days_of("csat", (0, 0)))
    assert figure is not None
    assert figure.value is None


def test_a_median_is_of_all_values_of_all_days() -> None:
    kpi = BY_KEY["first_response_time"]
    days = [
        Daily(date(2026, 11, 1), kpi.key, "all", 12, 3, {1: 2, 10: 1}),
        Daily(date(2026, 11, 2), kpi.key, "all", 40, 1, {40: 1}),
    ]
    figure = figure_of(kpi, days)
    assert figure is not None
    assert figure.value == 5.5


@pytest.mark.parametrize(
    ("counts", "middle"),
    [({}, None), ({7: 1}, 7), ({1: 1, 2: 1}, 1.5), ({1: 3, 100: 2}, 1), ({5: 1, 1: 1, 3: 1}, 3)],
)
def test_the_median_of_counts(counts: dict[int, int], middle: float | None) -> None:
    assert median_of(counts) == middle


def test_keys_are_unique_and_words_are_there_in_both_languages() -> None:
    assert len(BY_KEY) == len(DEFINITIONS)
    assert all(set(kpi.name) == set(kpi.words) == {"en", "zh"} for kpi in DEFINITIONS)
