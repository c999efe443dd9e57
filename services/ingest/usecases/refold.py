"""What a batch changes in the facts: as little is folded anew as gives the same rows.

Sales only add. An order that the log knows, or that something undoes, is folded before and after. A
customer with unlinked returns is folded whole: they match across all of the customer's sales. So is
one whose membership is paid or ended.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.facts import FactsChange, change, only_shop_days
from services.ingest.domain.fold import fold
from services.ingest.domain.orders import books_of, keys_named, orders_of
from services.ingest.domain.records import EventKey, Membership, OrderKey, Record, Return, Sale
from services.ingest.queries import events, identity
from services.ingest.queries.events import LoggedRecord, StoredEvent, has_effect
from services.ingest.queries.identity import LockedCustomer
from services.ingest.usecases.batch import Batch
from services.ingest.usecases.related import with_related

Changes = list[tuple[UUID, FactsChange]]


async def changes_of(
    connection: Connection, batch: Batch, stored: Sequence[StoredEvent]
) -> Changes:
    """Return the change of facts of every customer and store the batch touches.

    The events are appended.
    """
    known = [entry.record for entry in batch.related]
    fresh = (event.record for event in stored if has_effect(event.arrival))
    before = books_of(known, batch.root_of)
    after = books_of([*known, *fresh], batch.root_of)
    whole: set[UUID] = set()
    changes: Changes = []
    for profile_id in before.keys() | after.keys():
        mine, now = before.get(profile_id, []), after.get(profile_id, [])
        customer = batch.customers.get(profile_id)
        if customer is not None and _matches_across(customer, mine, now):
            whole.add(profile_id)
            continue
        changed = change(fold(mine), fold(now))
        if customer is None:
            changes.append((profile_id, only_shop_days(changed)))
        elif _has_removed_sums(changed):
            whole.add(profile_id)  # another sale of that day may still need the row
        else:
            changes.append((profile_id, changed))
    return changes + await _whole(connection, whole, {event.sequence for event in stored})


def _matches_across(
    customer: LockedCustomer, before: Iterable[Record], after: Sequence[Record]
) -> bool:
    """Tell whether these records depend on the customer's other records.

    Unlinked returns match across all sales; memberships follow on one another.
    """
    if any(_is_of_all(record) for record in after):
        return True
    last = customer.last_unlinked_return_at
    if last is None:
        return False
    sales = (record for record in (*before, *after) if isinstance(record, Sale))
    return any(sale.occasion.effective_at <= last for sale in sales)


def _is_of_all(record: Record) -> bool:
    return isinstance(record, Membership) or (isinstance(record, Return) and record.link is None)


def _has_removed_sums(changed: FactsChange) -> bool:
    sums = (changed.days, changed.categories, changed.skus, changed.habits)
    return any(part.removed for part in sums)


async def _whole(connection: Connection, customers: set[UUID], new: set[int]) -> Changes:
    """Fold these customers from all their records."""
    if not customers:
        return []
    roots, entries = await _entries_of(connection, customers)
    known = (entry.record for entry in entries if entry.sequence not in new)

    def root_of(profile_id: UUID) -> UUID:
        return roots.get(profile_id, profile_id)

    before = books_of(known, root_of)
    after = books_of((entry.record for entry in entries), root_of)
    return [
        (profile_id, change(fold(before.get(profile_id, ())), fold(after.get(profile_id, ()))))
        for profile_id in sorted(customers)
    ]


async def _entries_of(
    connection: Connection, customers: Collection[UUID]
) -> tuple[dict[UUID, UUID], list[LoggedRecord]]:
    """Return whom each profile of these customers counts for, and all that their facts rest on."""
    roots = await identity.roots_under(connection, customers)
    own = await events.records_of(connection, roots)
    return roots, await with_related(connection, own)


async def records_by_customer(
    connection: Connection, customers: Collection[UUID]
) -> dict[UUID, list[Record]]:
    """Return all records that the facts of these customers are folded from, whoever brought them.

    A customer's are also those of every profile merged into them; a merged profile has none.
    """
    roots, entries = await _entries_of(connection, customers)
    books = books_of(
        (entry.record for entry in entries), lambda profile_id: roots.get(profile_id, profile_id)
    )
    return {profile_id: books.get(profile_id, []) for profile_id in customers}


async def records_of_nobody(
    connection: Connection, store: UUID, entries: Sequence[LoggedRecord]
) -> list[Record]:
    """Return what some of a store's anonymous entries stand for, with all that it rests on.

    An order stands with the entry that told of it first, and what undoes it with the order, so
    that parts of a log that is read piece by piece add up.
    """
    named = {entry.record.occasion.event_key for entry in entries}
    related = await with_related(connection, entries)
    book = books_of((entry.record for entry in related), _oneself).get(store, [])
    orders = orders_of(record for record in book if isinstance(record, Sale))
    stands = {
        key: order.versions[0].occasion.event_key in named
        for order in orders
        for key in order.sale.order_keys
    }
    return [record for record in book if _stands(record, stands, named)]


def _stands(record: Record, stands: Mapping[OrderKey, bool], named: Collection[EventKey]) -> bool:
    known = (stands[key] for key in keys_named(record) if key in stands)
    return next(known, record.occasion.event_key in named)


def _oneself(profile_id: UUID) -> UUID:
    return profile_id
