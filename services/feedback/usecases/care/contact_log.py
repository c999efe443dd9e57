"""Put a finished task on the customer's time line: the contact, and the answer to its offer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.task import TRIED, Outcome, Task
from services.feedback.domain.contacts.interaction import Interaction
from services.feedback.domain.offers.response import Response
from services.feedback.queries.care.task_board import Closing
from services.feedback.queries.contacts.interactions import add_interaction
from services.feedback.queries.offers.offers import find_offer
from services.feedback.queries.offers.responses import put_response
from shared.contracts.tasks import CompletionRequest
from shared.ids import short_key, uuid7

#: Kind and channel of the contact that a channel of tasks makes.
CONTACTS: Final[Mapping[str, tuple[str, str]]] = {
    "phone": ("call", "phone"),
    "sms": ("message", "phone"),
    "email": ("mail", "web"),
    "wechat": ("message", "social"),
    "app": ("message", "app"),
    "store": ("visit", "store"),
    "letter": ("mail", "partner"),
}
_ANSWERS: Final = frozenset({Outcome.ACCEPTED, Outcome.DECLINED})


async def log_contact(
    connection: asyncpg.Connection,
    task: Task,
    closing: Closing,
    request: CompletionRequest,
    now: datetime,
) -> UUID | None:
    """Note the contact that a task was, and what was said to its offer; None: nobody tried."""
    if closing.outcome not in TRIED:
        return None
    contact = contact_of(task, closing, request, now)
    await add_interaction(connection, contact)
    offer_key = task.details.get("offer_key")
    if closing.outcome in _ANSWERS and isinstance(offer_key, str):
        await _answer_offer(connection, task, closing, offer_key, contact.at)
    return contact.interaction_id


def contact_of(
    task: Task, closing: Closing, request: CompletionRequest, now: datetime
) -> Interaction:
    """Word the contact that a task was."""
    kind, channel = CONTACTS.get(task.channel, ("message", "partner"))
    currency = closing.currency or task.currency
    return Interaction(
        customer_id=task.customer_id,
        interaction_id=uuid7(),
        event_key=short_key("interaction", "task", str(task.task_id)),
        fingerprint=closing.completion or b"",
        kind=kind,
        direction="out",
        channel=channel,
        subject=task.title["zh"][:200],
        note=closing.note,
        agent=request.agent or task.owner,
        outcome=None if closing.outcome is None else closing.outcome.value,
        duration_s=request.duration_s,
        case_id=None,
        task_id=task.task_id,
        cost=closing.cost if currency else None,
        currency=currency if closing.cost is not None else None,
        at=request.occurred_at or now,
        received_at=now,
    )


async def _answer_offer(
    connection: asyncpg.Connection, task: Task, closing: Closing, offer_key: str, at: datetime
) -> None:
    """Note the answer to the offer that a task made; an offer taken away since has no answers."""
    if await find_offer(connection, offer_key) is None:
        return
    held = task.segment_at or {}
    answer = Response(
        customer_id=task.customer_id,
        offer_key=offer_key,
        sending=f"task:{task.task_id}",
        response_id=uuid7(),
        answer=str(closing.outcome),
        programme_key=held.get("programme"),
        tier_key=held.get("tier"),
        lifecycle=held.get("lifecycle"),
        feedback_id=None,
        at=at,
        received_at=closing.at,
    )
    await put_response(connection, answer)
