"""Classes by conditions: which class a customer's facts of one date reach, and which they keep."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from services.scoring.domain.conditions.bind import Bindings, bind
from services.scoring.domain.conditions.evaluate import evaluate
from services.scoring.domain.conditions.facts import CustomerFacts
from services.scoring.domain.conditions.tree import (
    ANYWHERE,
    All,
    AnyOf,
    Condition,
    HasBeen,
    LastPerformed,
    Lifecycle,
    Metric,
    Not,
    RandomBucket,
    Rank,
    Score,
    leaves_of,
)
from services.scoring.domain.conditions.vocabulary import COUNTED_EVENTS, METRICS
from services.scoring.domain.tiers.cuts import Cuts
from services.scoring.domain.tiers.programme import ValueProgramme, ValueTier
from services.scoring.domain.tiers.release import Release

_RANK_BITS: Final = 5  # of a mark: the class reached; above them a bit for each class that is kept
_EVERYBODY: Final = "everybody"
Branch = tuple[str, tuple["Branch | int", ...]]


@dataclass(frozen=True, slots=True)
class ClassRule:
    """What a class asks of who enters it, and of who stays."""

    when: Condition
    keep: Condition


@dataclass(frozen=True, slots=True)
class ClassProgramme(ValueProgramme):
    """A value programme whose classes are conditions; `rules` by rank from 1 up.

    Shares of its tiers mean nothing. The class at rank 0 is everybody's.
    """

    rules: tuple[ClassRule, ...]

    @property
    def conditions(self) -> Iterator[Condition]:
        """Yield every condition, in an order that never changes."""
        for rule in self.rules:
            yield rule.when
            yield rule.keep

    @property
    def ranks_asked(self) -> tuple[Rank, ...]:
        """List the ranks whose cuts a release freezes, each once, in an order of theirs."""
        leaves = (leaf for condition in self.conditions for leaf in leaves_of(condition))
        return tuple(dict.fromkeys(leaf for leaf in leaves if isinstance(leaf, Rank)))

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the columns of days that the conditions look at."""
        found = {"orders"}
        for condition in self.conditions:
            for leaf in leaves_of(condition):
                found |= _columns_of(leaf)
        return tuple(sorted(found))

    @property
    def asks_categories(self) -> bool:
        """Tell whether a condition counts categories, which days do not hold."""
        leaves = (leaf for condition in self.conditions for leaf in leaves_of(condition))
        return any("categories" in {_metric_of(leaf)} for leaf in leaves)


def foreign_leaf(condition: Condition) -> Condition | None:
    """Find what a class may not ask: what is not a function of a customer's days; None is fine."""
    return next((leaf for leaf in leaves_of(condition) if not _is_of_days(leaf)), None)


def _is_of_days(leaf: Condition) -> bool:
    match leaf:
        case Metric() | Score() | Rank() | Lifecycle() | RandomBucket():
            return True
        case HasBeen():
            return leaf.stage is not None
        case LastPerformed():
            return leaf.event in COUNTED_EVENTS and leaf.where == ANYWHERE
        case _:
            return False


def _metric_of(leaf: Condition) -> str | None:
    match leaf:
        case Metric():
            return leaf.name
        case Rank():
            return leaf.of
        case LastPerformed():
            return COUNTED_EVENTS.get(leaf.event)
        case _:
            return None


def _columns_of(leaf: Condition) -> set[str]:
    metric = _metric_of(leaf)
    if metric == "margin":
        return {"net_booked", "cost"}
    column = METRICS[metric][0] if metric in METRICS else None
    return set() if column is None else {column}


@dataclass(frozen=True, slots=True)
class ClassBars(Cuts):
    """Reads marks where programmes by share compare scores; see `mark_of`."""

    enter: tuple[float, ...] = ()
    leave: tuple[float, ...] = ()

    # typing.override comes with Python 3.12, and domains import nothing else
    def entered(self, score: float) -> int:  # type: ignore[explicit-override]
        """Name the class a mark reaches."""
        return int(score) & ((1 << _RANK_BITS) - 1)

    # typing.override comes with Python 3.12, and domains import nothing else
    def kept(self, score: float, *, below: int) -> int:  # type: ignore[explicit-override]
        """Name the highest class under `below` that a mark keeps."""
        kept = int(score) >> _RANK_BITS
        return next((rank for rank in range(below - 1, 0, -1) if kept >> rank & 1), 0)

    # typing.override comes with Python 3.12, and domains import nothing else
    def is_left(self, score: float, rank: int) -> bool:  # type: ignore[explicit-override]
        """Tell whether a mark does not keep a class."""
        return rank > 0 and not int(score) >> (_RANK_BITS + rank) & 1


