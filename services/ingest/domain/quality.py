"""How good what a source sends is: shares, percentiles, and a grade by a published rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

#: Below this many items a source is not judged.
ENOUGH: Final = 20
GRADES: Final = "ABCD"
#: Least share for A, B, C; anything below is D.
VALIDITY: Final = (0.99, 0.97, 0.90)
IDENTITY: Final = (0.80, 0.60, 0.40)
DETAIL: Final = (0.95, 0.75, 0.50)
CLOCK: Final = (0.99, 0.97, 0.90)
#: Most hours that 90 of 100 events may be late for A, B, C.
LATE_H: Final = (24.0, 72.0, 168.0)
#: A source is silent after three times its usual longest gap, at least an hour.
SILENT_GAPS: Final = 3
LEAST_SILENCE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of a source's items in the window; exact."""

    received: int = 0
    accepted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Observed:
    """What a source's newest events show. Purchases are sales and returns; lateness in seconds."""

    events: int = 0
    purchases: int = 0
    anonymous: int = 0
    with_store: int = 0
    time_suspect: int = 0
    lines: int = 0
    with_category: int = 0
    with_cost: int = 0
    returns: int = 0
    lateness_s: tuple[float, float, float] | None = None
    last_event_at: datetime | None = None
    usual_gap_s: float | None = None
    findings: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grades:
    """A grade a dimension; None where there is too little to judge. The worst is the grade."""

    validity: str | None
    identity: str | None
    detail: str | None
    time: str | None

    @property
    def overall(self) -> str | None:
        """Return the worst of the grades there are."""
        given = (self.validity, self.identity, self.detail, self.time)
        return max((grade for grade in given if grade is not None), default=None)


def share(part: int, whole: int) -> float | None:
    """Return a part as a share of the whole, to four decimals; None of nothing."""
    return round(part / whole, 4) if whole else None


def grades_of(counted: Counted, observed: Observed, *, is_history: bool) -> Grades:
    """Return the grades of a source; lateness of history (an import) is not judged."""
    has_enough = observed.purchases >= ENOUGH
    return Grades(
        validity=_validity(counted),
        identity=_graded(1 - observed.anonymous / observed.purchases, IDENTITY)
        if has_enough
        else None,
        detail=_graded(_detail(observed), DETAIL) if has_enough and observed.lines else None,
        time=_time(observed, is_history=is_history) if observed.events >= ENOUGH else None,
    )


def _validity(counted: Counted) -> str | None:
    if counted.received < ENOUGH:
        return None
    good = counted.received - counted.rejected - counted.conflicts
    return _graded(good / counted.received, VALIDITY)


def _detail(observed: Observed) -> float:
    return (observed.with_category + observed.with_cost) / (2 * observed.lines)


def _time(observed: Observed, *, is_history: bool) -> str:
    clock = _graded(1 - observed.time_suspect / observed.events, CLOCK)
    if is_history or observed.lateness_s is None:
        return clock
    late_h = observed.lateness_s[1] / 3600
    return max(clock, _graded(-late_h, tuple(-limit for limit in LATE_H)))


def _graded(value: float, least: tuple[float, ...]) -> str:
    """Return A if the value reaches the first limit, B the second, C the third, else D."""
    return next((g for g, limit in zip(GRADES, least, strict=False) if value >= limit), "D")


def is_silent(last_at: datetime | None, usual_gap_s: float | None, now: datetime) -> bool:
    """Tell whether a source has said nothing for much longer than it usually does."""
    if last_at is None or usual_gap_s is None:
        return False
    return now - last_at > max(SILENT_GAPS * timedelta(seconds=usual_gap_s), LEAST_SILENCE)
