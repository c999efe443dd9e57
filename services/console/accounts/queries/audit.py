"""Entries of the audit log: opened before a change, closed by what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

_ADD: Final = """
INSERT INTO audit_log (audit_id, at, actor, action, subject, details)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_ADD_TO: Final = "UPDATE audit_log SET details = details || $2 WHERE audit_id = $1"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """Who does what to what."""

    audit_id: UUID
    at: datetime
    actor: str
    action: str
    subject: str
    details: Mapping[str, object] = field(default_factory=dict)


async def add_entry(pool: asyncpg.Pool, new: NewEntry) -> None:
    """Append an entry."""
    row = (new.audit_id, new.at, new.actor, new.action, new.subject, dict(new.details))
    await pool.execute(_ADD, *row)


async def add_to_entry(pool: asyncpg.Pool, audit_id: UUID, details: Mapping[str, object]) -> None:
    """Add to what an entry tells."""
    await pool.execute(_ADD_TO, audit_id, dict(details))
