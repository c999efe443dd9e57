"""Fold a batch into the facts: sales add up, whatever returns touch is folded anew."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.records import OrderKey, Return, Sale, Void
from services.ingest.queries import events, facts, identity, keys
from services.ingest.queries.events import StoredEvent, stored_event
from services.ingest.queries.keys import Reversal
from services.ingest.usecases.batch import Batch
from services.ingest.usecases.refold import changes_of


async def apply(connection: Connection, batch: Batch, *, now: datetime) -> tuple[UUID, ...]:
    """Append the events and write their effect; returns the customers whose facts changed."""
    stored, versions = _versioned(batch)
    await events.append(connection, stored)
    reversals = await _reversals(connection, batch, stored)
    await facts.write(connection, await changes_of(connection, batch, stored, reversals))
    await keys.apply_reversals(connection, _applied(batch, reversals, versions))
    await identity.set_versions(connection, _unlinked(batch, versions), now)
    return tuple(versions)


def _versioned(batch: Batch) -> tuple[list[StoredEvent], dict[UUID, int]]:
    """Give each event the customer version it produces; a sale's owner moves on with a return."""
    versions: dict[UUID, int] = {}
    stored = []
    for arrival in sorted(batch.arrivals, key=lambda a: batch.sequences[a.event_key]):
        profile_id = arrival.record.occasion.profile_id
        for touched in {profile_id, *_undone_owners(batch, arrival)} & batch.customers.keys():
            versions[touched] = versions.get(touched, batch.customers[touched].version) + 1
        sequence = batch.sequences[arrival.event_key]
        stored.append(stored_event(arrival, sequence, versions.get(profile_id)))
    return stored, versions


def _undone_owners(batch: Batch, arrival: Arrival) -> set[UUID]:
    if isinstance(arrival.record, Sale):
        return set()
    owners = (batch.owners.get(key) for key in arrival.named_orders)
    return {owner.profile_id for owner in owners if owner is not None}


async def _reversals(
    connection: Connection, batch: Batch, stored: Iterable[StoredEvent]
) -> list[Reversal]:
    """Remember this batch's returns and voids; return all that name an order of this batch."""
    new = [
        (Reversal(key, s.sequence, s.record.occasion.profile_id), s.arrival)
        for s in stored
        if isinstance(s.record, Return | Void)
        for key in s.arrival.named_orders
    ]
    await keys.add_reversals(connection, new)
    return await keys.reversals_of(connection, batch.owners)


def _applied(
    batch: Batch, reversals: Iterable[Reversal], versions: dict[UUID, int]
) -> list[tuple[OrderKey, int, UUID, int | None]]:
    """Return which reversals take effect with this batch, and on whom."""
    new = set(batch.sequences.values())
    return [
        (r.order_key, r.sequence, owner.profile_id, versions.get(owner.profile_id))
        for r in reversals
        if (owner := batch.owners[r.order_key]) and (r.sequence in new or owner.sequence in new)
    ]


def _unlinked(batch: Batch, versions: dict[UUID, int]) -> dict[UUID, tuple[int, datetime | None]]:
    """Return version and last unlinked return of every customer that changed."""
    last = {p: batch.customers[p].last_unlinked_return_at for p in versions}
    for arrival in batch.arrivals:
        where = arrival.record.occasion
        is_unlinked = isinstance(arrival.record, Return) and arrival.record.link is None
        if is_unlinked and where.profile_id in last:
            known = last[where.profile_id]
            last[where.profile_id] = max(known or where.effective_at, where.effective_at)
    return {profile_id: (version, last[profile_id]) for profile_id, version in versions.items()}
