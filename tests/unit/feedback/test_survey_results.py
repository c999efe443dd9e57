"""What answers come to."""

from collections.abc import Mapping

import pytest

from services.feedback.domain.surveys.results import (
    NONE,
    Counted,
    NetPromoters,
    Reach,
    TierReach,
    tally,
    total_of,
)
from tests.unit.feedback.survey_documents import EVERY

QUESTIONS = {question.key: question for question in EVERY.questions}


def test_every_value_is_listed_also_that_of_nobody() -> None:
    found = tally(QUESTIONS["csat"], Counted(3, {5: 2, 1: 1}))
    assert found.counts == {1: 1, 2: 0, 3: 0, 4: 0, 5: 2}
    assert found.mean == 3.6667


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({9: 1, 10: 1, 7: 1, 6: 1}, NetPromoters(2, 1, 1, 25.0)),
        ({0: 3}, NetPromoters(0, 0, 3, -100.0)),
        ({8: 2}, NetPromoters(0, 2, 0, 0.0)),
    ],
)
def test_promoters_less_detractors(
    counts: Mapping[int | str | bool, int], expected: NetPromoters
) -> None:
    found = tally(QUESTIONS["nps"], Counted(sum(counts.values()), counts))
    assert found.net_promoters == expected


def test_nobody_has_no_mean_and_no_score() -> None:
    found = tally(QUESTIONS["nps"], NONE)
    assert (found.answered, found.mean, found.net_promoters) == (0, None, None)
    assert set(found.counts.values()) == {0}


def test_words_are_only_counted() -> None:
    assert tally(QUESTIONS["text"], Counted(4, {})).counts == {}


def test_options_and_yes_and_no_have_no_mean() -> None:
    assert tally(QUESTIONS["multi"], Counted(2, {"dark": 2})).counts == {"light": 0, "dark": 2}
    found = tally(QUESTIONS["yes_no"], Counted(2, {True: 2}))
    assert (found.counts, found.mean) == ({True: 2, False: 0}, None)


def test_reach_adds_up_over_tiers() -> None:
    parts = [
        TierReach(True, {"tier": {"key": "high"}}, Reach(4, 3, 1, 1)),
        TierReach(False, None, Reach(2, 0, 0, 0)),
    ]
    assert total_of(parts) == Reach(6, 3, 1, 1)
    assert total_of(parts).response_rate == 0.1667
    assert Reach().response_rate is None
