"""A delivery is tried eight times within 28 hours, an endpoint borne with for five days."""

from datetime import UTC, datetime, timedelta

import pytest

from services.scoring.domain.webhooks.retries import (
    WAITS_S,
    Attempt,
    Disabled,
    Status,
    outcome_of,
    reason_to_disable,
)

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
FAILED = Attempt(AT, 12, 500, None)
DONE = Attempt(AT, 12, 204, None)


@pytest.mark.parametrize(
    ("status", "error", "is_success"),
    [
        (200, None, True),
        (204, None, True),
        (302, None, False),
        (410, None, False),
        (500, None, False),
        (None, "timeout", False),
        (200, "timeout", False),
    ],
)
def test_only_an_answer_of_2xx_counts(
    status: int | None, error: str | None, is_success: bool
) -> None:
    assert Attempt(AT, 1, status, error).is_success is is_success


def test_waits_are_those_that_are_promised() -> None:
    waits = [(outcome_of(FAILED, tried, 0.0).due_at - AT).total_seconds() for tried in range(1, 8)]
    assert waits == [5, 300, 1800, 7200, 18_000, 36_000, 36_000]
    assert outcome_of(FAILED, 8, 0.0).status is Status.GIVEN_UP


@pytest.mark.parametrize("tried", range(1, len(WAITS_S) + 1))
def test_jitter_only_delays_and_a_tenth_at_most(tried: int) -> None:
    late = outcome_of(FAILED, tried, 1.0).due_at - outcome_of(FAILED, tried, 0.0).due_at
    assert late == timedelta(seconds=WAITS_S[tried - 1] * 0.1)


def test_success_ends_it_at_any_attempt() -> None:
    assert {outcome_of(DONE, tried, 0.5).status for tried in range(1, 9)} == {Status.DELIVERED}


@pytest.mark.parametrize(
    ("attempt", "failing_for", "reason"),
    [
        (FAILED, None, None),
        (FAILED, timedelta(days=4, hours=23), None),
        (FAILED, timedelta(days=5), Disabled.FAILING),
        (DONE, timedelta(days=9), None),
        (Attempt(AT, 1, 410, None), None, Disabled.GONE),
    ],
)
def test_endpoint_is_disabled_after_five_days_or_when_it_says_it_is_gone(
    attempt: Attempt, failing_for: timedelta | None, reason: Disabled | None
) -> None:
    since = None if failing_for is None else AT - failing_for
    assert reason_to_disable(attempt, since) is reason
