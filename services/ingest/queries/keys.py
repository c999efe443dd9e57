"""Keys that make every event and every order count once, across all senders and processes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.records import EventKey, OrderKey
from services.ingest.queries import bulk
from shared.schema.ingest import EVENT_SEQUENCE, order_claims

#: Held shared by every writer, exclusively for an instant by whoever takes a snapshot: when it is
#: granted, every sequence number below the next one is committed or never will be.
SEQUENCE_LOCK = 7_351_002
#: Where an event stands in the log: profile and sequence.
Place = tuple[UUID, int]
_ADD_CLAIMS = bulk.insert_sql(
    order_claims,
    ("order_key", "sequence", "profile_id"),
    " ON CONFLICT (order_key, sequence) DO NOTHING",
)


@dataclass(frozen=True, slots=True)
class OrderOwner:
    """The sale that named an order first; None while only returns have."""

    profile_id: UUID
    sequence: int


async def hold_sequence(connection: Connection) -> None:
    """Hold the sequence open until commit."""
    await connection.execute("SELECT pg_advisory_xact_lock_shared($1)", SEQUENCE_LOCK)


async def claim_event_keys(
    connection: Connection, arrivals: Sequence[Arrival]
) -> dict[EventKey, int]:
    """Return the sequence number of each event that is new, in the order given."""
    rows = await connection.fetch(
        f"""
        WITH numbered AS MATERIALIZED (
            SELECT event_key, body_hash, nextval('{EVENT_SEQUENCE}') AS sequence
            FROM (
                SELECT * FROM unnest($1::bytea[], $2::bytea[])
                    WITH ORDINALITY AS t(event_key, body_hash, place) ORDER BY place
            ) AS in_order
        )
        INSERT INTO event_keys (event_key, body_hash, sequence)
        SELECT * FROM numbered ORDER BY event_key
        ON CONFLICT (event_key) DO NOTHING
        RETURNING event_key, sequence
        """,  # noqa: S608 - a constant of ours
        [arrival.event_key for arrival in arrivals],
        [arrival.body_hash for arrival in arrivals],
    )
    return {EventKey(row[0]): row[1] for row in rows}


async def stored_bodies(
    connection: Connection, keys: Sequence[EventKey]
) -> dict[EventKey, tuple[bytes, int]]:
    """Return body hash and sequence of the events known by these keys."""
    rows = await connection.fetch(
        "SELECT event_key, body_hash, sequence FROM event_keys WHERE event_key = ANY($1::bytea[])",
        keys,
    )
    return {EventKey(row[0]): (row[1], row[2]) for row in rows}


async def claim_order_keys(
    connection: Connection, claims: Mapping[OrderKey, OrderOwner | None]
) -> dict[OrderKey, OrderOwner | None]:
    """Return who owns each order after these claims; the first owner stays.

    Holds every named key until commit, so a sale and its return never miss each other.
    """
    rows = await bulk.fetch(
        connection,
        """
        INSERT INTO order_keys (order_key, profile_id, sequence)
        SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::bigint[]) AS t(order_key, a, b)
        ORDER BY order_key
        ON CONFLICT (order_key) DO UPDATE SET
            profile_id = coalesce(order_keys.profile_id, excluded.profile_id),
            sequence = coalesce(order_keys.sequence, excluded.sequence)
        RETURNING order_key, profile_id, sequence
        """,
        (
            (key, owner.profile_id if owner else None, owner.sequence if owner else None)
            for key, owner in claims.items()
        ),
    )
    return {
        OrderKey(row[0]): None if row[1] is None else OrderOwner(row[1], row[2]) for row in rows
    }


@dataclass(frozen=True, slots=True)
class Reversal:
    """A return or a void, by the order it names."""

    order_key: OrderKey
    sequence: int
    profile_id: UUID


async def add_reversals(
    connection: Connection, arrivals: Iterable[tuple[Reversal, Arrival]]
) -> None:
    """Remember which orders these returns and voids name."""
    await connection.executemany(
        """
        INSERT INTO reversals (order_key, sequence, profile_id, occurred_at) VALUES ($1, $2, $3, $4)
        """,
        [
            (r.order_key, r.sequence, r.profile_id, arrival.record.occasion.occurred_at)
            for r, arrival in arrivals
        ],
    )


async def apply_reversals(
    connection: Connection, applied: Iterable[tuple[OrderKey, int, UUID, int | None]]
) -> None:
    """Note on which customer, at which version, each reversal (order key, sequence) took effect."""
    await bulk.run(
        connection,
        """
        UPDATE reversals SET applied_profile_id = t.profile_id, applied_version = t.version
        FROM unnest($1::bytea[], $2::bigint[], $3::uuid[], $4::bigint[])
            AS t(order_key, sequence, profile_id, version)
        WHERE reversals.order_key = t.order_key AND reversals.sequence = t.sequence
        """,
        applied,
    )


async def owners_of(connection: Connection, keys: Iterable[OrderKey]) -> set[Place]:
    """Return the first sale that named each of these orders."""
    rows = await connection.fetch(
        """
        SELECT profile_id, sequence FROM order_keys
        WHERE order_key = ANY($1::bytea[]) AND sequence IS NOT NULL
        """,
        list(keys),
    )
    return {(row[0], row[1]) for row in rows}


async def hold_orders(connection: Connection, keys: Iterable[OrderKey]) -> set[Place]:
    """Hold these orders until commit; return the first sale that named each."""
    owners = await claim_order_keys(connection, dict.fromkeys(keys))
    return {(owner.profile_id, owner.sequence) for owner in owners.values() if owner is not None}


async def others_naming(connection: Connection, keys: Iterable[OrderKey]) -> set[Place]:
    """Return all sales of orders that several sales name, and all that undoes any of these."""
    rows = await connection.fetch(
        """
        SELECT profile_id, sequence FROM order_claims WHERE order_key = ANY($1::bytea[])
        UNION SELECT profile_id, sequence FROM reversals WHERE order_key = ANY($1::bytea[])
        """,
        list(keys),
    )
    return {(row[0], row[1]) for row in rows}


async def add_order_claims(
    connection: Connection, claims: Iterable[tuple[OrderKey, int, UUID]]
) -> None:
    """Remember every sale (order key, sequence, profile) of orders that several sales name."""
    await bulk.run(connection, _ADD_CLAIMS, claims)
