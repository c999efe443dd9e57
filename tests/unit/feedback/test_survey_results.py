"""What answers come to."""

from collections.abc import Mapping

import pytest

from services.feedback.domain.surveys.results import (
    NONE,
    Counted,
    NetPromoters,
    Reach,
    TierReach,
    by_tier,
    counted_from,
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


def test_a_tier_that_was_renamed_is_one_tier_named_as_it_was_last() -> None:
    def held(programme: str, key: str, rank: int, version: int = 1) -> dict[str, object]:
        tier = {"key": key, "rank": rank}
        return {"programme": programme, "programme_version": version, "tier": tier}

    parts = [
        TierReach(False, None, Reach(1)),
        TierReach(True, held("value", "low", 0), Reach(1)),
        TierReach(True, None, Reach(1)),
        TierReach(True, held("value", "high", 1), Reach(2, 1)),
        TierReach(True, held("value", "high", 2, version=2), Reach(3, 1, 0, 1)),
    ]
    found = [(part.tier_held, part.reach.sent) for part in by_tier(parts)]
    assert found == [
        (held("value", "high", 2, version=2), 5),
        (held("value", "low", 0), 1),
        (None, 1),
        (None, 1),
    ]
    assert [part.is_tier_known for part in by_tier(parts)] == [True, True, True, False]


def test_lists_of_options_are_taken_apart_and_every_answer_counts_once() -> None:
    values = [("many", ["dark", "light"], 2), ("many", ["dark"], 3), ("yes", True, 4)]
    assert counted_from(values, [("why", 5)]) == {
        "many": Counted(5, {"dark": 5, "light": 2}),
        "yes": Counted(4, {True: 4}),
        "why": Counted(5, {}),
    }


def test_reach_adds_up_over_tiers() -> None:
    parts = [
        TierReach(True, {"tier": {"key": "high"}}, Reach(4, 3, 1, 1)),
        TierReach(False, None, Reach(2, 0, 0, 0)),
    ]
    assert total_of(parts) == Reach(6, 3, 1, 1)
    assert total_of(parts).response_rate == 0.1667
    assert Reach().response_rate is None
