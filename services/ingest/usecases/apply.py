"""Fold a batch into the facts: sales add up, whatever shares an order is folded anew."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.corrections import corrections
from services.ingest.domain.orders import Order, keys_named, orders_of
from services.ingest.domain.records import OrderKey, Record, Return, Sale, Void
from services.ingest.queries import consents, corrected, events, facts, identity, keys
from services.ingest.queries.events import StoredEvent, has_effect
from services.ingest.queries.keys import Reversal
from services.ingest.usecases.batch import Batch
from services.ingest.usecases.refold import changes_of


async def apply(connection: Connection, batch: Batch, *, now: datetime) -> tuple[UUID, ...]:
    """Append the events and write their effect; returns the customers whose facts changed."""
    stored, versions = _versioned(batch)
    await events.append(connection, stored)
    await consents.add_told(connection, stored)
    await keys.add_reversals(connection, _reversals(stored))
    await facts.write(connection, await changes_of(connection, batch, stored))
    await _note_orders(connection, batch, versions, now=now)
    await identity.set_versions(connection, _unlinked(batch, versions), now)
    return tuple(versions)


def _versioned(batch: Batch) -> tuple[list[StoredEvent], dict[UUID, int]]:
    """Give each event the customer version it produces; all who have a part in an order move on."""
    versions: dict[UUID, int] = {}
    stored = []
    for arrival in sorted(batch.arrivals, key=lambda a: batch.sequences[a.event_key]):
        profile_id, sequence = (
            arrival.record.occasion.profile_id,
            batch.sequences[arrival.event_key],
        )
        changed = {batch.root_of(p) for p in (profile_id, *_sellers(batch, arrival))}
        for touched in changed & batch.customers.keys():
            versions[touched] = versions.get(touched, batch.customers[touched].version) + 1
        sequence, version = (
            batch.sequences[arrival.event_key],
            versions.get(batch.root_of(profile_id)),
        )
        stored.append(StoredEvent(arrival, sequence, version, batch.record_of(arrival)))
    return stored, versions


def _sellers(batch: Batch, arrival: Arrival) -> set[UUID]:
    if not has_effect(arrival):
        return set()
    return {p for key in arrival.named_orders for p in batch.sellers.get(key, ())}


def _reversals(stored: Iterable[StoredEvent]) -> list[tuple[Reversal, Arrival]]:
    """Return what undoes orders, by the orders it names."""
    return [
        (Reversal(key, s.sequence, s.record.occasion.profile_id), s.arrival)
        for s in stored
        if isinstance(s.record, Return | Void) and has_effect(s.arrival)
        for key in s.arrival.named_orders
    ]


async def _note_orders(
    connection: Connection, batch: Batch, versions: dict[UUID, int], *, now: datetime
) -> None:
    """Note on whom reversals take effect, and which orders are worth something else now."""
    reversals = _by_sequence(batch)
    if not batch.related and not reversals:
        return
    known = [e.record for e in batch.related if isinstance(e.record, Sale)]
    before, after = orders_of(known), orders_of([*known, *batch.sales.values()])
    applied = _applied(batch, reversals, _homes(batch, before), _homes(batch, after))
    await keys.apply_reversals(connection, [(*each, versions.get(each[2])) for each in applied])
    newest = {key: sale.sequence for sale in batch.sales.values() for key in sale.order_keys}
    for changed in corrections(before, after):
        await corrected.note(
            connection,
            changed,
            sequence=max(newest.get(key, 0) for key in changed.order_keys),
            customer_version=versions.get(batch.root_of(changed.profile_id)),
            at=now,
        )


def _by_sequence(batch: Batch) -> dict[int, Record]:
    """Return everything that undoes an order of the batch, by its place in the log."""
    new = ((batch.sequences[a.event_key], a.record) for a in batch.arrivals if has_effect(a))
    known = ((entry.sequence, entry.record) for entry in batch.related)
    return {n: record for n, record in (*known, *new) if getattr(record, "link", None) is not None}


def _homes(batch: Batch, orders: Iterable[Order]) -> dict[OrderKey, UUID]:
    return {
        key: batch.root_of(order.sale.occasion.profile_id)
        for order in orders
        for key in order.sale.order_keys
    }


def _applied(
    batch: Batch,
    reversals: dict[int, Record],
    before: dict[OrderKey, UUID],
    after: dict[OrderKey, UUID],
) -> list[tuple[OrderKey, int, UUID]]:
    """Return which reversals (order, sequence) take effect with this batch, and on whom."""
    new = set(batch.sequences.values())
    named = ((link, n) for n, record in reversals.items() for link in keys_named(record))
    return [
        (link, n, after[link])
        for link, n in named
        if link in after and (n in new or before.get(link) != after[link])
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
