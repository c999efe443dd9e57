"""Erase a person: asked for, done by a job in one transaction, over when every service is done.

The job takes away identifiers, profile and free text, and raises tombstones, so that from its
commit on nothing can name the person again. What other texts say of them is looked through a
little later, when every request that was under way has ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.erasing import Naming
from services.ingest.errors import UnknownErasure
from services.ingest.queries import erasures, identity, keys, mentions, tombstones
from services.ingest.queries.erasures import StoredErasure
from services.ingest.usecases.accept import CUSTOMERS_CHANGED
from services.ingest.usecases.privacy.export import identifiers_of
from shared import erasures as owners
from shared.audit import Note, note
from shared.clock import Clock
from shared.erasures import ErasedPerson, tombstone
from shared.outbox import enqueue
from shared.secrets import Secrets

_CHUNK = 500
_EVENTS = 20_000
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Erasing:
    """What an erasure works with.

    `grace_s`: how long a request that began before may still write something.
    """

    pool: Pool
    clock: Clock
    secrets: Secrets
    tombstone_days: int
    grace_s: float


async def erase(parts: Erasing, erasure_id: UUID) -> Mapping[str, object]:
    """Do the part of an erasure that must happen at one instant; once more changes nothing."""
    async with parts.pool.acquire() as connection, connection.transaction():
        erasure = await erasures.find(connection, erasure_id)
        if erasure is None:
            raise UnknownErasure
        if "members" not in erasure.receipt:
            await _erase(connection, erasure, parts)
    return {"erasure_id": str(erasure_id)}


async def _erase(connection: Connection, erasure: StoredErasure, parts: Erasing) -> None:
    now = parts.clock.now()
    await keys.hold_sequence(connection)
    members = await _hold(connection, erasure.profile_id)
    person = ErasedPerson(
        erasure.erasure_id, tuple(members), await identifiers_of(connection, members, parts.secrets)
    )
    until = now + timedelta(days=parts.tombstone_days)
    refused = [tombstone(parts.secrets, kind, value) for kind, value in person.identifiers]
    await tombstones.raise_tombstones(connection, refused, now=now, until=until)
    removed = await erasures.remove_rows(connection, members)
    removed["events"] = await erasures.blank_events(connection, members)
    removed["customers"] = await erasures.blank_customers(connection, members, now)
    asked = await owners.ask_owners(connection, person, parts.secrets, after_s=parts.grace_s)
    receipt = {
        "members": [member.hex for member in members],
        "refused_until": until.isoformat(),
        "removed": {"ingest": removed},
        "asked": asked,
    }
    await erasures.write_receipt(connection, erasure.erasure_id, receipt)
    made = Note(erasure.requested_by, "customer_erased", str(erasure.erasure_id))
    await note(connection, made, at=now)
    await enqueue(connection, CUSTOMERS_CHANGED, {"profile_ids": [m.hex for m in members]})
    await tombstones.stop_keeping(connection)


async def _hold(connection: Connection, root: UUID) -> list[UUID]:
    """Hold a customer and all merged into them; a merge that came between is seen."""
    members = await erasures.members_of(connection, root)
    while True:
        await identity.lock_customers(connection, members)
        found = await erasures.members_of(connection, root)
        if set(found) <= set(members):
            return members
        members = sorted({*members, *found})


async def forget_mentions(
    connection: Connection, person: ErasedPerson, secrets: Secrets
) -> dict[str, int]:
    """Look through every text that ingest and the platform keep; returns rows taken by table."""
    naming = Naming.of(person.identifiers)
    removed = {"quarantine": await _forget_refused(connection, naming, secrets)}
    for table in mentions.TABLES:
        found = [key async for key, text in mentions.texts(connection, table) if naming.is_in(text)]
        await mentions.remove_texts(connection, table, found)
        removed[table] = len(found)
    removed["events"] = await _blank_told_elsewhere(connection, naming)
    removed["identity_conflicts"] = await erasures.remove_conflicts(connection, person.profile_ids)
    return {table: count for table, count in removed.items() if count}


async def _forget_refused(connection: Connection, naming: Naming, secrets: Secrets) -> int:
    after, count = _FIRST, 0
    while rows := await mentions.refused_after(connection, after, limit=_CHUNK):
        after = rows[-1][0]
        found = [
            kept_id
            for kept_id, body in rows
            if naming.is_in(secrets.decrypt_identifier("quarantine", body))
        ]
        await mentions.drop_refused(connection, found)
        count += len(found)
    return count


async def _blank_told_elsewhere(connection: Connection, naming: Naming) -> int:
    """Take the words of events that name the person and are somebody else's or nobody's."""
    after: mentions.Place | None = (_FIRST, 0)
    count = 0
    while after is not None and naming.pattern is not None:
        found, after = await mentions.told_elsewhere(
            connection, after, naming.pattern.pattern, limit=_EVENTS
        )
        count += await erasures.blank_events_at(connection, found)
    return count


async def deliver_erasures(pool: Pool, secrets: Secrets) -> bool:
    """Forget in ingest's own texts those whose turn it is; tell whether more may wait."""

    async def purge(connection: Connection, person: ErasedPerson) -> Mapping[str, int]:
        return await forget_mentions(connection, person, secrets)

    return await owners.deliver(pool, "ingest", purge, secrets)
