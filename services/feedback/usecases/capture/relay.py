"""Tell ingest what was said: outbox rows become events, however long ingest is away."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from uuid import UUID

from pydantic import ValidationError

from shared.contracts.common import CustomerReference
from shared.contracts.events import ShopEvent
from shared.contracts.receipts import BatchResult
from shared.outbox import OutboxRow
from shared.secrets import Secrets, UnreadableIdentifier

_EXTERNAL: Final = "external:"


class EventSink(Protocol):
    """Ingest, as far as feedback posts to it (shared/clients/ingest.py)."""

    async def post_events(self, events: Sequence[ShopEvent]) -> BatchResult:
        """Post 1 to 1,000 events."""
        ...


async def relay(
    rows: Sequence[OutboxRow], ingest: EventSink, secrets: Secrets
) -> Mapping[UUID, str]:
    """Post events for rows; name the rows that cannot be read. An event ingest refuses is there.

    Refused events lie in ingest's quarantine with their reason; posting them again changes nothing.
    """
    events: list[ShopEvent] = []
    unreadable: dict[UUID, str] = {}
    for row in rows:
        try:
            events.append(event_in(row.payload, secrets))
        except (UnreadableIdentifier, ValidationError) as error:
            unreadable[row.outbox_id] = type(error).__name__
    if events:
        await ingest.post_events(events)
    return unreadable


def event_in(payload: Mapping[str, Any], secrets: Secrets) -> ShopEvent:
    """Rebuild the event of an outbox row; raises UnreadableIdentifier."""
    opened = {
        kind: secrets.decrypt_identifier(kind, bytes.fromhex(sealed))
        for kind, sealed in payload["customer"].items()
    }
    return ShopEvent.model_validate({**payload, "customer": _reference(opened)})


def _reference(identifiers: Mapping[str, str]) -> CustomerReference | None:
    if not identifiers:
        return None
    plain = {kind: value for kind, value in identifiers.items() if not _is_external(kind)}
    external = {k.removeprefix(_EXTERNAL): v for k, v in identifiers.items() if _is_external(k)}
    return CustomerReference(**plain, external=external or None)


def _is_external(kind: str) -> bool:
    return kind.startswith(_EXTERNAL)
