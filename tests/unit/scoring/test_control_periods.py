"""Grants may have begun, but not before any calendar; pins begin now or later."""

from datetime import UTC, datetime

import pytest

from services.scoring.domain.controls import BadPeriod, NewControl, Sort, period

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OLD = datetime(2001, 5, 1, tzinfo=UTC)
FIRST = datetime(1, 1, 1, tzinfo=UTC)


def asked(sort: Sort, start: datetime) -> NewControl:
    return NewControl(sort, "floor", "club", "gold", "why", starts_at=start, ends_at=None)


def test_a_grant_may_have_begun() -> None:
    assert period(asked("grant", OLD), NOW) == (OLD, None)


@pytest.mark.parametrize(("sort", "start"), [("pin", OLD), ("pin", FIRST), ("grant", FIRST)])
def test_what_begins_too_early_is_refused_with_its_member(sort: Sort, start: datetime) -> None:
    with pytest.raises(BadPeriod) as refused:
        period(asked(sort, start), NOW)
    assert refused.value.member == "starts_at"
