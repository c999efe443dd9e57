"""Plain sales into the database by COPY: what is there already is looked up first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec
from asyncpg import Connection
from sqlalchemy import Table

from services.ingest.domain.body import to_body
from services.ingest.domain.facts import EntryRow, LineRow, OrderRow
from services.ingest.domain.identity import Claim
from services.ingest.domain.plain_sales import DAY_SUMS, SHOP_SUMS, Placed, PlainFacts
from services.ingest.queries import bulk
from shared.schema import ingest as tables

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


async def known_events(connection: Connection, keys: Sequence[bytes]) -> set[bytes]:
    """Return which of these event keys are taken."""
    rows = await connection.fetch(
        "SELECT event_key FROM event_keys WHERE event_key = ANY($1::bytea[])", keys
    )
    return {row[0] for row in rows}


async def known_orders(connection: Connection, keys: Sequence[bytes]) -> set[bytes]:
    """Return which of these orders anything has named before."""
    rows = await connection.fetch(
        "SELECT order_key FROM order_keys WHERE order_key = ANY($1::bytea[])", keys
    )
    return {row[0] for row in rows}


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


async def is_anyone_erased(connection: Connection, now: datetime) -> bool:
    """Tell whether any identifier is refused at present."""
    found: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM tombstones WHERE refused_until > $1)", now
    )
    return found


async def next_sequences(connection: Connection, count: int) -> list[int]:
    """Return places in the log, ascending."""
    rows = await connection.fetch(
        f"SELECT nextval('{tables.EVENT_SEQUENCE}') FROM generate_series(1, $1)",  # noqa: S608
        count,
    )
    return [row[0] for row in rows]


async def add_customers(
    connection: Connection,
    people: Sequence[NewCustomer],
    versions: Mapping[UUID, int],
    now: datetime,
) -> None:
    """Create customers at their version, each with its identifier."""
    names = ("profile_id", "customer_id", "version", "created_at", "updated_at")
    rows = [(p.profile_id, p.customer_id, versions[p.profile_id], now, now) for p in people]
    await bulk.copy(connection, tables.customers, names, rows)
    of_claim = ("kind", "lookup_key", "profile_id", "value_encrypted", "linked_at")
    claims = [(p.claim.kind, p.claim.key, p.profile_id, p.encrypted, now) for p in people]
    await bulk.copy(connection, tables.identifiers, of_claim, sorted(claims, key=itemgetter(0, 1)))


async def append(connection: Connection, placed: Sequence[Placed]) -> None:
    """Claim keys and orders and append the events; raises UniqueViolationError if one is taken."""
    by_key = sorted(placed, key=_event_key)
    names = ("event_key", "body_hash", "sequence")
    claimed = [(p.arrival.event_key, p.arrival.body_hash, p.sequence) for p in by_key]
    await bulk.copy(connection, tables.event_keys, names, claimed)
    names = ("order_key", "profile_id", "sequence")
    owned = [(p.sale.order_keys[0], p.profile_id, p.sequence) for p in by_key]
    await bulk.copy(connection, tables.order_keys, names, owned)
    await bulk.copy(connection, tables.events, _EVENT, [_event_row(p) for p in placed])


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


async def write(connection: Connection, facts: PlainFacts) -> None:
    """Write the facts that plain sales add."""
    await bulk.copy(connection, tables.orders, _ORDER, facts.orders)
    await bulk.copy(connection, tables.order_lines, _LINE, facts.lines)
    await bulk.copy(connection, tables.entries, _ENTRY, facts.entries)
    for table, sums, names in (
        (tables.customer_day, facts.days, DAY_SUMS),
        (tables.customer_category, facts.categories, tables.SUM_COUNTERS),
        (tables.customer_sku, facts.skus, tables.SUM_COUNTERS),
        (tables.shop_day, facts.shop_days, SHOP_SUMS),
    ):
        key = tuple(column.name for column in table.primary_key.columns)
        await _add(connection, table, (*key, *names), [(*k, *row) for k, row in sums.items()])
    habits = [(*place, orders) for place, orders in facts.habits.items()]
    await _add(connection, tables.customer_habit, ("profile_id", "slot", "orders"), habits)


async def _add(
    connection: Connection, table: Table, names: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    if len(rows) >= STAGED:
        await bulk.add_by_copy(connection, table, names, rows)
    else:
        await bulk.run(connection, bulk.add_sql(table, names), rows)
