"""A value programme: classes by rank of the season-free score, read from its document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

DEFAULT_FALL_AFTER_DAYS: Final = 2
MAX_TIERS: Final = 16

#: The default programme; seeded once, then versions of it are the operator's.
VALUE_KEY: Final = "value"
VALUE_DOCUMENT: Final[Mapping[str, Any]] = {
    "kind": "value",
    "name": {"en": "Customer value", "zh": "客户价值"},
    "fall_after_days": DEFAULT_FALL_AFTER_DAYS,
    "tiers": [
        {
            "key": "high",
            "name": {"en": "High value", "zh": "高价值"},
            "enter_share": 0.20,
            "leave_share": 0.25,
        },
        {
            "key": "mid",
            "name": {"en": "Mid value", "zh": "中等价值"},
            "enter_share": 0.50,
            "leave_share": 0.55,
        },
        {"key": "low", "name": {"en": "Standard", "zh": "普通"}},
    ],
}


class BadProgramme(ValueError):
    """A programme document breaks a rule; the text says which and where."""


@dataclass(frozen=True, slots=True)
class ValueTier:
    """One class: entered among the first `enter_share` of customers, left beyond `leave_share`."""

    key: str
    rank: int
    name: Mapping[str, str]
    enter_share: float
    leave_share: float


@dataclass(frozen=True, slots=True)
class ValueProgramme:
    """A published version; `tiers` by rank, 0 first."""

    key: str
    version: int
    tiers: tuple[ValueTier, ...]
    fall_after_days: int

    @property
    def entry(self) -> ValueTier:
        """Give the tier everybody has."""
        return self.tiers[0]

    @property
    def ranks(self) -> Mapping[str, int]:
        """Give the rank of each tier by its key."""
        return {tier.key: tier.rank for tier in self.tiers}


def value_programme(key: str, version: int, document: Mapping[str, Any]) -> ValueProgramme:
    """Read a value programme's document, classes from the top down; raises BadProgramme."""
    listed = check_ladder(document.get("tiers"))
    tiers = tuple(_tier(listed, place) for place in reversed(range(len(listed))))
    _check_order(tiers)
    return ValueProgramme(key, version, tiers, fall_after_days(document))


def check_ladder(listed: object) -> Sequence[Mapping[str, Any]]:
    """Check that there are 2 to 16 tiers; raises BadProgramme."""
    if not isinstance(listed, Sequence) or not 2 <= len(listed) <= MAX_TIERS:
        raise BadProgramme(f"/tiers: list 2 to {MAX_TIERS} tiers, the highest first")
    return listed


def fall_after_days(document: Mapping[str, Any]) -> int:
    """Read after how many dates below a class is left; raises BadProgramme."""
    days = document.get("fall_after_days", DEFAULT_FALL_AFTER_DAYS)
    if type(days) is not int or not 1 <= days <= 366:
        raise BadProgramme("/fall_after_days: give 1 to 366 days")
    return days


def _tier(listed: Sequence[Mapping[str, Any]], place: int) -> ValueTier:
    tier, rank = listed[place], len(listed) - 1 - place
    enter, leave = tier.get("enter_share"), tier.get("leave_share")
    if rank == 0:
        if enter is not None or leave is not None:
            raise BadProgramme(f"/tiers/{place}: the last tier is everybody's and has no shares")
        enter = leave = 1.0
    if not isinstance(enter, (int, float)) or not isinstance(leave, (int, float)):
        raise BadProgramme(f"/tiers/{place}: give enter_share and leave_share as numbers")
    if not 0 < enter <= leave <= 1:
        raise BadProgramme(f"/tiers/{place}: 0 < enter_share <= leave_share <= 1")
    return ValueTier(str(tier["key"]), rank, dict(tier["name"]), float(enter), float(leave))


def check_keys(tiers: Sequence[ValueTier]) -> None:
    """Check that every tier has a key of its own; raises BadProgramme."""
    if len({tier.key for tier in tiers}) != len(tiers):
        raise BadProgramme("/tiers: every tier needs a key of its own")


def _check_order(tiers: Sequence[ValueTier]) -> None:
    check_keys(tiers)
    for lower, higher in pairwise(tiers):
        if not (higher.enter_share < lower.enter_share and higher.leave_share <= lower.leave_share):
            raise BadProgramme("/tiers: the shares of a higher tier must be smaller")