@dataclass(frozen=True, slots=True)
class Board:
    """The conditions of a release, bound to its cuts, each leaf once however often it is asked.

    `asked`: leaves as the document says them; `bound`: the same with cuts; `whens`, `keeps`: trees
    over their places, by rank from 1 up.
    """

    asked: tuple[Condition, ...]
    bound: tuple[Condition, ...]
    whens: tuple[Branch | int, ...]
    keeps: tuple[Branch | int, ...]

    def look_at(self, facts: CustomerFacts) -> Look:
        """Look at one customer on one date."""
        return Look(self, facts)


@dataclass(slots=True)
class Look:
    """One customer on one date; a leaf is decided when it is first asked for."""

    board: Board
    facts: CustomerFacts
    known: dict[int, bool] = field(default_factory=dict)

    def mark(self) -> int:
        """Give the highest class reached, with a bit for each class that is reached or kept."""
        reached, kept = 0, 0
        for rank in range(len(self.board.whens), 0, -1):
            is_reached = self.holds(self.board.whens[rank - 1])
            if is_reached and not reached:
                reached = rank
            if is_reached or self.holds(self.board.keeps[rank - 1]):
                kept |= 1 << rank
        return kept << _RANK_BITS | reached

    def holds(self, node: Branch | int) -> bool:
        """Decide a tree."""
        if isinstance(node, int):
            found = self.known.get(node)
            if found is None:
                found = self.known[node] = evaluate(self.board.bound[node], self.facts)
            return found
        kind, items = node
        if kind == "not":
            return not self.holds(items[0])
        return (all if kind == "all" else any)(map(self.holds, items))

    def grounds(self, rank: int, *, is_kept: bool) -> tuple[int, ...]:
        """Name the leaves that put a customer into a class, in the order of the document."""
        if rank == 0:
            return ()
        trees = self.board.keeps if is_kept else self.board.whens
        return tuple(dict.fromkeys(self._grounds(trees[rank - 1])))

    def _grounds(self, node: Branch | int) -> Iterator[int]:
        if not self.holds(node):
            return
        if isinstance(node, int):
            yield node
        elif node[0] != "not":  # what is not so is no reason to tell
            for item in node[1]:
                yield from self._grounds(item)


def board_of(programme: ClassProgramme, cuts: Mapping[Rank, float]) -> Board:
    """Put cuts into a programme's conditions; a rank without a cut is reached by nobody."""
    places: dict[Condition, int] = {}
    whens = tuple(_laid_out(rule.when, places) for rule in programme.rules)
    keeps = tuple(_laid_out(rule.keep, places) for rule in programme.rules)
    bindings = Bindings(cuts=cuts)
    return Board(
        asked=tuple(places),
        bound=tuple(bind(leaf, bindings) for leaf in places),
        whens=whens,
        keeps=keeps,
    )


def _laid_out(condition: Condition, places: dict[Condition, int]) -> Branch | int:
    match condition:
        case All(items):
            return "all", tuple(_laid_out(item, places) for item in items)
        case AnyOf(items):
            return "any", tuple(_laid_out(item, places) for item in items)
        case Not(item):
            return "not", (_laid_out(item, places),)
        case _:
            return places.setdefault(condition, len(places))


def stored_cuts(
    programme: ClassProgramme, cuts: Mapping[Rank, float], population: int
) -> dict[str, Any]:
    """Write cuts as their stored document, in the order of the ranks asked."""
    listed = [cuts.get(rank, math.inf) for rank in programme.ranks_asked]
    return {"classes": [_stored(cut) for cut in listed], "population": population}


def read_class_cuts(programme: ClassProgramme, document: Mapping[str, Any]) -> dict[Rank, float]:
    """Read stored cuts back, to the bit."""
    pairs = zip(programme.ranks_asked, document["classes"], strict=True)
    return {rank: _read(stored) for rank, stored in pairs if stored is not None}


def _stored(cut: float) -> float | str | None:
    # JSON has no infinity: null is a cut that nobody reaches.
    if cut == math.inf:
        return None
    return _EVERYBODY if cut == -math.inf else cut


def _read(stored: float | str) -> float:
    return -math.inf if isinstance(stored, str) else stored


def value_cut(descending: Sequence[float], share: float) -> float:
    """Find the least number whose bearers follow on those who hold less than a share of it all.

    ABC: whoever has less than 80 % of all value before them is an A. Equal numbers go together; who
    brings nothing is in no class.
    """
    total = sum(number for number in descending if number > 0)
    before, cut, last = 0.0, math.inf, math.inf
    for number in descending:
        if number <= 0 or (number < last and before >= share * total):
            break
        cut = last = number
        before += number
    return cut


def class_tier(key: str, rank: int, name: Mapping[str, str]) -> ValueTier:
    """Make a tier whose shares mean nothing."""
    return ValueTier(key, rank, dict(name), 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class ClassRelease(Release):
    """A release of a programme whose classes are conditions; its `programme` is one of classes."""

    board: Board

    @property
    def classes(self) -> ClassProgramme:
        """Give the programme with its rules."""
        if not isinstance(self.programme, ClassProgramme):
            raise TypeError("a release of classes needs a programme of classes")
        return self.programme
