"""Whom to care for: win-back list, frequency drops, festivals."""

from datetime import date
from typing import Literal

from shared.contracts.common import LocalText, Money
from shared.wire import ReplyModel

WinBackReasonCode = Literal[
    "worth",
    "quiet",
    "never_asked",
    "responded",
    "never_responded",
    "may_be_written_to",
    "consent_unknown",
]


class WinBackReason(ReplyModel):
    """Why somebody is ranked as they are."""

    code: WinBackReasonCode
    text: LocalText


class WinBackFactors(ReplyModel):
    """What recoverability is the product of, each from 0 to 1."""

    silence: float
    response: float
    consent: float


class WinBackItem(ReplyModel):
    """Somebody to win back; ranked by `expected_gain` = `value` x `recoverability`.

    `value`: a year of theirs at their own rhythm, at most all they ever spent.
    `season_free_score` is the model's, 1 being the mean of the base; it counts the silence already.
    """

    customer_id: str | None
    lifecycle: str
    tier: str | None
    last_order: date
    quiet_days: int
    usual_gap_days: float
    value: Money
    recoverability: float
    factors: WinBackFactors
    expected_gain: Money
    season_free_score: float | None
    reasons: list[WinBackReason]


class WinBackPage(ReplyModel):
    """A page of whom to win back; tiers are those of `programme`."""

    programme: str | None
    items: list[WinBackItem]
    next_cursor: str | None = None


class FrequencyDrop(ReplyModel):
    """Somebody who comes less often than they used to, with the figures that show it.

    `silent`: at risk by their own usual gap. `slower`: fewer order days in the last 90 than chance
    explains once in a hundred. `usual_gap_days` is null where their stage of life does not tell it.
    """

    customer_id: str | None
    signs: list[Literal["silent", "slower"]]
    lifecycle: str
    last_order: date
    quiet_days: int
    usual_gap_days: float | None
    order_days_90: int
    expected_order_days_90: float
    spend_365_days: Money
    text: LocalText


class FestivalItem(ReplyModel):
    """A festival, and when it comes next."""

    key: str
    name: LocalText
    calendar: Literal["gregorian", "lunar"]
    next_on: date | None
