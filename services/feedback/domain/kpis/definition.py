"""What a KPI is: its words, its unit, and how its days make a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final


class Unit(StrEnum):
    """What a value counts in."""

    SHARE = "share"
    MONEY = "money"
    MINUTES = "minutes"
    SCORE = "score"
    COUNT = "count"


class Better(StrEnum):
    """Which way is good; no target makes sense where neither is."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Kind(StrEnum):
    """How the days of a period make its value."""

    #: numerators and denominators of its days are added up
    FLOW = "flow"
    #: the last day of it that was rolled up: what is counted in customers cannot be added up
    LEVEL = "level"


class By(StrEnum):
    """What a KPI can be cut by."""

    TIER = "tier"
    PROGRAMME = "programme"
    CHANNEL = "channel"
    MOVE = "move"


ALL: Final = "all"
#: How slices of a kind are named.
FORMS: Final[Mapping[str, str]] = {
    By.TIER: "tier:<programme>:<tier>",
    By.PROGRAMME: "programme:<programme>",
    By.CHANNEL: "channel:<channel>",
    By.MOVE: "move:<programme>:<from>:<to>",
}
Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A KPI, defined once: value = factor x (numerator / denominator - less)."""

    key: str
    name: Text
    words: Text
    unit: Unit
    better: Better
    kind: Kind
    numerator: str
    denominator: str | None
    cuts: tuple[By, ...] = ()
    #: days that the value of a date looks back upon; None for the date itself
    window_days: int | None = None
    factor: float = 1.0
    less: float = 0.0
    #: of minutes: the middle one of all, not their mean
    is_median: bool = False
    #: it adds up to a period's whole, so what is expected by now is a part of its target
    is_total: bool = False
    #: why there is no value where it is not that nobody and nothing is there
    lacks: Text | None = None
    #: least and greatest sensible target
    low: float = 0.0
    high: float = 1e15

    @property
    def is_live(self) -> bool:
        """Tell whether today is counted from today's rows; else it is known as of last night."""
        return self.kind is Kind.FLOW


#: A KPI whose days add up, and one that is counted on a date.
flow: Final = partial(Kpi, kind=Kind.FLOW)
level: Final = partial(Kpi, kind=Kind.LEVEL)


def is_slice(name: str) -> bool:
    """Tell whether a text begins the name of a slice: `tier` asks for the slices of every tier."""
    kind, *rest = name.split(":", 1)
    return name == ALL or (kind in FORMS and rest != [""] and name.isprintable())


def is_whole_slice(name: str) -> bool:
    """Tell whether a text names one slice, not all that begin with it."""
    kind = name.partition(":")[0]
    return name == ALL or (kind in FORMS and name.count(":") >= FORMS[kind].count(":"))


def may_be_cut_by(kpi: Kpi, slice_key: str) -> bool:
    """Tell whether a slice (`all`, `tier:value:high`) is one that the KPI has."""
    if slice_key == ALL:
        return By.MOVE not in kpi.cuts and kpi.key != "tier_distribution"
    return any(slice_key.startswith(f"{cut.value}:") for cut in kpi.cuts)
