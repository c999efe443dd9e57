"""Put into a condition what it refers to: other segments, ranks of tiers, frozen cuts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.scoring.domain.conditions.tree import (
    NEVER,
    All,
    AnyOf,
    Comparison,
    Condition,
    InSegment,
    Metric,
    Not,
    Op,
    Rank,
    Score,
    Tier,
    leaves_of,
)

#: Segments in segments may grow a tree; beyond so many nodes it is refused.
MOST_BOUND: int = 2000


class TooLarge(ValueError):
    """With the segments it refers to, the condition has too many nodes."""


class Circular(ValueError):
    """Segments refer to each other in a circle."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """What conditions may refer to; what is not there never matches.

    `tiers`: a programme's tier keys by rank, 0 first. `cuts`: the least number that is still
    among the top, in the unit of the score or metric.
    """

    segments: Mapping[str, Condition] = field(default_factory=dict)
    tiers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cuts: Mapping[Rank, float] = field(default_factory=dict)


def bind(condition: Condition, bindings: Bindings) -> Condition:
    """Give the condition with everything in its place; raises Circular and TooLarge."""
    return _Binder(bindings).bind(condition, ())


def ranks_in(condition: Condition) -> Iterator[Rank]:
    """Yield the ranks a condition asks for: their cuts must be frozen before it decides."""
    return (leaf for leaf in leaves_of(condition) if isinstance(leaf, Rank))


def segments_in(condition: Condition) -> frozenset[str]:
    """Name the segments a condition refers to."""
    return frozenset(leaf.key for leaf in leaves_of(condition) if isinstance(leaf, InSegment))


class _Binder:
    """Binds one condition; counts what it grows to, so that growth stops early."""

    __slots__ = ("_bindings", "_left")

    def __init__(self, bindings: Bindings) -> None:
        self._bindings = bindings
        self._left = MOST_BOUND

    def bind(self, condition: Condition, inside: tuple[str, ...]) -> Condition:
        self._left -= 1
        if self._left < 0:
            raise TooLarge
        match condition:
            case All(items):
                return All(tuple(self.bind(item, inside) for item in items))
            case AnyOf(items):
                return AnyOf(tuple(self.bind(item, inside) for item in items))
            case Not(item):
                return Not(self.bind(item, inside))
            case _:
                return self._leaf(condition, inside)

    def _leaf(self, leaf: Condition, inside: tuple[str, ...]) -> Condition:
        match leaf:
            case InSegment(key):
                return self._segment(key, inside)
            case Rank():
                return self._rank(leaf)
            case Tier(programme, _, str(at_least)):
                return _at_least(programme, at_least, self._bindings.tiers.get(programme, ()))
            case _:
                return leaf

    def _segment(self, key: str, inside: tuple[str, ...]) -> Condition:
        if key in inside:
            raise Circular(key)
        found = self._bindings.segments.get(key)
        return NEVER if found is None else self.bind(found, (*inside, key))

    def _rank(self, rank: Rank) -> Condition:
        cut = self._bindings.cuts.get(rank)
        if cut is None:
            return NEVER
        comparison = Comparison(Op.GTE, cut)
        return Score(comparison) if rank.of == "score" else Metric(rank.of, rank.window, comparison)


def _at_least(programme: str, key: str, keys: Sequence[str]) -> Condition:
    if key not in keys:
        return NEVER
    return Tier(programme, tuple(keys[keys.index(key) :]))
