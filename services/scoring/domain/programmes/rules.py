"""Rules of tiers as sets of thresholds: which of two asks for more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """What a tier asks for: all of `every`, one of `one_of` where any is there, and a grant.

    Thresholds by metric, in the metric's smallest unit.
    """

    every: Mapping[str, int]
    one_of: Mapping[str, int]
    grant: str | None

    @property
    def thresholds(self) -> Mapping[str, int]:
        """Give all thresholds, whatever joins them."""
        return {**self.one_of, **self.every}

    def ways(self) -> Sequence[Mapping[str, int]]:
        """List the least a customer can have who meets it."""
        return [{name: least} for name, least in self.one_of.items()] or [self.every]

    def is_met_by(self, sums: Mapping[str, int]) -> bool:
        """Tell whether sums meet the thresholds; a metric that is missing counts 0."""
        if self.one_of:
            return any(_reaches(sums, item) for item in self.one_of.items())
        return all(_reaches(sums, item) for item in self.every.items())


def _reaches(sums: Mapping[str, int], threshold: tuple[str, int]) -> bool:
    name, least = threshold
    return sums.get(name, 0) >= least


def implies(rule: Rule, other: Rule) -> bool:
    """Tell whether everybody who meets a rule meets the other one too."""
    is_granted = other.grant is None or other.grant == rule.grant
    return is_granted and all(other.is_met_by(way) for way in rule.ways())


def asks_less(rule: Rule, other: Rule) -> Iterable[str]:
    """Name the metrics of both rules in which the first asks for less."""
    least = other.thresholds
    return [name for name, most in rule.thresholds.items() if most < least.get(name, 0)]
