"""A case, what happened to it, and how one begins."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.feedback.domain.capture.said import Said
from services.feedback.domain.cases.business_hours import Calendar, due_after
from services.feedback.domain.cases.states import State

FIRST, LAST = 1, 5
DISPUTE: Final = "tier_dispute"
#: Before the tier is looked at.
_PRIORITIES: Final[Mapping[str, int]] = {"complaint": 3, DISPUTE: 3, "suggestion": 5}
_OF_OTHERS: Final = 4
#: Steps that a tier may move a case ahead.
_MOST_AHEAD: Final = 2


@dataclass(frozen=True, slots=True)
class Case:
    """A row of `cases`."""

    case_id: UUID
    feedback_id: UUID | None
    customer_id: str | None
    kind: str
    channel: str
    state: State
    owner: str | None
    priority: int
    version: int
    programme_key: str | None
    tier_key: str | None
    tier_rank: int | None
    tier_name: Mapping[str, str] | None
    service_level: Mapping[str, Any] | None
    is_service_level_known: bool
    opened_at: datetime
    clock_from: datetime
    due_at: datetime
    resolve_by: datetime | None
    first_due_at: datetime
    first_answered_at: datetime | None
    answered_at: datetime | None
    resolved_at: datetime | None
    improved_at: datetime | None
    response_minutes: int | None
    resolution_minutes: int | None
    is_response_breached: bool
    is_resolution_breached: bool
    breaches: int
    reopenings: int
    answer: str | None
    resolution: str | None
    improvement: str | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """Something that happened to a case; who did it is known where it is stored."""

    kind: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rules:
    """What makes a case of a rating, and the hours where a tier promises none.

    `at_most` holds the highest rating of a kind that opens a case; hours are those of service.
    """

    at_most: Mapping[str, int]
    response_hours: int
    resolution_hours: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """How a customer's tiers promise to be treated; without hours: as everybody.

    `programme` and its version are whose promise it is.
    """

    response_hours: int | None = None
    agent: str | None = None
    hotline: str | None = None
    programme: str | None = None
    programme_version: int | None = None

    def document(self) -> dict[str, Any] | None:
        """Write it down; None where nothing is promised."""
        is_any = any((self.response_hours, self.agent, self.hotline))
        return asdict(self) if is_any else None


@dataclass(frozen=True, slots=True)
class Promise:
    """By when a case is answered and resolved."""

    due_at: datetime
    resolve_by: datetime | None


def opens_case(kind: str, rating: int | None, rules: Rules) -> bool:
    """Tell whether service has to answer: complaints, tier disputes, and low ratings."""
    if kind in {"complaint", DISPUTE}:
        return True
    highest = rules.at_most.get(kind)
    return highest is not None and rating is not None and rating <= highest


def priority_of(kind: str, tier_rank: int | None) -> int:
    """Rank a case from 1, worked first, to 5: by its kind, ahead by the rank of the tier."""
    ahead = min(max(tier_rank or 0, 0), _MOST_AHEAD)
    return max(FIRST, _PRIORITIES.get(kind, _OF_OTHERS) - ahead)


def promise(
    level: Mapping[str, Any] | None, rules: Rules, start: datetime, calendar: Calendar
) -> Promise:
    """Work out by when a case has to be answered and resolved, counted from `start`."""
    hours = (level or {}).get("response_hours") or rules.response_hours
    wanted = rules.resolution_hours
    return Promise(
        due_at=due_after(start, timedelta(hours=hours), calendar),
        resolve_by=due_after(start, timedelta(hours=wanted), calendar) if wanted else None,
    )


def case_of(
    said: Said, case_id: UUID, level: ServiceLevel | None, rules: Rules, calendar: Calendar
) -> Case:
    """Begin the case of something said; a level of None is one that could not be asked for."""
    document = level.document() if level else None
    promised = promise(document, rules, said.received_at, calendar)
    begun = Case(
        case_id=case_id,
        feedback_id=said.feedback_id,
        customer_id=said.customer_id,
        kind=said.kind,
        channel=said.channel,
        state=State.RECEIVED,
        owner=None,
        priority=priority_of(said.kind, None),
        version=1,
        programme_key=None,
        tier_key=None,
        tier_rank=None,
        tier_name=None,
        service_level=document,
        is_service_level_known=level is not None,
        opened_at=said.received_at,
        clock_from=said.received_at,
        due_at=promised.due_at,
        resolve_by=promised.resolve_by,
        first_due_at=promised.due_at,
        first_answered_at=None,
        answered_at=None,
        resolved_at=None,
        improved_at=None,
        response_minutes=None,
        resolution_minutes=None,
        is_response_breached=False,
        is_resolution_breached=False,
        breaches=0,
        reopenings=0,
        answer=None,
        resolution=None,
        improvement=None,
        updated_at=said.received_at,
    )
    return with_tier(begun, said.tier_held or {})


def with_tier(case: Case, held: Mapping[str, Any]) -> Case:
    """Note the tier that was held; a priority that nobody changed goes by it."""
    tier = held.get("tier") or {}
    rank = tier.get("rank")
    is_usual = case.priority == priority_of(case.kind, None)
    return replace(
        case,
        programme_key=held.get("programme"),
        tier_key=tier.get("key"),
        tier_rank=rank,
        tier_name=tier.get("name"),
        priority=priority_of(case.kind, rank) if is_usual else case.priority,
    )
