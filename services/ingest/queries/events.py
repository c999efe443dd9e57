"""The immutable log: events in, records out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from asyncpg import Connection
from asyncpg import Record as Row

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.body import from_body, order_key_of, to_body
from services.ingest.domain.records import (
    Activity,
    EventKey,
    Membership,
    Occasion,
    OrderKey,
    Record,
    Sale,
)
from services.ingest.queries import bulk
from shared.schema.ingest import events

_WRITTEN = (
    "profile_id", "sequence", "customer_version", "source_id", "kind", "event_key", "order_key",
    "store_id", "business_date", "occurred_at", "effective_at", "received_at", "is_anonymous",
    "is_time_suspect", "body",
)  # fmt: skip
_READ = (
    "e.profile_id, e.sequence, e.order_key, e.event_key, e.store_id, e.business_date,"
    " e.occurred_at, e.effective_at, e.is_anonymous, e.body"
)


#: What is read back although no authority for orders told it: their names, and what is none.
_WITHOUT_VALUE = ("sale", "activity", "membership")


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An accepted item, its place in the log, and its record as told there."""

    arrival: Arrival
    sequence: int
    customer_version: int | None
    record: Record


def told(arrival: Arrival, sequence: int) -> Record:
    """Return what an arrival tells at a place in the log; a sale knows place and authority."""
    record = arrival.record
    if isinstance(record, Sale):
        return replace(record, sequence=sequence, is_valued=arrival.is_valued)
    return record


def has_effect(arrival: Arrival) -> bool:
    """Tell whether facts depend on an arrival: a return from no authority has no effect."""
    return arrival.is_valued or isinstance(arrival.record, Sale | Activity | Membership)


async def append(connection: Connection, stored: Iterable[StoredEvent]) -> None:
    """Append events to the log."""
    await bulk.copy(connection, events, _WRITTEN, [_row(event) for event in stored])


def _row(stored: StoredEvent) -> tuple[Any, ...]:
    arrival, record = stored.arrival, stored.record
    where = record.occasion
    return (
        where.profile_id,
        stored.sequence,
        stored.customer_version,
        arrival.source_id,
        arrival.kind,
        where.event_key,
        order_key_of(record),
        where.store_id,
        where.business_date,
        where.occurred_at,
        where.effective_at,
        arrival.received_at,
        where.is_anonymous,
        arrival.is_time_suspect,
        _body(arrival, record),
    )


def _body(arrival: Arrival, record: Record) -> dict[str, Any]:
    body = to_body(record)
    body["channel"] = record.occasion.channel
    body["record"] = type(record).__name__.lower()
    if not arrival.is_valued:
        body["unvalued"] = True
    body.update((name, value) for name, value in arrival.extra.items() if value is not None)
    return body


@dataclass(frozen=True, slots=True)
class LoggedRecord:
    """A record and its place in the log."""

    sequence: int
    record: Record


async def records_of(connection: Connection, profile_ids: Iterable[UUID]) -> list[LoggedRecord]:
    """Return every record with an effect that resolved to these profiles, in sequence."""
    rows = await connection.fetch(
        f"""
        SELECT {_READ} FROM events e
        WHERE e.profile_id = ANY($1::uuid[]) ORDER BY e.sequence
        """,  # noqa: S608 - constants of ours
        list(profile_ids),
    )
    return _logged(rows)


async def records_after(
    connection: Connection, profile_id: UUID, after: int, *, limit: int
) -> tuple[list[LoggedRecord], int | None]:
    """Return the next records of one profile, and the sequence they end at; None at the end."""
    rows = await connection.fetch(
        f"""
        SELECT {_READ} FROM events e WHERE e.profile_id = $1 AND e.sequence > $2
        ORDER BY e.sequence LIMIT $3
        """,  # noqa: S608 - constants of ours
        profile_id,
        after,
        limit,
    )
    return _logged(rows), rows[-1]["sequence"] if rows else None


async def records_at(
    connection: Connection, places: Iterable[tuple[UUID, int]]
) -> list[LoggedRecord]:
    """Return the records at these places (profile, sequence) of the log, in sequence."""
    rows = await bulk.fetch(
        connection,
        f"""
        SELECT {_READ} FROM unnest($1::uuid[], $2::bigint[]) AS t(profile_id, sequence)
        JOIN events e USING (profile_id, sequence) ORDER BY e.sequence
        """,  # noqa: S608 - constants of ours
        set(places),
    )
    return _logged(rows)


def _logged(rows: Iterable[Row]) -> list[LoggedRecord]:
    read = ((row["sequence"], _record(row)) for row in rows)
    return [LoggedRecord(sequence, record) for sequence, record in read if record is not None]


def _record(row: Row) -> Record | None:
    body = row["body"]
    if body.get("unvalued") and body["record"] not in _WITHOUT_VALUE:
        return None
    key = row["order_key"]
    where = Occasion(
        profile_id=row["profile_id"],
        event_key=EventKey(row["event_key"]),
        store_id=row["store_id"],
        channel=body["channel"],
        business_date=row["business_date"],
        occurred_at=row["occurred_at"],
        effective_at=row["effective_at"],
        is_anonymous=row["is_anonymous"],
    )
    return from_body(
        body["record"],
        body,
        occasion=where,
        sequence=row["sequence"],
        order_key=None if key is None else OrderKey(key),
    )
