"""Who would fall is measured in the ranks of the new document."""

from datetime import UTC, datetime

from services.scoring.domain.programmes.rehearsed import (
    Move,
    Rehearsal,
    Seen,
    ranks_held,
    rehearsed,
)
from tests.unit.scoring.test_programme_presets import PRESETS

VALUE, PG = PRESETS["value"], PRESETS["pg"]


def test_a_tier_stands_for_its_key_and_one_that_went_for_the_next_below() -> None:
    without_mid = VALUE | {"tiers": [VALUE["tiers"][0], VALUE["tiers"][2]]}
    assert ranks_held(VALUE, VALUE) == {"low": 0, "mid": 1, "high": 2}
    assert ranks_held(VALUE, without_mid) == {"low": 0, "mid": 0, "high": 1}
    assert ranks_held(None, VALUE) == {}


def test_a_rise_is_no_loss_and_a_fall_is() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    asked = Rehearsal("value", 2, VALUE, 1, VALUE, 1, now, "CNY")
    moves = [Move("high", "mid", 3), Move("low", "high", 4), Move("mid", "mid", 3)]
    told = rehearsed(asked, Seen(moves, [], 7, None))
    assert told["losing"] == {"customers": 3, "share": 0.3, "largest": []}
    assert [each["customers"] for each in told["tiers"]] == [0, 6, 4]
    assert told["top_tier"] == {"tier": "high", "share_of_customers": 0.4, "share_by_model": None}
    assert told["as_of"] == "2026-11-21T00:00:00Z"
