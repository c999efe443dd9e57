"""Cuts divide the base at the programme's shares."""

import math

import pytest

from services.scoring.domain.tiers.cuts import Cuts, cuts_of, read_cuts, share_cut, thresholds
from services.scoring.domain.tiers.programme import VALUE_DOCUMENT, value_programme

PROGRAMME = value_programme("value", 1, VALUE_DOCUMENT)


@pytest.mark.parametrize(
    ("scores", "share", "cut"),
    [
        pytest.param([1, 2, 3, 4, 5], 0.2, 5, id="the top one of five"),
        pytest.param([1, 2, 3, 4, 5], 0.5, 4, id="half of five rounds to two"),
        pytest.param([1, 1, 1, 1, 9], 0.4, 9, id="a tie of four is nearer out than in"),
        pytest.param([1, 2, 2, 2, 9], 0.6, 2, id="a tie of three is nearer in than out"),
        pytest.param([7, 7, 7], 0.3, 7, id="when all are equal, all are in"),
        pytest.param([1, 2, 3], 1.0, -math.inf, id="everybody"),
        pytest.param([1.0], 0.2, math.inf, id="a fifth of one is nobody"),
        pytest.param([], 0.2, math.inf, id="no base"),
    ],
)
def test_share_cut(scores: list[float], share: float, cut: float) -> None:
    assert share_cut(scores, share) == cut


def test_top_fifth_of_a_base_is_entered_and_top_quarter_kept() -> None:
    cuts = cuts_of([float(score) for score in range(100)], PROGRAMME)
    assert [sum(cuts.entered(score) == rank for score in range(100)) for rank in (2, 1, 0)] == [
        20,
        30,
        50,
    ]
    assert cuts.leave == (-math.inf, 45.0, 75.0)


@pytest.mark.parametrize(("score", "kept"), [(74.0, 1), (45.0, 1), (44.9, 0)])
def test_fall_lands_on_the_highest_lower_tier_that_still_keeps(score: float, kept: int) -> None:
    cuts = Cuts(enter=(-math.inf, 50.0, 80.0), leave=(-math.inf, 45.0, 75.0))
    assert cuts.kept(score, below=2) == kept


@pytest.mark.parametrize("scores", [[0.1 + 0.2, 1 / 3, 2.0, 5.0, 7.7], [1.0], []])
def test_stored_cuts_read_back_to_the_bit(scores: list[float]) -> None:
    cuts = cuts_of(scores, PROGRAMME)
    assert read_cuts(thresholds(cuts, PROGRAMME, len(scores)), PROGRAMME) == cuts
