"""How a model agrees with what people decided about disputed tiers."""

from uuid import UUID

import numpy as np
import pytest

from services.scoring.domain.life.judgements import (
    Agreement,
    Judgement,
    agreement_of,
    judgements_of,
)
from services.scoring.model.disputed import ranks_among

ANN, BOB, CARL = (UUID(int=number) for number in (1, 2, 3))
LADDER = ("low", "mid", "high")


@pytest.mark.parametrize(
    ("told", "held", "judged", "expected"),
    [
        (2, 0, 2, Agreement(1, 1, 1, 0)),
        (1, 0, 2, Agreement(1, 0, 1, 0)),
        (0, 0, 2, Agreement(1, 0, 0, 0)),
        (0, 1, 2, Agreement(1, 0, 0, 1)),
        (1, 1, 1, Agreement(1, 1, 0, 0)),
        (2, 1, 1, Agreement(1, 0, 0, 1)),
        (2, None, 2, Agreement(1, 1, 0, 0)),
    ],
    ids=["all the way", "half way", "stays", "away", "upheld", "left alone", "held none"],
)
def test_a_tier_told_is_compared_with_the_one_judged_and_the_one_held(
    told: int, held: int | None, judged: int, expected: Agreement
) -> None:
    assert agreement_of([told], [Judgement(ANN, held, judged)]) == expected


def test_agreement_adds_up_over_customers() -> None:
    judgements = [Judgement(ANN, 0, 2), Judgement(BOB, 1, 1), Judgement(CARL, 2, 0)]
    assert agreement_of([2, 1, 2], judgements) == Agreement(3, 2, 1, 0)


def test_a_decision_for_a_tier_that_is_gone_is_left_out() -> None:
    rows = [(ANN, "mid", "platinum"), (BOB, "bronze", "high"), (CARL, None, "low")]
    assert judgements_of(rows, LADDER) == [Judgement(BOB, None, 2), Judgement(CARL, None, 0)]


def test_a_rank_is_how_many_shares_of_the_base_a_score_is_within() -> None:
    base = np.arange(1.0, 101.0)
    scores = np.array([100.0, 81.0, 80.0, 51.0, 50.0, 0.5])
    assert ranks_among(scores, base, [0.5, 0.2]) == [2, 2, 1, 1, 0, 0]
