"""Plain sales into the database by COPY: what is there already is looked up first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from asyncpg import Connection
from sqlalchemy import Table

from services.ingest.domain.body import to_body
from services.ingest.domain.facts import EntryRow, LineRow, OrderRow
from services.ingest.domain.identity import Claim
from services.ingest.domain.plain_sales import DAY_SUMS, SHOP_SUMS, Placed, PlainFacts
from services.ingest.queries import bulk, identity
from services.ingest.queries.keys import SEQUENCE_LOCK
from shared.schema import facts as of_facts
from shared.schema import ingest as tables
from shared.schema import people as of_people

_EVENT = (
    "profile_id", "sequence", "customer_version", "source_id", "kind", "event_key", "order_key",
    "store_id", "business_date", "occurred_at", "effective_at", "received_at", "is_anonymous",
    "is_time_suspect", "body",
)  # fmt: skip
_ORDER = ("profile_id", *(field.name for field in fields(OrderRow)))
_LINE = ("profile_id", *(field.name for field in fields(LineRow)))
_ENTRY = ("profile_id", *(field.name for field in fields(EntryRow)))

#: From so many rows on a staging table costs less than arrays do.
STAGED = 2_000


@dataclass(frozen=True, slots=True)
class HeldCustomer:
    """A customer found by an identifier, held until commit. `is_plain`: neither merged nor gone.

    A sale up to `last_unlinked_return_at` may be what a return without a link undoes.
    """

    profile_id: UUID
    version: int
    is_plain: bool
    last_unlinked_return_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """Somebody first seen: the identifier shown, encrypted unless it is the shop's own id."""

    profile_id: UUID
    claim: Claim
    customer_id: str | None
    encrypted: bytes | None


class Change(NamedTuple):
    """Rows of a table to write; `is_added`: counters that are added to what is there."""

    table: Table
    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    is_added: bool = False


async def known_keys(
    connection: Connection, events: Sequence[bytes], orders: Sequence[bytes]
) -> set[bytes]:
    """Return the event keys that are taken and the orders that anything has named before.

    Holds the sequence open until commit (see `keys.hold_sequence`), in the same round trip.
    """
    rows = await connection.fetch(
        """
        SELECT event_key FROM event_keys WHERE event_key = ANY($1::bytea[])
        UNION ALL SELECT order_key FROM order_keys WHERE order_key = ANY($2::bytea[])
        UNION ALL SELECT NULL FROM pg_advisory_xact_lock_shared($3)
        """,
        events,
        orders,
        SEQUENCE_LOCK,
    )
    return {row[0] for row in rows if row[0] is not None}


async def hold_customers(
    connection: Connection, claims: Iterable[Claim]
) -> dict[Claim, HeldCustomer]:
    """Return the customers that hold these identifiers, held until commit."""
    rows = await bulk.fetch(
        connection,
        """
        SELECT i.kind, i.lookup_key, c.profile_id, c.version, c.merged_into IS NULL
            AND c.erased_at IS NULL AND (c.customer_id IS NOT NULL OR i.kind <> 'customer_id'),
            c.last_unlinked_return_at
        FROM unnest($1::text[], $2::bytea[]) AS t(kind, lookup_key)
        JOIN identifiers i USING (kind, lookup_key) JOIN customers c USING (profile_id)
        ORDER BY c.profile_id FOR UPDATE OF c
        """,
        ((claim.kind, claim.key) for claim in claims),
    )
    return {Claim(row[0], row[1]): HeldCustomer(*row[2:]) for row in rows}


async def next_sequences(
    connection: Connection, count: int, now: datetime
) -> tuple[list[int], bool]:
    """Return places in the log, ascending, and whether any identifier is refused at present."""
    rows = await connection.fetch(
        f"""
        SELECT nextval('{tables.EVENT_SEQUENCE}'),
            EXISTS (SELECT FROM tombstones WHERE refused_until > $2)
        FROM generate_series(1, $1)
        """,  # noqa: S608 - a constant of ours
        count,
        now,
    )
    return [row[0] for row in rows], any(row[1] for row in rows)


