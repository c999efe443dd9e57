"""Forget a person in everything that feedback keeps."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.capture.event import TYPE
from services.feedback.queries import erasure
from services.feedback.usecases.surveys.follow import TOLD
from shared.erasures import ErasedPerson, Purge
from shared.ids import short_key
from shared.secrets import Secrets, UnreadableIdentifier

#: Topics whose waiting rows name a customer.
_NAMING: Final = (TYPE, TOLD)


def purge_with(secrets: Secrets) -> Purge:
    """Return what forgets a person here."""

    async def purge(connection: asyncpg.Connection, person: ErasedPerson) -> Mapping[str, int]:
        told = await erasure.told_events(connection, person.profile_ids)
        own = feedback_of(await erasure.nameless_feedback(connection), told) if told else []
        removed = await erasure.blank(
            connection,
            person.customer_ids,
            own,
            pseudonym=f"erased-{person.erasure_id.hex}",
        )
        waiting = [
            row for topic in _NAMING for row in await erasure.waiting_events(connection, topic)
        ]
        naming = [row for row, payload in waiting if names(payload, person, secrets)]
        await erasure.drop_waiting(connection, naming)
        return {k: n for k, n in (removed | {"outbox": len(naming)}).items() if n}

    return purge


def feedback_of(feedback_ids: Iterable[UUID], told: Sequence[tuple[bytes, str]]) -> list[UUID]:
    """Return the feedback that became one of these events (key, source) of a person."""
    sources = {source for _, source in told}
    keys = {key for key, _ in told}
    return [
        feedback_id
        for feedback_id in feedback_ids
        if any(short_key("event", source, "", str(feedback_id)) in keys for source in sources)
    ]


def names(payload: Mapping[str, object], person: ErasedPerson, secrets: Secrets) -> bool:
    """Tell whether an event that waits for ingest names the person."""
    customer = payload.get("customer")
    given = customer if isinstance(customer, Mapping) else {}
    try:
        opened = {(k, secrets.decrypt_identifier(k, bytes.fromhex(v))) for k, v in given.items()}
    except UnreadableIdentifier:
        return False  # sealed with a key that is gone: nobody can read a name there
    return not opened.isdisjoint(person.identifiers)
