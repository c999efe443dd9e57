"""What somebody who opens a link may still do."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from services.feedback.domain.surveys.records import LIVE, Asked


class Standing(StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    EXPIRED = "expired"
    ERASED = "erased"


def standing_of(asked: Asked, now: datetime) -> Standing:
    """Tell where an invitation stands; who has answered is told so also when all is over."""
    invitation = asked.invitation
    if not asked.is_known:
        return Standing.ERASED
    if invitation.answered_at is not None:
        return Standing.ANSWERED
    if asked.state != LIVE:
        return Standing.CLOSED
    if invitation.expires_at <= now or not invitation.is_open:
        return Standing.EXPIRED
    return Standing.OPEN


def noted(now: datetime, *, is_anonymous: bool) -> datetime:
    """Give the instant to note: of an anonymous survey its day, so that no answer is found by it.

    The day is cut in UTC: it says when, for nobody's calendar.
    """
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if is_anonymous else now
