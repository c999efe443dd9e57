"""What a batch changes in the facts: as little is folded anew as gives the same rows.

Sales only add. A sale that linked returns undo is folded with its returns, before and after. A
customer with unlinked returns is folded whole: they match across all of the customer's sales.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.facts import FactsChange, change, only_shop_days
from services.ingest.domain.fold import fold
from services.ingest.domain.records import OrderKey, Record, Return, Sale
from services.ingest.queries import events, identity, keys
from services.ingest.queries.events import LoggedRecord, StoredEvent
from services.ingest.queries.keys import Reversal
from services.ingest.usecases.batch import Batch

Place = tuple[UUID, int]
Changes = list[tuple[UUID, FactsChange]]


@dataclass(slots=True)
class _Scope:
    """What to read from the log: customers whole, and single sales with what undoes them."""

    whole: set[UUID] = field(default_factory=set)
    places: set[Place] = field(default_factory=set)


async def changes_of(
    connection: Connection,
    batch: Batch,
    stored: Sequence[StoredEvent],
    reversals: Sequence[Reversal],
) -> Changes:
    """Return the change of facts of every customer and store the batch touches.

    `reversals`: all returns and voids that name an order of this batch. The events are appended.
    """
    scope = _scope(batch, reversals)
    groups = await _parts(connection, batch, stored, scope)
    new = {event.sequence for event in stored}
    changes: Changes = []
    for profile_id, entries in groups.items():
        changed = _change(entries, new)
        if profile_id not in batch.customers:
            changes.append((profile_id, only_shop_days(changed)))
        elif _has_removed_sums(changed):
            scope.whole.add(profile_id)  # another sale of that day may still need the row
        else:
            changes.append((profile_id, changed))
    return changes + await _whole(connection, scope.whole, new)


def _scope(batch: Batch, reversals: Iterable[Reversal]) -> _Scope:
    scope = _Scope()
    for arrival in batch.arrivals:
        profile_id = batch.root_of(arrival.record.occasion.profile_id)
        if profile_id in batch.customers and _matches_across(arrival.record, batch, profile_id):
            scope.whole.add(profile_id)
    for reversal in reversals:
        owner = batch.owners[reversal.order_key]
        if owner is None:
            continue
        root = batch.root_of(owner.profile_id)
        customer = batch.customers.get(root)
        if customer is not None and customer.last_unlinked_return_at is not None:
            scope.whole.add(root)
        scope.places.add((owner.profile_id, owner.sequence))
        scope.places.add((reversal.profile_id, reversal.sequence))
    return scope


def _matches_across(record: Record, batch: Batch, profile_id: UUID) -> bool:
    """Tell whether unlinked returns make this record depend on the customer's other records."""
    if isinstance(record, Return):
        return record.link is None
    last = batch.customers[profile_id].last_unlinked_return_at
    return isinstance(record, Sale) and last is not None and record.occasion.effective_at <= last


async def _parts(
    connection: Connection, batch: Batch, stored: Iterable[StoredEvent], scope: _Scope
) -> dict[UUID, list[LoggedRecord]]:
    """Return, by customer or store, the new records and the sales that returns touch."""
    entries = {
        event.sequence: LoggedRecord(event.sequence, event.record)
        for event in stored
        if event.arrival.is_valued
    }
    owners = {key: owner.profile_id for key, owner in batch.owners.items() if owner}
    if scope.places:
        touched = await events.records_at(connection, scope.places)
        touched += await _by_other_names(connection, touched, owners)
        entries |= {entry.sequence: entry for entry in touched}
    groups: dict[UUID, list[LoggedRecord]] = defaultdict(list)
    for entry in entries.values():
        for profile_id in map(batch.root_of, _belongs_to(entry.record, owners)):
            if profile_id not in scope.whole:
                groups[profile_id].append(entry)
    return groups


async def _by_other_names(
    connection: Connection, touched: Iterable[LoggedRecord], owners: dict[OrderKey, UUID]
) -> list[LoggedRecord]:
    """Return what undoes these sales under keys the batch does not name; learn who owns them."""
    others = {
        key: entry.record.occasion.profile_id
        for entry in touched
        for key in named_by(entry.record)
        if key not in owners
    }
    if not others:
        return []
    owners |= others
    undoing = await keys.reversals_of(connection, others)
    return await events.records_at(connection, ((r.profile_id, r.sequence) for r in undoing))


def _belongs_to(record: Record, owners: Mapping[OrderKey, UUID]) -> set[UUID]:
    """Return whose facts a record is folded into: a linked return only into the sale's owner's."""
    link: OrderKey | None = getattr(record, "link", None)
    if link is None:
        return {record.occasion.profile_id}
    return {owners[link]} if link in owners else set()


def _change(entries: Sequence[LoggedRecord], new: set[int]) -> FactsChange:
    before = fold(entry.record for entry in entries if entry.sequence not in new)
    return change(before, fold(entry.record for entry in entries))


def _has_removed_sums(changed: FactsChange) -> bool:
    sums = (changed.days, changed.categories, changed.skus, changed.habits)
    return any(part.removed for part in sums)


async def _whole(connection: Connection, customers: set[UUID], new: set[int]) -> Changes:
    """Fold these customers from all their records."""
    if not customers:
        return []
    groups = await records_by_customer(connection, customers)
    return [(profile_id, _change(groups[profile_id], new)) for profile_id in sorted(customers)]


async def records_by_customer(
    connection: Connection, customers: Collection[UUID]
) -> dict[UUID, list[LoggedRecord]]:
    """Return all records that the facts of these customers depend on, whoever brought them.

    A customer's are also those of every profile merged into them; a merged profile has none.
    """
    roots = await identity.roots_under(connection, customers)
    own = await events.records_of(connection, roots)
    own_keys = {key for entry in own for key in named_by(entry.record)}
    foreign = [
        reversal
        for reversal in await keys.reversals_of(connection, own_keys)
        if reversal.profile_id not in roots
    ]
    undoing = await events.records_at(connection, ((r.profile_id, r.sequence) for r in foreign))
    return group_by_customer(own, undoing, roots)


def named_by(record: Record) -> tuple[OrderKey, ...]:
    """Return the order keys under which returns may name this record."""
    return record.order_keys if isinstance(record, Sale) else ()


def group_by_customer(
    own: Iterable[LoggedRecord], foreign: Iterable[LoggedRecord], roots: Mapping[UUID, UUID]
) -> dict[UUID, list[LoggedRecord]]:
    """Return all records that the facts of each customer depend on.

    A return of one customer that names another's sale belongs to both: it is without effect where
    the sale is not.
    """
    groups: dict[UUID, list[LoggedRecord]] = defaultdict(list)
    sellers: dict[OrderKey, UUID] = {}
    for entry in own:
        root = roots[entry.record.occasion.profile_id]
        groups[root].append(entry)
        sellers |= dict.fromkeys(named_by(entry.record), root)
    for entry in (*own, *foreign):
        link = getattr(entry.record, "link", None)
        seller = sellers.get(link) if link is not None else None
        if seller is not None and seller != roots.get(entry.record.occasion.profile_id):
            groups[seller].append(entry)
    return groups
