"""Fold a customer's facts from what one of their versions knew: past decisions are made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Connection, Pool

from services.ingest.domain.facts import Facts
from services.ingest.domain.fold import fold
from services.ingest.domain.known_at import Away, away_at, known_at, members_at
from services.ingest.domain.orders import books_of
from services.ingest.queries import at_version, events
from services.ingest.queries.events import LoggedRecord
from services.ingest.usecases.related import with_related


@dataclass(frozen=True, slots=True)
class FactsThen:
    """A customer at a past version: facts, who counted for them since when, their consents.

    `away`: when they counted for somebody else, at whatever version.
    """

    facts: Facts
    members: Mapping[UUID, datetime | None]
    away: Sequence[Away]
    consents: Mapping[str, bool]


async def facts_at(pool: Pool, customer: UUID, version: int) -> FactsThen:
    """Fold what a version of a customer knew, with the one definition of facts."""
    async with (
        pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        links = await at_version.links_about(connection, customer)
        members = members_at(customer, version, links)
        places = await at_version.places_of(connection, members)
        known = known_at(customer, version, links, places)
        own = await events.records_of(connection, members)
        related = await with_related(connection, own)
        theirs = {place.sequence for place in places}
        others = [entry for entry in related if entry.sequence not in theirs]
        known |= await _known_of_others(connection, customer, version, others, known)
        consents = await at_version.consents_at(connection, customer, members, version)
    records = [entry.record for entry in related if entry.sequence in known]
    books = books_of(records, lambda profile: customer if profile in members else profile)
    since = {profile: member.merged_at for profile, member in members.items()}
    away = away_at(customer, version, links)
    return FactsThen(fold(books.get(customer, ())), since, away, consents)


async def _known_of_others(
    connection: Connection,
    customer: UUID,
    version: int,
    others: list[LoggedRecord],
    known: set[int],
) -> set[int]:
    """Name what other customers told of the same orders, as far as it was known.

    What undoes an order says at which version of its owner it did; the rest goes by its place.
    """
    if not others:
        return set()
    sequences = [entry.sequence for entry in others]
    applied = await at_version.applied_versions(connection, customer, sequences)
    last = max(known, default=0)
    return {
        place
        for place in sequences
        if (applied[place] <= version if place in applied else place <= last)
    }
