"""Notes of what people did, for whoever must answer for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import asyncpg

from shared.ids import uuid7

# The document as text: commands come with connections that have no codec for jsonb.
_NOTE: Final = """
INSERT INTO audit_log (audit_id, at, actor, action, subject, details)
VALUES ($1, $2, $3, $4, $5, $6::text::jsonb)
"""


@dataclass(frozen=True, slots=True)
class Note:
    """Who did what to what; a person is named by our ids only."""

    actor: str
    action: str
    subject: str
    details: Mapping[str, object] = field(default_factory=dict)


async def note(connection: asyncpg.Connection, made: Note, *, at: datetime) -> None:
    """Append a note in the transaction of the act."""
    row = (made.actor, made.action, made.subject, json.dumps(dict(made.details)))
    await connection.execute(_NOTE, uuid7(), at, *row)
