"""When a delivery is tried again, when it is given up, when its endpoint is left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

_MINUTE, _HOUR = 60, 3600
#: Seconds after the first, second ... failure; one more failure and it is given up (27.6 h).
WAITS_S: Final = (5, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 10 * _HOUR)
#: Up to so much longer, so that what failed together does not come back together.
MOST_JITTER: Final = 0.1
PATIENCE: Final = timedelta(days=5)
_GONE: Final = 410


class Status(StrEnum):
    """How a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Disabled(StrEnum):
    """Why nothing more is sent to an endpoint."""

    BY_YOU = "by_you"
    FAILING = "failing_for_5_days"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of sending once; without a status nothing answered, and `error` says why."""

    at: datetime
    ms: int
    status: int | None
    error: str | None

    @property
    def is_success(self) -> bool:
        """Tell whether the receiver took it: any 2xx; a redirect is a failure."""
        return self.error is None and self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt makes of a delivery."""

    status: Status
    due_at: datetime


def outcome_of(attempt: Attempt, attempts: int, jitter: float) -> Outcome:
    """Say how a delivery stands after its `attempts`-th attempt; `jitter` lies in 0..1."""
    if attempt.is_success:
        return Outcome(Status.DELIVERED, attempt.at)
    if attempts > len(WAITS_S):
        return Outcome(Status.GIVEN_UP, attempt.at)
    wait = WAITS_S[attempts - 1] * (1 + MOST_JITTER * jitter)
    return Outcome(Status.PENDING, attempt.at + timedelta(seconds=wait))


def reason_to_disable(attempt: Attempt, failing_since: datetime | None) -> Disabled | None:
    """Say why an endpoint is disabled after an attempt, if it is.

    `failing_since` is its first failure after the last success.
    """
    if attempt.is_success:
        return None
    if attempt.status == _GONE:
        return Disabled.GONE
    if failing_since is not None and attempt.at - failing_since >= PATIENCE:
        return Disabled.FAILING
    return None
