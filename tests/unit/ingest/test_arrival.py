from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.domain.arrival import ItemRefused, effective_instant
from tests.unit.ingest.readings import NOW

TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("ahead", "is_suspect"),
    [
        (timedelta(), False),
        (timedelta(days=-9000), False),
        (timedelta(minutes=5), False),
        (timedelta(minutes=5) + TICK, True),
        (timedelta(hours=48), True),
    ],
    ids=str,
)
def test_a_clock_that_is_ahead_counts_at_reception(ahead: timedelta, is_suspect: bool) -> None:
    claimed = NOW + ahead
    expected = NOW if is_suspect else claimed
    assert effective_instant(claimed, NOW) == (expected, is_suspect)


@pytest.mark.parametrize(
    "claimed", [NOW + timedelta(hours=48) + TICK, datetime(1990, 1, 1, tzinfo=UTC) - TICK], ids=str
)
def test_an_instant_nobody_can_mean_is_refused(claimed: datetime) -> None:
    with pytest.raises(ItemRefused) as refused:
        effective_instant(claimed, NOW)
    assert refused.value.code == "time_out_of_range"


def test_1990_is_welcome() -> None:
    first = datetime(1990, 1, 1, tzinfo=UTC)
    assert effective_instant(first, NOW) == (first, False)
