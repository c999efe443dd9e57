"""Shares of answers, with an interval that holds also at the ends."""

import pytest

from services.feedback.domain.offers.response import Tally, shares_of, wilson


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    # Wilson score interval, computed by hand with z = 1.96
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
    ],
    ids=["none", "all", "half", "Newcombe 1998"],
)
def test_the_interval_is_wilsons(hits: int, trials: int, low: float, high: float) -> None:
    assert wilson(hits, trials) == pytest.approx((low, high), abs=5e-5)


def test_nobody_asked_has_no_rate() -> None:
    shares = shares_of([])
    assert (shares.total, shares.response_rate, shares.acceptance_interval) == (0, None, None)
    assert shares.acceptance_rate is None


def test_who_does_nothing_counts_among_the_asked() -> None:
    shares = shares_of(
        [
            Tally("high", None, "accepted", 2),
            Tally("low", None, "declined", 1),
            Tally(None, None, "ignored", 1),
        ]
    )
    assert (shares.total, shares.response_rate, shares.acceptance_rate) == (4, 0.75, 0.5)
