from datetime import UTC, datetime, timedelta

import pytest

from services.feedback.domain.capture.said import is_believable

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("occurred_at", "expected"),
    [
        (NOW, True),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (datetime(1989, 12, 31, 23, 59, 59, tzinfo=UTC), False),
        (NOW + timedelta(hours=48), True),
        (NOW + timedelta(hours=48, seconds=1), False),
    ],
)
def test_an_instant_is_believed_from_1990_to_two_days_ahead(
    occurred_at: datetime, *, expected: bool
) -> None:
    assert is_believable(occurred_at, NOW) is expected
