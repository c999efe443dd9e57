"""Whom to win back first: what they brought times how likely they still can be reached.

value          = what they spent in a year of their own rhythm, at most all they ever spent
recoverability = silence x response x consent, each in 0..1:
    silence  = 0.5 ^ ((quiet days / own rhythm - 1.5) / 3), 1 up to 1.5 rhythms
    response = (accepted + 1) / (asked + 2): Laplace's rule, 0.5 for who was never asked
    consent  = 1 with consent to marketing, 0.5 where they never said; who withdrew is not listed

Scoring's prediction is shown beside it and not multiplied in: it counts the silence already.
queries/care/win_back.py writes the same in SQL; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

AT_RISK_RHYTHMS: Final = 1.5
HALVING_RHYTHMS: Final = 3.0
NEVER_SAID: Final = 0.5
YEAR_DAYS: Final = 365.0


@dataclass(frozen=True, slots=True)
class Lost:
    """What is known of somebody at risk or gone; money in minor units of the base currency."""

    quiet_days: int
    rhythm_days: float
    order_days: int
    spend: int
    asked: int
    accepted: int
    has_consent: bool | None


@dataclass(frozen=True, slots=True)
class Chance:
    """Value, recoverability, and its three factors."""

    value: float
    silence: float
    response: float
    consent: float

    @property
    def recoverability(self) -> float:
        """Multiply the factors."""
        return self.silence * self.response * self.consent

    @property
    def gain(self) -> float:
        """Give what they are ranked by, in minor units."""
        return self.value * self.recoverability


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is ranked as they are, for the staff."""

    code: str
    words: Mapping[str, str]


def chance_of(lost: Lost) -> Chance:
    """Judge somebody who is at risk or gone."""
    beyond = max(lost.quiet_days / lost.rhythm_days - AT_RISK_RHYTHMS, 0.0)
    yearly = lost.spend / max(lost.order_days, 1) * YEAR_DAYS / lost.rhythm_days
    return Chance(
        value=max(min(yearly, float(lost.spend)), 0.0),
        silence=0.5 ** (beyond / HALVING_RHYTHMS),
        response=(lost.accepted + 1) / (lost.asked + 2),
        consent=NEVER_SAID if lost.has_consent is None else float(lost.has_consent),
    )


def reasons_of(lost: Lost, money: Callable[[int], str]) -> list[Reason]:
    """Say in both languages what made value and recoverability; `money` writes minor units."""
    return [_worth(lost, money), _silence(lost), _response(lost), _consent(lost)]


def _worth(lost: Lost, money: Callable[[int], str]) -> Reason:
    value, spend = money(round(chance_of(lost).value)), money(lost.spend)
    words = {
        "en": f"Worth about {value} a year; spent {spend} on {lost.order_days} days so far.",
        "zh": f"一年约值{value}；至今在{lost.order_days}天下单，共消费{spend}。",
    }
    return Reason("worth", words)


def _silence(lost: Lost) -> Reason:
    usual, times = round(lost.rhythm_days), lost.quiet_days / lost.rhythm_days
    words = {
        "en": f"No order for {lost.quiet_days} days, {times:.1f} times the usual gap"
        f" of {usual} days.",
        "zh": f"已有{lost.quiet_days}天未下单，是平常间隔{usual}天的{times:.1f}倍。",
    }
    return Reason("quiet", words)


def _response(lost: Lost) -> Reason:
    if not lost.asked:
        words = {
            "en": "No answer to an offer in the last two years.",
            "zh": "近两年没有对优惠的答复记录。",
        }
        return Reason("never_asked", words)
    words = {
        "en": f"Took {lost.accepted} of {lost.asked} offers in the last two years.",
        "zh": f"近两年{lost.asked}次优惠中接受了{lost.accepted}次。",
    }
    return Reason("responded" if lost.accepted else "never_responded", words)


def _consent(lost: Lost) -> Reason:
    if lost.has_consent:
        return Reason(
            "may_be_written_to", {"en": "Agreed to marketing.", "zh": "已同意接收营销信息。"}
        )
    words = {
        "en": "Never said whether marketing is welcome.",
        "zh": "尚未表明是否愿意接收营销信息。",
    }
    return Reason("consent_unknown", words)
