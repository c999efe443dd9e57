"""Tell ingest what answers say about customers, however long it is away.

A group of attributes (`preferences`) is told whole, so what stands in it is read first and goes
along: told by `identify`, which replaces what it names and nothing else of a profile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from services.feedback.domain.surveys.answers import with_told
from shared.clients.transport import RemoteProblem
from shared.contracts.customers import CustomerProfile
from shared.logs import REMOTE_FAILED, logger
from shared.outbox import OutboxRow
from shared.secrets import Secrets, UnreadableIdentifier

_KIND: Final = "customer_id"
_LOG: Final[Any] = logger("worker")
#: Nobody is there any more to tell of.
_GONE: Final = (404, 410)


class Profiles(Protocol):
    """Ingest, as far as attributes are told to it (shared/clients/ingest.py)."""

    async def profile_of(self, customer_id: str) -> CustomerProfile:
        """Read a profile."""
        ...

    async def identify(
        self, customer_id: str, traits: Mapping[str, Any], *, message_id: str, at: datetime
    ) -> None:
        """Tell attributes of a customer."""
        ...


async def tell_attributes(
    rows: Sequence[OutboxRow], ingest: Profiles, secrets: Secrets, now: datetime
) -> Mapping[UUID, str]:
    """Tell what rows hold, one after the other; name those that failed.

    Raises RemoteUnavailable: then all rows come up again, and telling the same twice is harmless.
    """
    failed: dict[UUID, str] = {}
    for row in rows:
        try:
            await _tell(row.payload, ingest, secrets, now)
        except (UnreadableIdentifier, RemoteProblem) as error:
            _LOG.warning(REMOTE_FAILED, remote="ingest", error=type(error).__name__)
            failed[row.outbox_id] = type(error).__name__
    return failed


async def _tell(
    payload: Mapping[str, Any], ingest: Profiles, secrets: Secrets, now: datetime
) -> None:
    sealed = bytes.fromhex(payload["customer"][_KIND])
    customer_id = secrets.decrypt_identifier(_KIND, sealed)
    try:
        known = await ingest.profile_of(customer_id)
    except RemoteProblem as error:
        if error.status in _GONE:
            return
        raise
    traits = with_told(known.attributes, payload["groups"])
    # As of now, not of the answer: what was told in between stands in the group already.
    await ingest.identify(customer_id, traits, message_id=f"survey-{payload['event_id']}", at=now)
