"""What the answers come to: rates by tier, and for each question distribution, mean and NPS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.feedback.domain.surveys.questions import NUMBERS, WORDS, Question

_PLACES: Final = 4
_PROMOTER, _PASSIVE = 9, 7


@dataclass(frozen=True, slots=True)
class Reach:
    """How far invitations got; each of them counts in `sent`, and in what it reached."""

    sent: int = 0
    opened: int = 0
    partly: int = 0
    answered: int = 0

    @property
    def response_rate(self) -> float | None:
        """Give answered by sent, to 4 places; none were sent: unknown."""
        return round(self.answered / self.sent, _PLACES) if self.sent else None

    def plus(self, other: Reach) -> Reach:
        """Add two counts."""
        return Reach(
            self.sent + other.sent,
            self.opened + other.opened,
            self.partly + other.partly,
            self.answered + other.answered,
        )


@dataclass(frozen=True, slots=True)
class TierReach:
    """Reach among those who held a tier when they were asked; no tier: strangers, or unknown."""

    is_tier_known: bool
    tier_held: Mapping[str, Any] | None
    reach: Reach


def by_tier(parts: Iterable[TierReach]) -> list[TierReach]:
    """Put together what belongs to one tier, named as it was last; the highest tiers first."""
    together: dict[tuple[bool, str, str], TierReach] = {}
    for part in parts:
        key = (part.is_tier_known, *_names(part.tier_held))
        before = together.pop(key, None)
        reach = part.reach if before is None else before.reach.plus(part.reach)
        together[key] = TierReach(part.is_tier_known, part.tier_held, reach)
    return sorted(together.values(), key=_place)


def _names(tier_held: Mapping[str, Any] | None) -> tuple[str, str]:
    return ("", "") if tier_held is None else (tier_held["programme"], tier_held["tier"]["key"])


def _place(part: TierReach) -> tuple[bool, bool, str, int, str]:
    """Order: tiers by programme from the top, then strangers, then what is not known."""
    held = part.tier_held
    programme, key = _names(held)
    rank = 0 if held is None else -held["tier"]["rank"]
    return not part.is_tier_known, held is None, programme, rank, key


def total_of(parts: Iterable[TierReach]) -> Reach:
    """Add up what was reached in every tier."""
    total = Reach()
    for part in parts:
        total = total.plus(part.reach)
    return total


@dataclass(frozen=True, slots=True)
class NetPromoters:
    """Shares of 9-10, 7-8 and 0-6, and their difference x 100 (Reichheld 2003)."""

    promoters: int
    passives: int
    detractors: int
    score: float


@dataclass(frozen=True, slots=True)
class Tally:
    """What a question was answered; `counts` by value: a number, an option, true or false."""

    question: Question
    answered: int
    counts: Mapping[int | str | bool, int]
    mean: float | None
    net_promoters: NetPromoters | None


@dataclass(frozen=True, slots=True)
class Counted:
    """How often a question got an answer; of several options each is one count."""

    answered: int
    counts: Mapping[int | str | bool, int]


NONE: Final = Counted(0, {})


def counted_from(
    values: Iterable[tuple[str, Any, int]], written: Iterable[tuple[str, int]]
) -> dict[str, Counted]:
    """Sum up by question what was counted by value; every answer has one value a question."""
    answered: dict[str, int] = dict(written)
    counts: dict[str, dict[int | str | bool, int]] = {key: {} for key in answered}
    for key, value, number in values:
        answered[key] = answered.get(key, 0) + number
        found = counts.setdefault(key, {})
        for each in value if isinstance(value, list) else [value]:
            found[each] = found.get(each, 0) + number
    return {key: Counted(number, counts[key]) for key, number in answered.items()}


def tally(question: Question, counted: Counted) -> Tally:
    """Sum up the answers to a question; every value it may have is listed, also those of nobody."""
    listed: dict[int | str | bool, int] = dict.fromkeys(_values(question), 0)
    listed |= {} if question.kind in WORDS else counted.counts
    numbers = {int(v): n for v, n in listed.items()} if question.kind in NUMBERS else {}
    return Tally(
        question=question,
        answered=counted.answered,
        counts=listed,
        mean=_mean(numbers),
        net_promoters=_net_promoters(numbers) if question.kind == "nps" else None,
    )


def _values(question: Question) -> Iterable[int | str | bool]:
    if question.kind in NUMBERS:
        return range(question.lowest, question.highest + 1)
    if question.kind == "yes_no":
        return (True, False)
    return question.options


def _mean(counts: Mapping[int, int]) -> float | None:
    total = sum(counts.values())
    return round(sum(v * n for v, n in counts.items()) / total, _PLACES) if total else None


def _net_promoters(counts: Mapping[int, int]) -> NetPromoters | None:
    total = sum(counts.values())
    if not total:
        return None
    promoters = sum(n for value, n in counts.items() if value >= _PROMOTER)
    detractors = sum(n for value, n in counts.items() if value < _PASSIVE)
    score = round(100 * (promoters - detractors) / total, 1)
    return NetPromoters(promoters, total - promoters - detractors, detractors, score)
