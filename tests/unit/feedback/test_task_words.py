from typing import Any

import pytest

from services.feedback.domain.care.outcomes import Tally
from services.feedback.usecases.care.presets import fitted, packaged_presets
from services.feedback.usecases.care.task_reading import MOST_NAME, name_in


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({}, None),
        ({"name": "李娜"}, "李娜"),
        ({"name": "  "}, None),
        ({"name": 7, "first_name": "Ann"}, "Ann"),
        ({"demography": {"name": "Li"}}, "Li"),
        ({"demography": "x"}, None),
        ({"name": "x" * 500}, "x" * MOST_NAME),
    ],
)
def test_a_name_is_found_where_profiles_tell_it(
    attributes: dict[str, Any], name: str | None
) -> None:
    assert name_in(attributes) == name


def test_rates_are_of_those_who_were_tried_and_of_those_who_were_reached() -> None:
    tally = Tally()
    for outcome, tasks in (("accepted", 2), ("declined", 1), ("reached", 1), ("not_reached", 4)):
        tally.add("done", outcome, tasks, 300 * tasks)
    tally.add("done", "skipped", 10, 0)
    tally.add("open", None, 5, 1500)
    assert (tally.reached_rate, tally.response_rate) == (0.5, 0.5)
    assert (tally.tasks, tally.cost, tally.open_cost) == (23, 2400, 1500)


def test_where_nobody_tried_there_are_no_rates() -> None:
    tally = Tally()
    tally.add("done", "skipped", 3, 0)
    assert (tally.reached_rate, tally.response_rate) == (None, None)


def test_presets_count_in_the_money_of_the_shop() -> None:
    money = {"a": [{"amount": "1.00", "currency": "CNY"}], "b": {"currency": "CNY"}}
    assert fitted(money, "EUR") == {
        "a": [{"amount": "1.00", "currency": "EUR"}],
        "b": {"currency": "CNY"},
    }
    assert fitted(money, None) == money


def test_every_preset_is_a_draft() -> None:
    assert {preset["state"] for preset in packaged_presets().values()} == {"draft"}
