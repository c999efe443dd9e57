"""Where a customer stands in a status programme at an instant, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.scoring.domain.status.engine.calendars import (
    FOREVER,
    SECOND,
    end_of,
    instant_of,
    microseconds,
    month_of,
)
from services.scoring.domain.status.engine.desk import Desk
from services.scoring.domain.status.engine.floating import Floating
from services.scoring.domain.status.engine.history import History
from services.scoring.domain.status.engine.overlay import Overlay, Shown, shown
from services.scoring.domain.status.engine.progress import (
    Missing,
    awaited_next,
    missing_to_float,
    missing_to_keep,
    missing_to_next,
)
from services.scoring.domain.status.engine.reasons import Reason
from services.scoring.domain.status.engine.replay import Replay
from services.scoring.domain.status.engine.timeline import InForce, Item, item_of, replay_of
from services.scoring.domain.status.engine.versions import Schedule, schedule_of
from services.scoring.domain.status.engine.windows import leaves_at, rolling_start

__all__ = ["Fall", "Hold", "Missing", "Stand", "since_shown", "stand"]

_QUARTER: Final = 900 * SECOND
Hold = Literal["held", "at_risk", "grace", "pinned"]


@dataclass(frozen=True, slots=True)
class Fall:
    """The tier a customer falls to at an instant if nothing new arrives."""

    tier_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stand:
    """All that can be told of one customer at one instant.

    `rank` is shown, `earned_rank` is what entries and grants alone give. `until` is the end of the
    tier shown: of the pin, where a pin shows it; `next` and `keep` go by the tier shown too, the
    items of the timeline by what was earned; `keep` is told only where the end told is the earned
    one. `next_change_at` is the first instant after now at
    which anything here may differ if nothing new arrives.
    """

    rank: int
    earned_rank: int
    since: datetime
    until: datetime | None
    status: Hold
    grace_until: datetime | None
    reason: Reason
    items: Sequence[Item]
    next_change_at: datetime | None
    warn: Fall | None
    next: Missing | None
    keep: Missing | None


def stand(versions: Sequence[InForce], history: History, now: datetime) -> Stand:
    """Tell where a customer stands, what comes next and when anything of it changes by itself.

    Asking more often changes nothing: it is a function of the history, the versions and `now`.
    """
    schedule, t = schedule_of(versions), microseconds(now)
    if t < microseconds(history.enrolled_at):
        return _not_yet(history.enrolled_at)
    replay, overlay = replay_of(schedule, history), Overlay(schedule, history)
    replay.advance(t)
    told = shown(overlay, replay.steps, schedule, t)
    here = overlay.lay(replay.steps[-1], t)
    machine, metrics = replay.machine, schedule.metrics
    rank, desk, grace_end = machine.rank, machine.desk, machine.grace_end
    is_earned = here.unpinned == rank
    kinds = overlay.kinds_at(t)
    # a pin that holds somebody down is not lifted by an order
    met = None if here.is_pinned else awaited_next(machine, here.rank, kinds, t)
    following = met or missing_to_next(machine, metrics, here.rank, kinds, t)
    until = overlay.held_until(here, t)
    # what a pin or a grant holds, to an end of its own, is not kept by buying until the earned one
    is_kept_by_buying = is_earned and here.rank == rank and _ends_as_earned(replay, here, until)
    kept = missing_to_keep(machine, metrics, t) if is_kept_by_buying else None
    changes = [replay.due, *(edge for edge in overlay.edges if edge > t), *_window_changes(desk, t)]

    due = min(changes)
    outlook = _look_ahead(replay, overlay, schedule, told, t if due >= FOREVER else due)
    is_warned = outlook.warn_at <= t
    if is_kept_by_buying and rank and isinstance(machine, Floating):
        # only a fall to warn of is sure to be seen from here: asked on another day one further
        # away is not, and the same question would get two answers
        fall = outlook.fall if is_warned else None
        kept = None if fall is None else missing_to_float(desk, metrics, rank, fall.at)
    is_in_grace = is_earned and grace_end != FOREVER
    return Stand(
        rank=here.rank,
        earned_rank=here.unpinned,
        since=instant_of(since_shown(told)),
        until=end_of(until),
        status=_hold(here, is_in_grace=is_in_grace, is_warned=is_warned),
        grace_until=end_of(grace_end) if is_in_grace else None,
        reason=_reason(told[-1], here, is_in_grace=is_in_grace),
        items=[item_of(change) for change in told],
        next_change_at=end_of(due if is_warned else min(due, outlook.warn_at)),
        warn=_warning(outlook.fall, schedule) if is_warned else None,
        next=following,
        keep=kept,
    )


def _not_yet(enrolled_at: datetime) -> Stand:
    return Stand(
        rank=0, earned_rank=0, since=enrolled_at, until=None, status="held", grace_until=None,
        reason=Reason.ENTERED, items=(), next_change_at=enrolled_at, warn=None, next=None,
        keep=None,
    )  # fmt: skip


def _ends_as_earned(replay: Replay, here: Shown, until: int) -> bool:
    """Tell whether no pin sets the end told and no grant puts it off."""
    return until == here.until <= replay.steps[-1].until


def since_shown(told: Sequence[Shown]) -> int:
    """Find since when the tier now shown is shown without a break."""
    at = told[-1].at
    for change in reversed(told):
        if change.rank != told[-1].rank:
            break
        at = change.at
    return at


def _hold(here: Shown, *, is_in_grace: bool, is_warned: bool) -> Hold:
    if here.is_pinned:
        return "pinned"
    if is_in_grace:
        return "grace"
    return "at_risk" if is_warned else "held"


def _reason(last: Shown, here: Shown, *, is_in_grace: bool) -> Reason:
    """Say why the tier is shown; what moved the end of what lies beneath a pin is not why."""
    if here.is_pinned:
        return Reason.PINNED
    return Reason.GRACE if is_in_grace else last.reason


@dataclass(frozen=True, slots=True)
class _Outlook:
    """The next fall if nothing new arrives, and from when on it is warned of."""

    fall: Shown | None
    warn_at: int


def _look_ahead(
    replay: Replay, overlay: Overlay, schedule: Schedule, told: Sequence[Shown], begin: int
) -> _Outlook:
    """Live on without anything new, far enough to know of every fall to warn of before `begin`.

    Moves the replay on. A fall further away is found when it is asked again after `begin`.
    """
    rules, zone = replay.machine.desk.rules, replay.machine.desk.zone
    horizon = zone.add_days(begin, rules.warn_days + rules.grace_days)
    replay.advance(horizon)
    then = shown(overlay, replay.steps, schedule, horizon)
    for before, change in zip(then[len(told) - 1 :], then[len(told) :], strict=False):
        if change.rank < told[-1].rank:
            boundary = min(before.until, change.at)  # a grace puts the fall off, not the warning
            return _Outlook(change, zone.add_days(boundary, -rules.warn_days))
    return _Outlook(None, FOREVER)


def _warning(fall: Shown | None, schedule: Schedule) -> Fall | None:
    if fall is None:
        return None
    rules = schedule.ladders[schedule.place_at(fall.at)].rules
    return Fall(rules.tiers[fall.rank].key, instant_of(fall.at))


def _window_changes(desk: Desk, t: int) -> Iterator[int]:
    """Yield when the sums of the window may next change although nothing arrives."""
    if desk.is_periodic:
        yield desk.periods.start(desk.periods.number_of(t) + 1)
    window, zone = desk.rules.window, desk.zone
    if window.kind != "rolling":
        return
    start = rolling_start(window, zone, t)
    first = next(desk.book.between(start + 1, t + 1), None)
    if first is None:
        return
    leave = leaves_at(window, zone, first)
    yield leave if leave > t else t + first - start
    # A clamped month or a change of the clocks moves the window by leaps: ask again soon.
    day = zone.day_of(t)
    if window.months and month_of(day)[1] >= 28:
        yield zone.midnight(day + 1)
    if not (zone.is_settled(t) and zone.is_settled(start)):
        yield (t // _QUARTER + 1) * _QUARTER
