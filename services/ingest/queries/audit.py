"""Notes of what people did, for whoever must answer for it."""

from collections.abc import Mapping
from datetime import datetime

from asyncpg import Connection

from shared.ids import uuid7


async def note(  # noqa: PLR0913 - the columns of a note
    connection: Connection,
    actor: str,
    action: str,
    subject: str,
    *,
    at: datetime,
    details: Mapping[str, object] | None = None,
) -> None:
    """Append a note in the transaction of the act; it names people by our ids only."""
    await connection.execute(
        """
        INSERT INTO audit_log (audit_id, at, actor, action, subject, details)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        uuid7(),
        at,
        actor,
        action,
        subject,
        dict(details or {}),
    )
