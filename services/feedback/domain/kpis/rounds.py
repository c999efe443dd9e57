"""Which dates a round rolls up: those that are new, recent, or no longer what they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from services.feedback.domain.kpis.periods import Period

#: Rolled up again every night, whatever their prints say: tiers told late, costs, cases.
REPAIRED_DAYS: Final = 35
#: A date further back than this is a clock gone wrong.
MOST_DAYS: Final = 3660


def dates_changed(then: Mapping[date, int], now: Mapping[date, int], yesterday: date) -> list[date]:
    """List the dates up to yesterday whose facts are no longer those they were rolled up from."""
    earliest = yesterday - timedelta(days=MOST_DAYS)
    return [
        day
        for day in {*then, *now}
        if earliest <= day <= yesterday and then.get(day, 0) != now.get(day, 0)
    ]


def dates_to_roll_up(
    then: Mapping[date, int], now: Mapping[date, int], yesterday: date, *, is_all: bool = False
) -> Period:
    """Give the dates from the first that has to be rolled up to yesterday.

    `then` and `now`: prints of the facts by date, when it was rolled up and as they are. A change
    of a date moves what looks back on it: all later dates go with it.
    """
    earliest = yesterday - timedelta(days=MOST_DAYS)
    recent = yesterday - timedelta(days=REPAIRED_DAYS - 1)
    begin = min([recent, *(day for day in (*then, *now) if day >= earliest)])
    if is_all or not then:
        return Period(begin, yesterday)
    unseen = max(then) + timedelta(days=1)
    return Period(min(recent, unseen, *dates_changed(then, now, yesterday)), yesterday)
