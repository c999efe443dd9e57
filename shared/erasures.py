"""An erasure is the work of every service that keeps something of a person: each its own tables.

Ingest writes one outbox row for each of them, with the identifiers sealed. Whoever has purged its
tables puts the counts in place of the identifiers, in the same transaction.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from shared import outbox
from shared.secrets import Secrets

OWNERS: Final = ("ingest", "scoring", "feedback")
_SEAL: Final = "erasure"
#: Longer than a purge takes: ingest looks through a million events in some 11 seconds.
_LEASE_S: Final = 900.0


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """Who is to be forgotten: their profiles, and all they were known by as (kind, value)."""

    erasure_id: UUID
    profile_ids: tuple[UUID, ...]
    identifiers: tuple[tuple[str, str], ...]

    @property
    def customer_ids(self) -> list[str]:
        """List the shop's own ids of the person."""
        return [value for kind, value in self.identifiers if kind == "customer_id"]


#: Forgets a person inside the given transaction; returns the rows it took away, by table.
Purge = Callable[[asyncpg.Connection, ErasedPerson], Awaitable[Mapping[str, int]]]


def tombstone(secrets: Secrets, kind: str, value: str) -> tuple[str, bytes]:
    """Name an erased identifier so that nothing else we keep or kept has the same hash."""
    return kind, secrets.blind_index(f"erased:{kind}", value)


def topic_of(owner: str) -> str:
    """Name the outbox topic of one owner of tables."""
    return f"customer_erased.{owner}"


def sealed(person: ErasedPerson, secrets: Secrets) -> dict[str, Any]:
    """Put a person into an outbox row, nothing in clear but our own ids."""
    known_by = secrets.encrypt_identifier(_SEAL, json.dumps(person.identifiers))
    return {
        "erasure_id": person.erasure_id.hex,
        "profile_ids": [profile_id.hex for profile_id in person.profile_ids],
        "sealed": known_by.hex(),
    }


def opened(payload: Mapping[str, Any], secrets: Secrets) -> ErasedPerson:
    """Read a person from an outbox row; raises UnreadableIdentifier."""
    text = secrets.decrypt_identifier(_SEAL, bytes.fromhex(payload["sealed"]))
    return ErasedPerson(
        UUID(payload["erasure_id"]),
        tuple(UUID(text) for text in payload["profile_ids"]),
        tuple((kind, value) for kind, value in json.loads(text)),
    )


async def ask_owners(
    connection: asyncpg.Connection, person: ErasedPerson, secrets: Secrets, *, after_s: float
) -> dict[str, str]:
    """Tell every owner of tables, inside the transaction that erases; after what is under way.

    Returns the row of each owner, where its answer will be.
    """
    rows = {}
    for owner in OWNERS:
        payload = sealed(person, secrets)
        row = await outbox.enqueue(connection, topic_of(owner), payload, after_s=after_s)
        rows[owner] = row.hex
    return rows


async def answers_in(pool: asyncpg.Pool, rows: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Return what each owner has taken away, of those who have."""
    found = {}
    for owner, row in rows.items():
        payload = await outbox.payload_of(pool, UUID(row))
        if payload is not None and "removed" in payload:
            found[owner] = payload["removed"]
    return found


async def deliver(pool: asyncpg.Pool, owner: str, purge: Purge, secrets: Secrets) -> bool:
    """Forget those whose turn it is in one owner's tables; tell whether more may wait."""

    async def handle(rows: Sequence[outbox.OutboxRow]) -> Mapping[UUID, str]:
        for row in rows:
            if "sealed" in row.payload:  # else it was done, and not marked before a crash
                await _forget(pool, row, purge, secrets)
        return {}

    return await outbox.deliver(pool, topic_of(owner), handle, limit=1, lease_s=_LEASE_S)


async def _forget(
    pool: asyncpg.Pool, row: outbox.OutboxRow, purge: Purge, secrets: Secrets
) -> None:
    person = opened(row.payload, secrets)
    async with pool.acquire() as connection, connection.transaction():
        removed = await purge(connection, person)
        answer = {"erasure_id": person.erasure_id.hex, "removed": dict(removed)}
        await outbox.replace_payload(connection, row.outbox_id, answer)
