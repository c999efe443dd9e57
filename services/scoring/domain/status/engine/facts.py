"""Entries made ready for replaying: doubles and orphans dropped, instants as integers, in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from services.scoring.domain.status.engine.calendars import microseconds
from services.scoring.domain.status.engine.history import Entry

PURCHASE: Final = 0
CHANGE: Final = 1
#: Sums or values, one for each metric that some version of the programme reads.
Values = tuple[int, ...]


class Fact(NamedTuple):
    """One entry as the machine reads it; instants in microseconds, `known` None: at `at`."""

    fact_id: str
    at: int
    known: int | None
    values: Values
    reverses: str | None


class Action(NamedTuple):
    """A purchase (`target` is itself), or a return or correction of the purchase `target`.

    They sort as they act: by instant, purchases by id before returns by id.
    """

    known: int
    kind: int
    fact_id: str
    at: int
    values: Values
    target: str


def facts_of(entries: Iterable[Entry], metrics: Sequence[str]) -> list[Fact]:
    """Turn entries into facts with the values of the given metrics."""
    return [
        Fact(
            entry.entry_id,
            microseconds(entry.at),
            None if entry.known_at is None else microseconds(entry.known_at),
            _values(entry.metrics, metrics),
            entry.reverses,
        )
        for entry in entries
    ]


def _values(found: Mapping[str, int], metrics: Sequence[str]) -> Values:
    return tuple([found.get(name, 0) for name in metrics])


def first_of_each(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Keep of facts with the same id the one known first."""
    kept: dict[str, Fact] = {}
    for fact in facts:
        before = kept.setdefault(fact.fact_id, fact)
        if before is not fact and _order(fact) < _order(before):
            kept[fact.fact_id] = fact
    return kept


def _order(fact: Fact) -> tuple[int, int, Values, str]:
    return fact.at if fact.known is None else fact.known, fact.at, fact.values, fact.reverses or ""


def net_of(bought: Values, changes: Iterable[Values]) -> Values:
    """Take changes off what was bought; what is returned beyond it has no effect."""
    left = list(bought)
    for change in changes:
        for place, value in enumerate(change):
            left[place] += value
    return tuple([max(n, 0) if was >= 0 else n for n, was in zip(left, bought, strict=True)])
