"""Cases as they are shown: rows of the inbox, how long is left, what may be done next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from services.console.parts.care import channel_word, customer_cells, cut, kind_word
from services.console.parts.pieces import Tone
from services.console.parts.tables import Row
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.cases import CaseEventItem, CaseItem, CaseState, TierFigures
from shared.contracts.feedback import FeedbackItem

#: The step a case may take next, and the word it is taken with.
Step = tuple[CaseState, Literal["answer", "resolution", "improvement"]]
NEXT: Final[Mapping[str, Step]] = {
    "received": ("answered", "answer"),
    "answered": ("resolved", "resolution"),
    "resolved": ("improved", "improvement"),
}
STATES: Final = ("received", "answered", "resolved", "improved")
#: States in which somebody still waits.
OPEN: Final = frozenset({"received", "answered"})
DISPUTE: Final = "tier_dispute"
_TEXTS: Final = ("note", "reason", "answer", "resolution", "improvement")


@dataclass(frozen=True, slots=True)
class Urgency:
    """How long is left for the answer, in words."""

    text: str
    tone: Tone


def urgency(visit: Visit, case: CaseItem, now: datetime) -> Urgency:
    """Say how long is left, or that it is over."""
    if case.is_overdue:
        late_since = case.due_at if case.answered_at is None else case.resolve_by or case.due_at
        return Urgency(visit.say("cases.late", since=visit.formats.ago(late_since, now)), "bad")
    if case.state != "received":
        return Urgency(visit.local(case.state_name), "good")
    return Urgency(visit.say("cases.due", at=visit.formats.ago(case.due_at, now)), "plain")


def tier_name(visit: Visit, case: CaseItem) -> str:
    """Name the tier that was held when it was said."""
    if case.tier is None:
        return NOTHING
    return visit.local(case.tier.name) or case.tier.key or NOTHING


def case_row(visit: Visit, case: CaseItem, now: datetime) -> Row:
    """Give a case as a row of the inbox."""
    return {
        "case": kind_word(visit, case.kind),
        "case_href": f"/cases/{case.case_id}",
        "left": urgency(visit, case, now).text,
        "due": visit.formats.minute(case.due_at),
        "state": visit.local(case.state_name),
        "tier": tier_name(visit, case),
        "priority": visit.say_or(f"care.priority_{case.priority}", str(case.priority)),
        "owner": case.owner or NOTHING,
        "channel": channel_word(visit, case.channel),
        **customer_cells(visit, case.customer_id),
    }


def feedback_row(visit: Visit, item: FeedbackItem) -> Row:
    """Give a piece of feedback as a row."""
    tier = item.tier_held.tier.name if item.tier_held else None
    return {
        "at": visit.formats.instant(item.occurred_at),
        "kind": kind_word(visit, item.kind),
        "rating": NOTHING if item.rating is None else str(item.rating),
        "text": cut(item.text),
        "channel": channel_word(visit, item.channel),
        "tier": visit.local(tier) or NOTHING,
        **customer_cells(visit, item.customer_id),
    }


@dataclass(frozen=True, slots=True)
class Late:
    """How many cases are late, of those that were counted."""

    count: int
    today: int
    is_all: bool


def late_of(items: Sequence[CaseItem], day_began: datetime, *, is_all: bool) -> Late:
    """Count what is late, and what became late today."""
    today = sum(1 for case in items if case.due_at >= day_began)
    return Late(len(items), today, is_all)


def at_least(visit: Visit, count: int, *, is_all: bool) -> str:
    """Write a count; with a plus where there are more than were counted."""
    return visit.formats.number(count) + ("" if is_all else "+")


def tier_lines(visit: Visit, tiers: Sequence[TierFigures]) -> list[list[str]]:
    """Write how fast each tier was answered: a line of a table each."""
    write = visit.formats
    return [
        [
            visit.local(tier.name) or tier.tier or visit.say("cases.no_tier"),
            write.number(tier.cases),
            write.number(tier.answered),
            write.percent(tier.within_share, digits=0),
            worked(visit, tier.response_minutes_median),
            worked(visit, tier.resolution_minutes_median),
        ]
        for tier in tiers
    ]


def worked(visit: Visit, minutes: float | None) -> str:
    """Write minutes in which service worked."""
    if minutes is None:
        return NOTHING
    return visit.formats.span(max(minutes, 1) * 60)


def event_line(visit: Visit, event: CaseEventItem) -> tuple[str, str]:
    """Say what happened to a case, and the words that came with it."""
    title = visit.say_or(f"cases.event_{event.kind}", event.kind)
    details = event.details
    words = [str(details[name]) for name in _TEXTS if details.get(name)]
    if event.kind == "assigned":
        words = [str(details.get("to") or visit.say("cases.no_owner"))]
    if event.kind == "prioritised":
        words = [f"{details.get('from')} → {details.get('to')}"]
    if event.kind == "decided":
        words.insert(0, f"{details.get('tier_held') or NOTHING} → {details.get('tier_judged')}")
    return title, "\n".join(words)


def first_unowned(items: Sequence[CaseItem]) -> CaseItem | None:
    """Give the most urgent case that is nobody's."""
    return next((case for case in items if case.owner is None), None)
