"""Living through one customer's history, instant by instant, with what was known at each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.scoring.domain.status.book import Book
from services.scoring.domain.status.calendars import FOREVER
from services.scoring.domain.status.facts import (
    CHANGE,
    PURCHASE,
    Action,
    Fact,
    Values,
    first_of_each,
    net_of,
)
from services.scoring.domain.status.machine import Machine
from services.scoring.domain.status.reasons import Reason
from services.scoring.domain.status.versions import Schedule, first_machine, handed_over


class Step(NamedTuple):
    """A change of the earned tier or of its end; instants in microseconds."""

    at: int
    rank: int
    until: int
    reason: Reason


def actions_of(facts: Iterable[Fact], schedule: Schedule, enrolled: int) -> list[Action]:
    """Order what happened as it acts; a return known before its purchase counts is netted in.

    What is known before enrolment acts at enrolment; a return of nothing known has no effect.
    """
    kept = first_of_each(facts)
    counts = {
        fact.fact_id: _counts_at(fact, schedule) for fact in kept.values() if fact.reverses is None
    }
    early: dict[str, list[Values]] = {}
    actions: list[Action] = []
    for fact in kept.values():
        if fact.reverses not in counts or fact.reverses is None:
            continue
        known = fact.at if fact.known is None else fact.known
        if known < counts[fact.reverses]:
            early.setdefault(fact.reverses, []).append(fact.values)
        else:
            bought_at, acts = kept[fact.reverses].at, max(known, enrolled)
            actions.append(
                Action(acts, CHANGE, fact.fact_id, bought_at, fact.values, fact.reverses)
            )
    for fact_id, known in counts.items():
        fact = kept[fact_id]
        values = net_of(fact.values, early[fact_id]) if fact_id in early else fact.values
        if any(values):
            acts = max(known, enrolled)
            actions.append(Action(acts, PURCHASE, fact_id, fact.at, values, fact_id))
    actions.sort()
    return actions


def _counts_at(fact: Fact, schedule: Schedule) -> int:
    waits = schedule.waits(fact.at)
    return waits if fact.known is None else max(fact.known, waits)


class Replay:
    """One customer's life under a schedule of versions, told as steps."""

    __slots__ = (
        "_actions", "_changes", "_enrolled", "_next", "_place", "_schedule", "_switch", "book",
        "machine", "now", "steps",
    )  # fmt: skip

    def __init__(self, schedule: Schedule, enrolled: int, actions: Sequence[Action]) -> None:
        self.book = Book(len(schedule.metrics))
        self.steps: list[Step] = []
        self.now = enrolled
        self._schedule = schedule
        self._enrolled = enrolled
        self._actions = actions
        self._next = 0
        #: purchase -> what was taken off it so far
        self._changes: dict[str, list[Values]] = {}
        self._place = schedule.place_at(enrolled)
        self._switch = schedule.switch_after(self._place)
        self.machine: Machine = first_machine(schedule.ladders[self._place], self.book, enrolled)
        self._live(enrolled)

    @property
    def due(self) -> int:
        """The next instant at which anything happens; FOREVER if nothing ever does."""
        acts = self._actions[self._next].known if self._next < len(self._actions) else FOREVER
        return min(acts, self.machine.due, self._switch)

    def advance(self, until: int) -> None:
        """Live through every instant up to one, it included."""
        while (t := self.due) <= until and t < FOREVER:
            self._live(max(t, self.now))  # a late renewal may have ended already

    def _live(self, t: int) -> None:
        self.now = t
        while self._switch <= t:
            self._take_over(t)
        self.machine.tick(t)
        actions = self._actions
        while self._next < len(actions) and actions[self._next].known <= t:
            action = actions[self._next]
            self._next += 1
            if action.kind == CHANGE:
                self._change(action, t)
            else:
                self._buy(action, t)
        self._tell(t)

    def _take_over(self, t: int) -> None:
        self._place += 1
        self._switch = self._schedule.switch_after(self._place)
        ladder = self._schedule.ladders[self._place]
        self.machine = handed_over(self.machine, ladder, self._enrolled, t)
        self.machine.reason = Reason.VERSION

    def _buy(self, action: Action, t: int) -> None:
        self.book.add(action.fact_id, action.at, action.values)
        if max(action.values) > 0:
            self.machine.purchase(action.at, t)

    def _change(self, action: Action, t: int) -> None:
        target, book = action.target, self.book
        if target not in book.net:
            return
        before = book.net[target]
        taken = self._changes.setdefault(target, [before])
        taken.append(action.values)
        book.change(target, action.at, net_of(taken[0], taken[1:]))
        machine = self.machine
        machine.take_back(self._replayed(t) if machine.asks_replay else None, t)
        if any(new > old for new, old in zip(book.net[target], before, strict=True)):
            machine.purchase(action.at, t)

    def _replayed(self, t: int) -> Machine:
        """Replay what is left of everything known, as though the rest had never been bought."""
        left = [
            action._replace(values=self.book.net[action.fact_id])
            for action in self._actions[: self._next]
            if action.kind == PURCHASE and any(self.book.net[action.fact_id])
        ]
        replay = Replay(self._schedule, self._enrolled, left)
        replay.advance(t)
        return replay.machine

    def _tell(self, t: int) -> None:
        machine, steps = self.machine, self.steps
        if len(steps) > 1 and steps[-1].at == t:  # of several at one instant the last one stands
            steps.pop()
        if steps and steps[-1].rank == machine.rank and steps[-1].until == machine.until:
            return
        steps.append(Step(t, machine.rank, machine.until, machine.reason))
