"""The rungs of one version made ready for deciding: which rank given sums reach or keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.scoring.domain.status.engine.calendars import Zone, zone_of
from services.scoring.domain.status.engine.history import GrantKind
from services.scoring.domain.status.engine.rules import Rule, Rules, Threshold
from services.scoring.domain.status.engine.windows import (
    AnniversaryPeriods,
    CalendarPeriods,
    Periods,
    periods_of,
)

#: (place among the metrics, least sum)
Least = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Bar:
    """The sums a rule asks; without any it is never met by sums (a tier by grant alone)."""

    all: tuple[Least, ...]
    any: tuple[Least, ...]

    def holds(self, sums: Sequence[int]) -> bool:
        """Tell whether the sums meet it; equality does."""
        for place, least in self.all:
            if sums[place] < least:
                return False
        for place, least in self.any:
            if sums[place] >= least:
                return True
        return bool(self.all) and not self.any


class Ladder:
    """One version, ready for deciding; shared by all customers."""

    __slots__ = ("_calendar", "asks", "enters", "keeps", "ranks_down", "rounding", "rules", "zone")

    def __init__(self, rules: Rules, metrics: Sequence[str]) -> None:
        places = {name: place for place, name in enumerate(metrics)}
        self.rules = rules
        self.zone: Zone = zone_of(rules.time_zone)
        self.enters = [_bar(tier.enter, places) for tier in rules.tiers]
        self.keeps = [_bar(tier.keep, places) for tier in rules.tiers]
        #: by rank, the kind of grant without which a tier cannot be held
        self.asks: list[GrantKind | None] = [tier.enter.grant for tier in rules.tiers]
        self.ranks_down = range(len(rules.tiers) - 1, 0, -1)
        self._calendar = periods_of(rules.window, self.zone)
        unit, start_month = rules.validity.round_up_to, rules.window.start_month
        self.rounding = CalendarPeriods(self.zone, unit, start_month) if unit else None

    def periods_for(self, enrolled: int) -> Periods:
        """Give the periods of a customer enrolled at an instant."""
        if self.rules.window.kind == "anniversary":
            return AnniversaryPeriods(self.zone, enrolled)
        return self._calendar

    def entered(self, sums: Sequence[int]) -> int:
        """Find the highest rank whose enter rule holds."""
        for rank in self.ranks_down:
            if self.enters[rank].holds(sums):
                return rank
        return 0

    def kept_below(self, sums: Sequence[int], rank: int) -> int:
        """Find the best rank below by its keep rule."""
        return next((r for r in range(rank - 1, 0, -1) if self.keeps[r].holds(sums)), 0)

    def floated(self, sums: Sequence[int], rank: int) -> int:
        """Find the highest rank: up to the one held by its keep rule, above by its enter rule."""
        for candidate in self.ranks_down:
            bars = self.keeps if candidate <= rank else self.enters
            if bars[candidate].holds(sums):
                return candidate
        return 0


def _bar(rule: Rule, places: Mapping[str, int]) -> Bar:
    return Bar(_placed(rule.all, places), _placed(rule.any, places))


def _placed(thresholds: Sequence[Threshold], places: Mapping[str, int]) -> tuple[Least, ...]:
    return tuple((places[metric], least) for metric, least in thresholds)
