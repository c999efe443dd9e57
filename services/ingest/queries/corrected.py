"""Rows of the audit log that explain why an order is worth something else than before."""

from datetime import datetime
from typing import Final

from asyncpg import Connection

from services.ingest.domain.corrections import Correction
from shared import audit
from shared.audit import Note

CORRECTED: Final = "order.corrected"
ACTOR: Final = "ingest"


async def note(
    connection: Connection,
    correction: Correction,
    *,
    sequence: int,
    customer_version: int | None,
    at: datetime,
) -> None:
    """Explain one correction in the transaction of its cause, the event at `sequence`."""
    details = {
        "profile_id": correction.profile_id.hex,
        "former_profile_ids": [p.hex for p in correction.former_profile_ids],
        "old_net": correction.old_net,
        "new_net": correction.new_net,
        "old_quantity_milli": correction.old_quantity_milli,
        "new_quantity_milli": correction.new_quantity_milli,
        "sequence": sequence,
        "customer_version": customer_version,
    }
    subject = f"order:{correction.order_keys[0].hex()}"
    await audit.note(connection, Note(ACTOR, CORRECTED, subject, details), at=at)
