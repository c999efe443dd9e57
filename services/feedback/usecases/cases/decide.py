"""A person judges a disputed tier: a decision, a label to train on, and a pin to be made."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.cases.case import DISPUTE, Case, CaseEvent
from services.feedback.domain.cases.dispute import PIN_MODES, fault_of_decision
from services.feedback.domain.cases.states import State
from services.feedback.domain.fault import DocumentFault
from services.feedback.queries.cases.cases import add_events, hold_case, update_case
from services.feedback.queries.cases.labels import (
    TierLabel,
    add_label,
    is_decided,
    ladder_of,
    supersede,
    tier_now,
)
from services.feedback.queries.people import group_of
from services.feedback.usecases.cases.errors import (
    DecidedBefore,
    NamesNobody,
    NoDispute,
    NotOpen,
    UnknownCase,
)
from services.feedback.usecases.cases.pins import TOPIC, payload_of
from services.feedback.usecases.cases.read import told_case
from services.feedback.usecases.desk import Desk
from shared import outbox
from shared.audit import Note, note
from shared.contracts.cases import DecisionRequest
from shared.idempotency import Answer, Asked, idempotently
from shared.ids import uuid7
from shared.problem import INVALID, FieldFault, Problem

_PAST: Final = DocumentFault("/ends_at", "out_of_range", "must lie ahead")


async def decide_dispute(
    desk: Desk, case_id: UUID, request: DecisionRequest, asked: Asked
) -> Answer:
    """Decide a dispute once; its pin is made by the worker, also when scoring is away.

    Raises UnknownCase, NoDispute, DecidedBefore, NotOpen, NamesNobody and Problem 422.
    """
    now = desk.clock.now()

    async def work(connection: asyncpg.Connection) -> dict[str, Any]:
        case, customer_id = await _disputed(connection, case_id)
        held = await _tier_held(connection, case, customer_id, request.programme)
        _check(request, held, await ladder_of(connection, request.programme), now)
        label = _label(case, request, held, by=asked.caller.name, at=now)
        replaced = await supersede(connection, case_id)
        await add_label(connection, label)
        for label_id in [*replaced, *([label.label_id] if label.pin_state == "pending" else [])]:
            await outbox.enqueue(connection, TOPIC, payload_of(label_id))
        after = replace(case, version=case.version + 1, updated_at=now)
        await update_case(connection, after)
        event = _event(label)
        await add_events(connection, case_id, [event], actor=label.decided_by, at=now)
        made = Note(label.decided_by, "case.decided", str(case_id), event.details)
        await note(connection, made, at=now)
        return (await told_case(connection, after, now)).model_dump(mode="json")

    return await idempotently(desk.pool, asked, work)


async def _disputed(connection: asyncpg.Connection, case_id: UUID) -> tuple[Case, str]:
    case = await hold_case(connection, case_id)
    if case is None:
        raise UnknownCase
    if case.kind != DISPUTE:
        raise NoDispute
    if await is_decided(connection, case):
        raise DecidedBefore
    if case.state not in {State.RECEIVED, State.ANSWERED}:
        raise NotOpen
    if case.customer_id is None:
        raise NamesNobody
    return case, case.customer_id


async def _tier_held(
    connection: asyncpg.Connection, case: Case, customer_id: str, programme: str
) -> str | None:
    """Tell the tier that is disputed: held when it was said, else the one decided last."""
    if case.programme_key == programme:
        return case.tier_key
    group = await group_of(connection, customer_id)
    return None if group is None else await tier_now(connection, programme, group.profile_id)


def _check(
    request: DecisionRequest, held: str | None, ladder: Sequence[str], now: datetime
) -> None:
    is_past = request.ends_at is not None and request.ends_at <= now
    wrong = fault_of_decision(request.decision, request.tier, held=held, ladder=ladder)
    faults = [each for each in (wrong, _PAST if is_past else None) if each is not None]
    if faults:
        errors = [FieldFault(each.pointer, each.code, each.message) for each in faults]
        raise Problem(INVALID, errors=errors)


def _label(
    case: Case, request: DecisionRequest, held: str | None, *, by: str, at: datetime
) -> TierLabel:
    return TierLabel(
        label_id=uuid7(),
        case_id=case.case_id,
        round=case.reopenings,
        customer_id=case.customer_id,
        programme_key=request.programme,
        tier_held=held,
        tier_judged=request.tier,
        decision=request.decision,
        reason=request.reason,
        decided_by=by,
        decided_at=at,
        ends_at=request.ends_at,
        pin_state="pending" if request.decision in PIN_MODES else "none",
    )


def _event(label: TierLabel) -> CaseEvent:
    names = ("decision", "tier_held", "tier_judged", "reason")
    told = {name: getattr(label, name) for name in names}
    return CaseEvent("decided", {"programme": label.programme_key, **told})
