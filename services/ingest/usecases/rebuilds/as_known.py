"""Fold customers' days from what was known at an instant: for backtests that may not look ahead."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.facts import Counts
from services.ingest.domain.fold import fold
from services.ingest.domain.orders import books_of
from services.ingest.queries import as_known, events, identity
from services.ingest.usecases.rebuilds.at_version import FactsThen, facts_at
from services.ingest.usecases.related import with_related

_CHUNK = 500

Days = Mapping[date, Counts]


class DaysKnownThen:
    """The days of customers as they were known at an instant; who is who is as it is today."""

    async def count_late(self, pool: Pool, since: datetime, before: date) -> int:
        """Count what was received since an instant about days before a date."""
        return await as_known.count_late(pool, since, before)

    async def facts_at(self, pool: Pool, customer: UUID, version: int) -> FactsThen:
        """Give a customer's facts as a version of theirs knew them."""
        return await facts_at(pool, customer, version)

    async def changed(
        self, pool: Pool, since: datetime, before: date
    ) -> AsyncIterator[tuple[UUID, Days]]:
        """Give the days before a date, as they were then, of each customer they differ for."""
        customers = await as_known.customers_changed_since(pool, since, before)
        for start in range(0, len(customers), _CHUNK):
            chunk = customers[start : start + _CHUNK]
            async with (
                pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                found = await _days_then(connection, chunk, since)
            for customer in chunk:
                days = found.get(customer, {})
                yield customer, {day: row for day, row in days.items() if day < before}


async def _days_then(
    connection: Connection, customers: Collection[UUID], since: datetime
) -> dict[UUID, Days]:
    """Fold what had been received of these customers, with one definition of facts."""
    roots = await identity.roots_under(connection, customers)
    entries = await with_related(connection, await events.records_of(connection, roots))
    places = [(entry.record.occasion.profile_id, entry.sequence) for entry in entries]
    late = await as_known.late_among(connection, since, places)
    known = [e.record for e in entries if e.record.occasion.event_key not in late]
    books = books_of(known, lambda profile_id: roots.get(profile_id, profile_id))
    return {customer: fold(books.get(customer, ())).days for customer in customers}
