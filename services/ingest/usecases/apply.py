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
        changed = {batch.root_of(p) for p in (profile_id, *_undone_owners(batch, arrival))}
        for touched in changed & batch.customers.keys():
            versions[touched] = versions.get(touched, batch.customers[touched].version) + 1
        sequence = batch.sequences[arrival.event_key]
        stored.append(stored_event(arrival, sequence, versions.get(batch.root_of(profile_id))))
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
        (r.order_key, r.sequence, root := batch.root_of(owner.profile_id), versions.get(root))
        for r in reversals
        if (owner := batch.owners[r.order_key]) and (r.sequence in new or owner.sequence in new)
    ]


def _unlinked(batch: Batch, versions: dict[UUID, int]) -> dict[UUID, tuple[int, datetime | None]]:
    """Return version and last unlinked return of every customer that changed."""
    last = {p: batch.customers[p].last_unlinked_return_at for p in versions}
    for arrival in batch.arrivals:
        where = arrival.record.occasion
        root, at = batch.root_of(where.profile_id), where.effective_at
        is_unlinked = isinstance(arrival.record, Return) and arrival.record.link is None
        if is_unlinked and root in last:
            last[root] = max(last[root] or at, at)
    return {profile_id: (version, last[profile_id]) for profile_id, version in versions.items()}