def customers_added(
    people: Sequence[NewCustomer], versions: Mapping[UUID, int], now: datetime
) -> list[Change]:
    """Return customers to create at their version, each with its identifier."""
    names = ("profile_id", "customer_id", "version", "created_at", "updated_at")
    rows = [(p.profile_id, p.customer_id, versions[p.profile_id], now, now) for p in people]
    of_claim = ("kind", "lookup_key", "profile_id", "value_encrypted", "linked_at")
    claims = [(p.claim.kind, p.claim.key, p.profile_id, p.encrypted, now) for p in people]
    return [
        Change(of_people.customers, names, rows),
        Change(of_people.identifiers, of_claim, sorted(claims, key=itemgetter(0, 1))),
    ]


def appended(placed: Sequence[Placed]) -> list[Change]:
    """Return keys and orders to claim and events to append; a key that is taken is an error."""
    by_key = sorted(placed, key=_event_key)
    claimed = [(p.arrival.event_key, p.arrival.body_hash, p.sequence) for p in by_key]
    owned = [(p.sale.order_keys[0], p.profile_id, p.sequence) for p in by_key]
    return [
        Change(tables.event_keys, ("event_key", "body_hash", "sequence"), claimed),
        Change(tables.order_keys, ("order_key", "profile_id", "sequence"), owned),
        Change(tables.events, _EVENT, [_event_row(p) for p in placed]),
    ]


def _event_key(placed: Placed) -> bytes:
    return placed.arrival.event_key


def _event_row(placed: Placed) -> tuple[Any, ...]:
    arrival, sale, profile_id, sequence, version = placed
    where = sale.occasion
    return (
        profile_id, sequence, version, arrival.source_id, arrival.kind, where.event_key,
        sale.order_keys[0], where.store_id, where.business_date, where.occurred_at,
        where.effective_at, arrival.received_at, version is None, arrival.is_time_suspect,
        _body(placed),
    )  # fmt: skip


def _body(placed: Placed) -> bytes:
    sale = placed.sale
    body = to_body(sale)
    body["channel"] = sale.occasion.channel
    body["record"] = "sale"
    body.update((n, value) for n, value in placed.arrival.extra.items() if value is not None)
    return msgspec.json.encode(body)


def facts_added(facts: PlainFacts) -> list[Change]:
    """Return the facts that plain sales add."""
    changes = [
        Change(of_facts.orders, _ORDER, facts.orders),
        Change(of_facts.order_lines, _LINE, facts.lines),
        Change(of_facts.entries, _ENTRY, facts.entries),
    ]
    for table, sums, names in (
        (of_facts.customer_day, facts.days, DAY_SUMS),
        (of_facts.customer_category, facts.categories, of_facts.SUM_COUNTERS),
        (of_facts.customer_sku, facts.skus, of_facts.SUM_COUNTERS),
        (of_facts.shop_day, facts.shop_days, SHOP_SUMS),
    ):
        key = tuple(column.name for column in table.primary_key.columns)
        rows = [(*k, *row) for k, row in sums.items()]
        changes.append(Change(table, (*key, *names), rows, is_added=True))
    habits = [(*place, orders) for place, orders in facts.habits.items()]
    names = ("profile_id", "slot", "orders")
    return [*changes, Change(of_facts.customer_habit, names, habits, is_added=True)]


async def write(
    connection: Connection,
    changes: Sequence[Change],
    versions: Mapping[UUID, tuple[int, datetime | None]],
    now: datetime,
) -> None:
    """Write all that plain sales change; raises UniqueViolationError if a key is taken."""
    parts: list[tuple[str, bulk.Rows]] = []
    for table, names, rows, is_added in changes:
        if not is_added:
            await bulk.copy(connection, table, names, rows)
        elif len(rows) >= STAGED:
            await bulk.add_by_copy(connection, table, names, rows)
        else:
            parts.append((bulk.add_sql(table, names), rows))
    known = identity.version_rows(versions, now)
    await bulk.run_together(connection, [*parts, (identity.SET_VERSIONS, known)])
