"""Change a case: what may be done, and what it leads to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from services.feedback.domain.cases.business_hours import Calendar, due_after, worked_between
from services.feedback.domain.cases.case import (
    DISPUTE,
    Case,
    CaseEvent,
    Promise,
    ServiceLevel,
    with_tier,
)
from services.feedback.domain.cases.states import State, may_become, may_reopen

_MINUTE: Final = timedelta(minutes=1)
#: The words that a state is reached with.
WORDS: Final[Mapping[State, str]] = {
    State.ANSWERED: "answer",
    State.RESOLVED: "resolution",
    State.IMPROVED: "improvement",
}


class Objection(StrEnum):
    """Why a case may not be changed so."""

    SKIPS = "skips"
    WORDS_MISSING = "words_missing"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants of a case; None leaves things as they are, no owner gives it up."""

    state: State | None = None
    priority: int | None = None
    owner: str | None = None
    is_owner_given: bool = False
    note: str | None = None
    answer: str | None = None
    resolution: str | None = None
    improvement: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """When it happens, and when service works."""

    now: datetime
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Changed:
    """A case as it is after, and what happened, in order."""

    case: Case
    events: tuple[CaseEvent, ...]


def objection(case: Case, change: Change, *, is_decided: bool) -> Objection | None:
    """Say what stands against a change; `is_decided`: a person has judged the disputed tier."""
    if change.state is None or change.state is case.state:
        return None
    if not may_become(case.state, change.state):
        return Objection.SKIPS
    word = WORDS[change.state]
    if not (getattr(change, word) or getattr(case, word)):
        return Objection.WORDS_MISSING
    if change.state is State.RESOLVED and case.kind == DISPUTE and not is_decided:
        return Objection.UNDECIDED
    return None


def changed(case: Case, change: Change, moment: Moment) -> Changed:
    """Apply a change that nothing stands against."""
    events = list(_told(case, change))
    after = replace(
        case,
        owner=change.owner if change.is_owner_given else case.owner,
        priority=change.priority or case.priority,
        **{word: getattr(change, word) or getattr(case, word) for word in WORDS.values()},
    )
    if change.state is not None and change.state is not case.state:
        late = missed(after, moment.now)
        after = _stepped(late.case, change.state, moment)
        events += [*late.events, _step_event(after, change.state)]
    if not events:
        return Changed(case, ())
    return Changed(_touched(after, moment.now), tuple(events))


def missed(case: Case, now: datetime) -> Changed:
    """Note what was promised for an instant that has passed, once for each promise."""
    events: list[CaseEvent] = []
    is_waiting = case.state is State.RECEIVED
    if is_waiting and not case.is_response_breached and case.due_at < now:
        events.append(breach("response", case.due_at))
        case = replace(case, is_response_breached=True, breaches=case.breaches + 1)
    is_open = case.state in {State.RECEIVED, State.ANSWERED}
    resolve_by = case.resolve_by
    if is_open and not case.is_resolution_breached and resolve_by is not None and resolve_by < now:
        events.append(breach("resolution", resolve_by))
        case = replace(case, is_resolution_breached=True, breaches=case.breaches + 1)
    return Changed(case, tuple(events))


def breach(promise: str, due_at: datetime) -> CaseEvent:
    """Tell that a promise, `response` or `resolution`, was not kept."""
    return CaseEvent("breached", {"promise": promise, "due_at": due_at.isoformat()})


def reopened(
    case: Case, reason: str, moment: Moment, promised: Promise, level: ServiceLevel | None = None
) -> Changed | None:
    """Begin a case again with a clock of its own; None when it is open anyway.

    What was answered and resolved before stays in its events: it is open, so it has neither a
    solution nor the time one took. `level` is what the new promise goes by; None where it could not
    be asked for. A promise of before that was broken unnoticed is told now: its clock ends here.
    """
    if not may_reopen(case.state):
        return None
    late = missed(case, moment.now)
    is_told = level is not None and case.is_service_level_known
    again = replace(
        late.case,
        state=State.RECEIVED,
        service_level=level.document() if level and is_told else case.service_level,
        clock_from=moment.now,
        due_at=promised.due_at,
        resolve_by=promised.resolve_by,
        answered_at=None,
        resolved_at=None,
        improved_at=None,
        resolution_minutes=None,
        is_response_breached=False,
        is_resolution_breached=False,
        reopenings=case.reopenings + 1,
        answer=None,
        resolution=None,
        improvement=None,
    )
    details = {"reason": reason, "from": case.state, "due_at": promised.due_at.isoformat()}
    events = (*late.events, CaseEvent("reopened", details))
    return Changed(_touched(again, moment.now), events)


