"""Why a status tier, its end or its hold changed: the codes every answer and history uses."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What the last change came from; names never change."""

    ENTERED = "entered"
    QUALIFIED = "qualified"
    REFRESHED = "refreshed"
    REVIEW_KEPT = "review_kept"
    REVIEW_LOWERED = "review_lowered"
    GRACE = "grace"
    PINNED = "pinned"
    PIN_ENDED = "pin_ended"
    GRANTED = "granted"
    GRANT_ENDED = "grant_ended"
    CLAWBACK = "clawback"
    WINDOW = "window"
    VERSION = "version"
