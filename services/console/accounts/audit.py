"""What people did: written before a change is asked for, completed by what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from services.console.accounts.queries.audit import NewEntry, add_entry, add_to_entry
from shared.clock import Clock
from shared.ids import uuid7

DONE: Final = "done"


@dataclass(frozen=True, slots=True)
class Audit:
    """Writes entries of the console; the clock is the business's, as in every other entry."""

    pool: asyncpg.Pool
    clock: Clock

    async def open_entry(
        self, actor: str, action: str, subject: str, details: Mapping[str, object]
    ) -> UUID:
        """Write down what is about to be done; give the entry's id."""
        made = {**details, "outcome": "begun"}
        new = NewEntry(uuid7(), self.clock.now(), actor, action, subject, made)
        await add_entry(self.pool, new)
        return new.audit_id

    async def close_entry(self, audit_id: UUID, outcome: str) -> None:
        """Write down what became of it."""
        await add_to_entry(self.pool, audit_id, {"outcome": outcome})

    async def note(
        self, actor: str, action: str, subject: str, details: Mapping[str, object]
    ) -> None:
        """Write down what is done already."""
        made = {**details, "outcome": DONE}
        new = NewEntry(uuid7(), self.clock.now(), actor, action, subject, made)
        await add_entry(self.pool, new)
