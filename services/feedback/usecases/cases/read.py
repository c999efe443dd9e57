"""Read cases: one with all that belongs to it, or page by page."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.cases.case import Case
from services.feedback.domain.cases.listing import Place, Wanted, cursor_at, place_of
from services.feedback.domain.cases.states import NAMES, State
from services.feedback.queries.capture.feedback import find_feedback
from services.feedback.queries.cases.cases import find_case, newest_events
from services.feedback.queries.cases.labels import TierLabel, labels_of
from services.feedback.queries.cases.listing import list_cases
from services.feedback.queries.people import group_of
from services.feedback.usecases.cases.errors import UnknownCase
from services.feedback.usecases.desk import Desk
from shared.contracts.cases import (
    CaseAnswer,
    CaseEventItem,
    CaseItem,
    CaseTier,
    DecisionAnswer,
)
from shared.contracts.common import LocalText, Page
from shared.contracts.feedback import FeedbackItem

MOST_EVENTS: Final = 200


async def show_case(desk: Desk, case_id: UUID) -> CaseAnswer:
    """Give one case; raises UnknownCase."""
    case = await find_case(desk.pool, case_id)
    if case is None:
        raise UnknownCase
    return await told_case(desk.pool, case, desk.clock.now())


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of which cases."""

    wanted: Wanted
    customer_id: str | None
    is_overdue: bool
    after: Place | None
    limit: int


async def page_of_cases(desk: Desk, asked: Asked) -> Page[CaseItem]:
    """Give one page; a customer's cases are those of everybody they were merged with."""
    now, limit, wanted = desk.clock.now(), asked.limit, asked.wanted
    if asked.is_overdue:
        wanted = replace(wanted, overdue_at=now)
    if asked.customer_id is not None:
        group = await group_of(desk.pool, asked.customer_id)
        ids: Sequence[str] = group.customer_ids if group is not None else [asked.customer_id]
        wanted = replace(wanted, customer_ids=list(ids))
    found = await list_cases(desk.pool, wanted, after=asked.after, limit=limit + 1)
    items = [item_of(case, now) for case in found[:limit]]
    last = found[limit - 1] if found[limit:] else None
    return Page(items=items, next_cursor=cursor_at(place_of(last)) if last else None)


async def told_case(
    connection: asyncpg.Connection | asyncpg.Pool, case: Case, now: datetime
) -> CaseAnswer:
    """Write a case as it is answered, with what was said, decided and done."""
    said = None
    if case.feedback_id is not None:
        said = await find_feedback(connection, case.feedback_id)
    events = await newest_events(connection, case.case_id, limit=MOST_EVENTS)
    return CaseAnswer(
        **item_of(case, now).model_dump(),
        feedback=None if said is None else FeedbackItem.model_validate(said, from_attributes=True),
        decisions=[decision_of(label) for label in await labels_of(connection, case.case_id)],
        events=[CaseEventItem(event_id=each.pop("case_event_id"), **each) for each in events],
    )


def item_of(case: Case, now: datetime) -> CaseItem:
    """Write a case as a list shows it."""
    return CaseItem(
        **_plain(case),
        state_name=LocalText(**NAMES[case.state]),
        tier=_tier_of(case),
        is_overdue=is_overdue(case, now),
    )


def is_overdue(case: Case, now: datetime) -> bool:
    """Tell whether an answer or a solution is late."""
    is_answer_late = case.state is State.RECEIVED and case.due_at < now
    is_open = case.state in {State.RECEIVED, State.ANSWERED}
    return is_answer_late or (is_open and case.resolve_by is not None and case.resolve_by < now)


def decision_of(label: TierLabel) -> DecisionAnswer:
    """Write a decision as it is answered."""
    return DecisionAnswer(
        decision_id=label.label_id,
        programme=label.programme_key,
        **{"pin": label.pin_state} | {name: getattr(label, name) for name in _DECISION},
    )


_DECISION: Final = (
    "decision", "tier_held", "tier_judged", "reason", "decided_by", "decided_at", "ends_at",
    "pin_id", "pin_detail",
)  # fmt: skip


def _tier_of(case: Case) -> CaseTier | None:
    if case.tier_key is None:
        return None
    name = LocalText(**case.tier_name) if case.tier_name else None
    return CaseTier(programme=case.programme_key, key=case.tier_key, rank=case.tier_rank, name=name)


def _plain(case: Case) -> dict[str, Any]:
    return {name: value for name, value in asdict(case).items() if name in CaseItem.model_fields}
