"""The curve of the value: right for a handful of customers as for a million."""

from collections.abc import Sequence
from math import ceil

import pytest

from services.scoring.domain.overview.concentration import Held, Whole, concentration_of


def whole_of(amounts: Sequence[float]) -> Whole:
    """Sum amounts, the greatest first, by hundredths as the query does."""
    parts: dict[int, Held] = {}
    for rank, amount in enumerate(amounts, start=1):
        part = ceil(rank * 100 / len(amounts))
        held = parts.get(part, Held(str(part), 0, 0.0))
        parts[part] = Held(
            str(part), held.customers + 1, held.amount + amount, held.weighted + amount * rank
        )
    return Whole(tuple(parts.values()), ())


@pytest.mark.parametrize(
    ("amounts", "tops"),
    [
        pytest.param([60.0, 30.0, 10.0], [0.018, 0.09, 0.36], id="three"),
        pytest.param([5.0] * 4, [0.01, 0.05, 0.2], id="all alike"),
        pytest.param([7.0], [0.01, 0.05, 0.2], id="one"),
        pytest.param([100.0] + [0.0] * 19, [0.2, 1.0, 1.0], id="one holds all"),
        pytest.param([2.0] * 50 + [1.0] * 100, [0.015, 0.075, 0.3], id="more than a hundred"),
    ],
)
def test_the_best_hold_their_share_in_a_base_of_any_size(
    amounts: list[float], tops: list[float]
) -> None:
    found = concentration_of(whole_of(amounts))
    assert [top["share"] for top in found["top"]] == pytest.approx(tops, abs=1e-6)


@pytest.mark.parametrize("customers", [1, 2, 3, 99, 100, 101, 1000])
def test_a_curve_goes_from_nothing_to_all_and_never_falls(customers: int) -> None:
    curve = concentration_of(whole_of([1.0 / n for n in range(1, customers + 1)]))["curve"]
    assert (len(curve), curve[0], curve[-1]) == (101, 0.0, 1.0)
    assert curve == sorted(curve)


def test_where_nobody_holds_anything_there_is_no_curve() -> None:
    found = concentration_of(whole_of([0.0, 0.0]))
    assert (found["curve"], found["gini"], found["top"][0]["share"]) == ([], None, None)
