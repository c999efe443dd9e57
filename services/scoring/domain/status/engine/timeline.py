"""From a customer's history to the tiers they held, hold and when that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.scoring.domain.status.engine.calendars import end_of, instant_of, microseconds
from services.scoring.domain.status.engine.facts import facts_of
from services.scoring.domain.status.engine.history import History
from services.scoring.domain.status.engine.overlay import Overlay, Shown, shown
from services.scoring.domain.status.engine.reasons import Reason
from services.scoring.domain.status.engine.replay import Replay, actions_of
from services.scoring.domain.status.engine.versions import InForce, Schedule, schedule_of

__all__ = ["InForce", "Item", "item_of", "replay_of", "timeline"]


@dataclass(frozen=True, slots=True)
class Item:
    """A change of tier or of its end; `until` None: no end."""

    at: datetime
    rank: int
    until: datetime | None
    reason: Reason


def timeline(versions: Sequence[InForce], history: History, until: datetime) -> list[Item]:
    """Tell every change from enrolment up to an instant, it included, pins and grants laid over.

    Empty before enrolment. The same for any order of the history.
    """
    schedule, end = schedule_of(versions), microseconds(until)
    if end < microseconds(history.enrolled_at):
        return []
    replay = replay_of(schedule, history)
    replay.advance(end)
    told = shown(Overlay(schedule, history), replay.steps, schedule, end)
    return [item_of(change) for change in told]


def replay_of(schedule: Schedule, history: History) -> Replay:
    """Begin to live through a history."""
    enrolled = microseconds(history.enrolled_at)
    actions = actions_of(facts_of(history.entries, schedule.metrics), schedule, enrolled)
    return Replay(schedule, enrolled, actions)


def item_of(change: Shown) -> Item:
    """Tell a change in instants."""
    return Item(instant_of(change.at), change.rank, end_of(change.until), change.reason)
