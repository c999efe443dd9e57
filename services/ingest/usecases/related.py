"""What the log holds of some orders: every sale that tells of them, and all that undoes them."""

from collections.abc import Iterable

from asyncpg import Connection

from services.ingest.domain.orders import keys_named
from services.ingest.domain.records import OrderKey, Sale
from services.ingest.queries import events, keys
from services.ingest.queries.events import LoggedRecord
from services.ingest.queries.keys import Place


async def related(
    connection: Connection, names: Iterable[OrderKey], places: set[Place], *, holds: bool
) -> list[LoggedRecord]:
    """Return all records of the orders with these names, through however many keys they go.

    `places`: where the first sales of these orders stand, as far as is known. `holds`: every key
    found is held until commit; the caller holds `names`.
    """
    found: list[LoggedRecord] = []
    asked, fresh_names, read = set[OrderKey](), set(names), set[Place]()
    while fresh_names:
        asked |= fresh_names
        places = (places | await keys.others_naming(connection, fresh_names)) - read
        read |= places
        fresh = await events.records_at(connection, places) if places else []
        found += fresh
        fresh_names = {key for entry in fresh for key in keys_named(entry.record)} - asked
        if fresh_names:
            owners = keys.hold_orders if holds else keys.owners_of
            places = await owners(connection, fresh_names)
    return found


async def with_related(
    connection: Connection, entries: Iterable[LoggedRecord]
) -> list[LoggedRecord]:
    """Add to some records everything that shares an order with them, whoever told of it."""
    known = {entry.sequence: entry for entry in entries}
    sold, undone = set[OrderKey](), set[OrderKey]()
    for entry in known.values():
        (sold if isinstance(entry.record, Sale) else undone).update(keys_named(entry.record))
    first = await keys.owners_of(connection, undone - sold)
    unread = {place for place in first if place[1] not in known}
    more = await related(connection, sold | undone, unread, holds=False)
    return list((known | {entry.sequence: entry for entry in more}).values())
