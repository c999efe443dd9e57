"""Living through one customer's history, instant by instant, with what was known at each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from services.scoring.domain.status.engine.book import Book
from services.scoring.domain.status.engine.calendars import FOREVER
from services.scoring.domain.status.engine.desk import Desk
from services.scoring.domain.status.engine.facts import (
    CHANGE,
    PURCHASE,
    Action,
    Fact,
    Values,
    first_of_each,
    net_of,
)
from services.scoring.domain.status.engine.machine import Machine
from services.scoring.domain.status.engine.reasons import Reason
from services.scoring.domain.status.engine.versions import Schedule, first_machine, handed_over


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
    changed: set[str] = set()
    actions: list[Action] = []
    for fact in kept.values():
        if fact.reverses not in counts or fact.reverses is None:
            continue
        known = fact.at if fact.known is None else fact.known
        if known < counts[fact.reverses]:
            early.setdefault(fact.reverses, []).append(fact.values)
        else:
            changed.add(fact.reverses)
            bought_at, acts = kept[fact.reverses].at, max(known, enrolled)
            actions.append(
                Action(acts, CHANGE, fact.fact_id, bought_at, fact.values, fact.reverses)
            )
    for fact_id, known in counts.items():
        fact = kept[fact_id]
        values = net_of(fact.values, early[fact_id]) if fact_id in early else fact.values
        if any(values) or fact_id in changed:  # of nothing left only a later change can speak
            acts = max(known, enrolled)
            actions.append(Action(acts, PURCHASE, fact_id, fact.at, values, fact_id))
    actions.sort()
    return actions


def _counts_at(fact: Fact, schedule: Schedule) -> int:
    waits = schedule.waits(fact.at)
    return waits if fact.known is None else max(fact.known, waits)


class Checkpoint(NamedTuple):
    """The machine right before a purchase, and the place of its version."""

    place: int
    machine: Machine


class Replay:
    """One customer's life under a schedule of versions, told as steps."""

    __slots__ = (
        "_actions", "_changes", "_enrolled", "_is_marking", "_next", "_place", "_schedule",
        "_switch", "book", "checkpoints", "machine", "now", "steps",
    )  # fmt: skip

    def __init__(self, schedule: Schedule, enrolled: int, actions: Sequence[Action]) -> None:
        self.book = Book(len(schedule.metrics))
        self.steps: list[Step] = []
        self.now = enrolled
        self._schedule = schedule
        self._enrolled = enrolled
        self._actions = actions
        self._next = 0
        #: purchase -> what it was and what was taken off it so far
        self._changes: dict[str, list[Values]] = {}
        #: purchase -> how the replay of what is left stood right before it
        self.checkpoints: dict[str, Checkpoint] = {}
        self._is_marking = any(action.kind == CHANGE for action in actions)
        self._enter(schedule.place_at(enrolled))
        self.machine: Machine = first_machine(schedule.ladders[self._place], self.book, enrolled)

    def _enter(self, place: int) -> None:
        self._place = place
        self._switch = self._schedule.switch_after(place)

    @property
    def due(self) -> int:
        """The next instant at which anything happens; FOREVER if nothing ever does."""
        acts = self._actions[self._next].known if self._next < len(self._actions) else FOREVER
        return min(acts, self.machine.due, self._switch)

    def advance(self, until: int) -> None:
        """Live through every instant up to one, it included."""
        if not self.steps:
            self._live(self.now)
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
        self._enter(self._place + 1)
        ladder = self._schedule.ladders[self._place]
        self.machine = handed_over(self.machine, ladder, self._enrolled, t)
        self.machine.reason = Reason.VERSION

    def _buy(self, action: Action, t: int) -> None:
        machine = self.machine
        if self._is_marking:
            twin = machine.fork(machine.desk)
            self.checkpoints[action.fact_id] = Checkpoint(self._place, twin)
        self.book.add(action.fact_id, action.at, action.values)
        if max(action.values) > 0:
            machine.purchase(action.at, t)

    def _change(self, action: Action, t: int) -> None:
        target, book = action.target, self.book
        before = book.net[target]
        taken = self._changes.setdefault(target, [before])
        taken.append(action.values)
        net = net_of(taken[0], taken[1:])
        if net == before:
            return
        book.change(target, action.at, net)
        if any(new < old for new, old in zip(net, before, strict=True)):
            self._take_back(target, t)
        else:
            self.checkpoints.clear()
        if any(new > old for new, old in zip(net, before, strict=True)):
            self.machine.purchase(action.at, t)

    def _take_back(self, target: str, t: int) -> None:
        machine = self.machine
        if not machine.asks_replay:
            machine.take_back(None, t)
            self.checkpoints.clear()
            return
        replay = self._replay_from(target)
        replay.advance(t)
        machine.take_back(replay.machine, t)
        if machine.is_like(replay.machine):
            self.checkpoints.update(replay.checkpoints)
        else:  # the life lived is not the replay any more: nothing of it is worth remembering
            self.checkpoints.clear()
            self._is_marking = False

    def _replay_from(self, target: str) -> Replay:
        """Replay what is left of everything known, as though the rest had never been bought.

        What came before the purchase was lived through already: it begins at its checkpoint.
        """
        net = self.book.net
        left = [
            action
            if net[action.fact_id] is action.values
            else action._replace(values=net[action.fact_id])
            for action in self._actions[: self._next]
            if action.kind == PURCHASE and any(net[action.fact_id])
        ]
        checkpoint = self.checkpoints.get(target)
        replay = Replay(self._schedule, self._enrolled, left)
        replay._is_marking = self._is_marking
        if checkpoint is None:
            self.checkpoints.clear()
            return replay
        bought = next(a for a in self._actions if a.fact_id == target and a.kind == PURCHASE)
        for action in self._actions[: self._next]:
            if action >= bought:
                self.checkpoints.pop(action.fact_id, None)
        replay._resume(checkpoint, bought)
        return replay

    def _resume(self, checkpoint: Checkpoint, bought: Action) -> None:
        self.now = bought.known
        self._enter(checkpoint.place)
        while self._next < len(self._actions) and self._actions[self._next][:3] < bought[:3]:
            action = self._actions[self._next]
            self.book.add(action.fact_id, action.at, action.values)
            self._next += 1
        desk = Desk(self._schedule.ladders[self._place], self.book, self._enrolled)
        self.machine = checkpoint.machine.fork(desk)

    def _tell(self, t: int) -> None:
        machine, steps = self.machine, self.steps
        if len(steps) > 1 and steps[-1].at == t:  # of several at one instant the last one stands
            steps.pop()
        if steps and steps[-1].rank == machine.rank and steps[-1].until == machine.until:
            return
        steps.append(Step(t, machine.rank, machine.until, machine.reason))