def learned(
    case: Case, level: ServiceLevel, tier: Mapping[str, Any], calendar: Calendar
) -> Changed:
    """Note afterwards what the tier promises; a due time that was shown only ever gets earlier.

    An answer given in the meantime is measured against the promise as well.
    """
    hours = timedelta(hours=level.response_hours) if level.response_hours else None
    due_at, first_due_at = (
        shown if hours is None else min(shown, due_after(start, hours, calendar))
        for shown, start in ((case.due_at, case.clock_from), (case.first_due_at, case.opened_at))
    )
    after = replace(
        with_tier(case, tier) if case.tier_key is None else case,
        service_level=level.document(),
        is_service_level_known=True,
        due_at=due_at,
        first_due_at=first_due_at,
    )
    events = []
    if due_at < case.due_at:
        details = {"response_hours": level.response_hours, "due_at": due_at.isoformat()}
        events.append(CaseEvent("promised", details))
    is_late = case.answered_at is not None and case.answered_at > due_at
    if is_late and not case.is_response_breached:
        events.append(breach("response", due_at))
        after = replace(after, is_response_breached=True, breaches=after.breaches + 1)
    if _missed_at_first(case, first_due_at):
        events.append(breach("response", first_due_at))
        after = replace(after, breaches=after.breaches + 1)
    return Changed(after, tuple(events))


def _missed_at_first(case: Case, first_due_at: datetime) -> bool:
    """Tell whether a case reopened since was answered in time only by what was known then."""
    answered = case.first_answered_at
    return bool(
        case.reopenings and answered and first_due_at < answered and answered <= case.first_due_at
    )


def _told(case: Case, change: Change) -> list[CaseEvent]:
    events = []
    if change.is_owner_given and change.owner != case.owner:
        events.append(CaseEvent("assigned", {"from": case.owner, "to": change.owner}))
    if change.priority is not None and change.priority != case.priority:
        events.append(CaseEvent("prioritised", {"from": case.priority, "to": change.priority}))
    if change.note:
        events.append(CaseEvent("noted", {"note": change.note}))
    if reworded := _reworded(case, change):
        events.append(CaseEvent("reworded", reworded))
    return events


def _reworded(case: Case, change: Change) -> dict[str, Any]:
    """Name the words given without the step they belong to."""
    step = WORDS.get(change.state) if change.state not in {None, case.state} else None
    given = {word: getattr(change, word) for word in WORDS.values() if word != step}
    return {word: text for word, text in given.items() if text and text != getattr(case, word)}


def _stepped(case: Case, state: State, moment: Moment) -> Case:
    now = moment.now
    match state:
        case State.ANSWERED if case.first_answered_at is None:
            minutes = _minutes_since(case.opened_at, moment)
            return replace(
                case, state=state, answered_at=now, first_answered_at=now, response_minutes=minutes
            )
        case State.ANSWERED:
            return replace(case, state=state, answered_at=now)
        case State.RESOLVED:
            minutes = _minutes_since(case.opened_at, moment)
            return replace(case, state=state, resolved_at=now, resolution_minutes=minutes)
        case _:
            return replace(case, state=state, improved_at=now)


def _minutes_since(start: datetime, moment: Moment) -> int:
    return worked_between(start, moment.now, moment.calendar) // _MINUTE


def _step_event(case: Case, state: State) -> CaseEvent:
    word = WORDS[state]
    return CaseEvent(state, {word: getattr(case, word)})


def _touched(case: Case, now: datetime) -> Case:
    return replace(case, version=case.version + 1, updated_at=now)
