"""Store how somebody answered an offer, with what they held at that moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.said import Said
from services.feedback.domain.offers.response import Response, Standing
from services.feedback.queries.offers.responses import put_response, standing_of
from services.feedback.queries.people import group_of
from services.feedback.usecases.desk import Desk
from shared.ids import uuid7

#: Makes the row of an answer, a sending, an instant, and the feedback it came with.
Telling = Callable[[str, str, datetime, UUID | None], Response]


async def record_response(connection: asyncpg.Connection, said: Said, desk: Desk) -> None:
    """Store the answer that a piece of feedback of the kind `offer_response` gave.

    Inside the transaction of the feedback. Nothing is stored of nobody in particular.
    """
    if said.customer_id is None or said.offer_key is None or said.answer is None:
        return
    told = await telling(connection, said.customer_id, said.offer_key, desk.clock.now())
    sending = said.properties.get("sending")
    sent = sending if isinstance(sending, str) else ""
    await put_response(connection, told(said.answer, sent, said.occurred_at, said.feedback_id))


async def telling(
    connection: asyncpg.Connection, customer_id: str, offer_key: str, now: datetime
) -> Telling:
    """Return what makes the row of an answer by whoever stands where this customer stands."""
    group = await group_of(connection, customer_id)
    name = group.customer_ids[0] if group else customer_id  # merged ids answer once
    standing = await standing_of(connection, group.profile_id) if group else Standing()

    def tell(answer: str, sending: str, at: datetime, feedback_id: UUID | None) -> Response:
        return Response(
            customer_id=name,
            offer_key=offer_key,
            sending=sending,
            response_id=uuid7(),
            answer=answer,
            programme_key=standing.programme_key,
            tier_key=standing.tier_key,
            lifecycle=standing.lifecycle,
            feedback_id=feedback_id,
            at=at,
            received_at=now,
        )

    return tell
