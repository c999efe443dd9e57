"""Fold a batch into the facts: sales add up, whatever returns touch is folded anew."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.facts import Facts, FactsChange, change, only_shop_days
from services.ingest.domain.fold import fold
from services.ingest.domain.records import EventKey, OrderKey, Record, Return, Sale, Void
from services.ingest.queries import events, facts, identity, keys
from services.ingest.queries.events import LoggedRecord, StoredEvent, stored_event
from services.ingest.queries.identity import LockedCustomer
from services.ingest.queries.keys import OrderOwner, Reversal


@dataclass(frozen=True, slots=True)
class Batch:
    """Placed arrivals, their places in the log, the owners of their orders, the held customers."""

    arrivals: Sequence[Arrival]
    sequences: dict[EventKey, int]
    owners: dict[OrderKey, OrderOwner | None]
    customers: dict[UUID, LockedCustomer]


@dataclass(frozen=True, slots=True)
class _Touched:
    """What must be folded anew: customers whole, anonymous sales one by one."""

    customers: frozenset[UUID]
    sales: frozenset[tuple[UUID, int]]


async def apply(connection: Connection, batch: Batch, *, now: datetime) -> tuple[UUID, ...]:
    """Append the events and write their effect; returns the customers whose facts changed."""
    stored, versions = _versioned(batch)
    await events.append(connection, stored)
    reversals = await _reversals(connection, batch, stored)
    touched = _touched(batch, reversals)
    changes = _added(batch, stored, touched, reversals)
    changes += await _refolded_customers(connection, batch, touched)
    changes += await _refolded_sales(connection, batch, touched, reversals)
    await facts.write(connection, changes)
    await keys.apply_reversals(connection, _applied(batch, reversals, versions))
    await identity.set_versions(connection, _flags(batch, versions), now)
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


def _touched(batch: Batch, reversals: Iterable[Reversal]) -> _Touched:
    customers: set[UUID] = set()
    sales: set[tuple[UUID, int]] = set()
    for reversal in reversals:
        owner = batch.owners[reversal.order_key]
        if owner is None:
            continue
        if owner.profile_id in batch.customers:
            customers.add(owner.profile_id)
        else:
            sales.add((owner.profile_id, owner.sequence))
    for arrival in batch.arrivals:
        profile_id = arrival.record.occasion.profile_id
        if profile_id in batch.customers and _needs_matching(arrival.record, batch, profile_id):
            customers.add(profile_id)
    return _Touched(frozenset(customers), frozenset(sales))


def _needs_matching(record: Record, batch: Batch, profile_id: UUID) -> bool:
    """Tell whether unlinked returns make this record depend on the customer's other records."""
    if isinstance(record, Return):
        return record.link is None
    return isinstance(record, Sale) and batch.customers[profile_id].has_unlinked_returns


def _added(
    batch: Batch,
    stored: Iterable[StoredEvent],
    touched: _Touched,
    reversals: Iterable[Reversal],
) -> list[tuple[UUID, FactsChange]]:
    """Return the facts of records that nothing else touches: they only add."""
    reversed_keys = {reversal.order_key for reversal in reversals}
    records: dict[tuple[UUID, bool], list[Record]] = defaultdict(list)
    for event in stored:
        record, where = event.record, event.record.occasion
        if where.profile_id in touched.customers or not event.arrival.is_valued:
            continue
        if where.is_anonymous and not reversed_keys.isdisjoint(event.arrival.named_orders):
            continue
        records[where.profile_id, where.is_anonymous].append(record)
    return [
        (profile_id, _kept(change(Facts(), fold(group)), is_anonymous=is_anonymous))
        for (profile_id, is_anonymous), group in records.items()
    ]


def _kept(changed: FactsChange, *, is_anonymous: bool) -> FactsChange:
    return only_shop_days(changed) if is_anonymous else changed


async def _refolded_customers(
    connection: Connection, batch: Batch, touched: _Touched
) -> list[tuple[UUID, FactsChange]]:
    if not touched.customers:
        return []
    groups = await records_by_customer(connection, touched.customers)
    new = set(batch.sequences.values())
    return [
        (profile_id, _refolded(groups[profile_id], new)) for profile_id in sorted(touched.customers)
    ]


async def records_by_customer(
    connection: Connection, profile_ids: frozenset[UUID]
) -> dict[UUID, list[LoggedRecord]]:
    """Return all records that the facts of these customers depend on."""
    own = await events.records_of(connection, profile_ids)
    own_keys = {key for entry in own for key in named_by(entry.record)}
    foreign = [
        reversal
        for reversal in await keys.reversals_of(connection, own_keys)
        if reversal.profile_id not in profile_ids
    ]
    undoing = await events.records_at(connection, ((r.profile_id, r.sequence) for r in foreign))
    return group_by_customer(own, undoing)


def named_by(record: Record) -> tuple[OrderKey, ...]:
    """Return the order keys under which returns may name this record."""
    return record.order_keys if isinstance(record, Sale) else ()


def group_by_customer(
    own: Iterable[LoggedRecord], foreign: Iterable[LoggedRecord]
) -> dict[UUID, list[LoggedRecord]]:
    """Return all records that the facts of each customer depend on.

    A return of one customer that names another's sale belongs to both: it is without effect where
    the sale is not.
    """
    groups: dict[UUID, list[LoggedRecord]] = defaultdict(list)
    sellers: dict[OrderKey, UUID] = {}
    for entry in own:
        groups[entry.record.occasion.profile_id].append(entry)
        for key in named_by(entry.record):
            sellers[key] = entry.record.occasion.profile_id
    for entry in (*own, *foreign):
        link = getattr(entry.record, "link", None)
        seller = sellers.get(link) if link is not None else None
        if seller is not None and seller != entry.record.occasion.profile_id:
            groups[seller].append(entry)
    return groups


def _refolded(entries: Sequence[LoggedRecord], new: set[int]) -> FactsChange:
    before = fold(entry.record for entry in entries if entry.sequence not in new)
    return change(before, fold(entry.record for entry in entries))


async def _refolded_sales(
    connection: Connection, batch: Batch, touched: _Touched, reversals: Iterable[Reversal]
) -> list[tuple[UUID, FactsChange]]:
    """Fold anonymous sales that returns touch, each with all its returns."""
    if not touched.sales:
        return []
    undoing = [
        (r.profile_id, r.sequence)
        for r in reversals
        if (o := batch.owners[r.order_key]) and (o.profile_id, o.sequence) in touched.sales
    ]
    entries = await events.records_at(connection, (*touched.sales, *undoing))
    new = set(batch.sequences.values())
    by_sale: dict[UUID, list[LoggedRecord]] = defaultdict(list)
    for entry in entries:
        by_sale[_store_of(entry, batch)].append(entry)
    return [(store, only_shop_days(_refolded(group, new))) for store, group in by_sale.items()]


def _store_of(entry: LoggedRecord, batch: Batch) -> UUID:
    link = getattr(entry.record, "link", None)
    owner = batch.owners.get(link) if link is not None else None
    return owner.profile_id if owner else entry.record.occasion.profile_id


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


def _flags(batch: Batch, versions: dict[UUID, int]) -> dict[UUID, tuple[int, bool]]:
    """Return version and whether unlinked returns exist, of every customer that changed."""
    unlinked = {
        a.record.occasion.profile_id
        for a in batch.arrivals
        if isinstance(a.record, Return) and a.record.link is None
    }
    return {
        profile_id: (
            version,
            batch.customers[profile_id].has_unlinked_returns or profile_id in unlinked,
        )
        for profile_id, version in versions.items()
    }
