"""Store feedback inside a transaction, with what it sets off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import asyncpg

from services.feedback.domain.capture.event import TYPE
from services.feedback.domain.capture.said import Arrival, Fate, Outcome, outcome_of
from services.feedback.queries.capture.writing import Telling, stored_under, write_arrivals
from shared.outbox import OutboxRow

#: The service tells ingest itself, at once; the worker takes over what it has not told by then.
TELLING: Final = Telling(TYPE, after_s=0.4)


async def store(
    connection: asyncpg.Connection, arrivals: Sequence[Arrival], now: datetime
) -> list[Outcome]:
    """Store arrivals, each once; gives their outcomes in order."""
    written = await write_arrivals(connection, arrivals, TELLING, now)
    others = [
        arrival.said.event_key
        for arrival in arrivals
        if arrival.said.feedback_id not in written.added | written.refused
    ]
    first = await stored_under(connection, others) if others else {}
    outcomes = []
    for arrival in arrivals:
        if arrival.said.feedback_id in written.added:
            outcomes.append(Outcome(Fate.STORED, arrival.said))
        elif arrival.said.feedback_id in written.refused:
            outcomes.append(Outcome(Fate.ERASED, arrival.said))
        else:
            outcomes.append(outcome_of(arrival, first.get(arrival.said.event_key)))
    return outcomes


def outbox_rows(arrivals: Sequence[Arrival], outcomes: Sequence[Outcome]) -> list[OutboxRow]:
    """Give the outbox rows that were written with these arrivals, as a worker would lease them."""
    return [
        OutboxRow(arrival.said.feedback_id, dict(arrival.event), 0, arrival.said.received_at)
        for arrival, outcome in zip(arrivals, outcomes, strict=True)
        if outcome.fate is Fate.STORED
    ]
