"""Plain sales into the database by COPY: what is there already is looked up first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Connection

from services.ingest.domain.body import to_body
from services.ingest.domain.facts import EntryRow, LineRow, OrderRow
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


@dataclass(frozen=True, slots=True)
class HeldCustomer:
    """A customer found by its customer id, held until commit. `is_plain`: neither merged nor gone.

    A sale up to `last_unlinked_return_at` may be what a return without a link undoes.
    """

    profile_id: UUID
    version: int
    is_plain: bool
    last_unlinked_return_at: datetime | None


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
    connection: Connection, keys: Sequence[bytes]
) -> dict[bytes, HeldCustomer]:
    """Return the customers that hold these customer ids, held until commit."""
    rows = await connection.fetch(
        """
        SELECT i.lookup_key, c.profile_id, c.version, c.merged_into IS NULL
            AND c.erased_at IS NULL AND c.customer_id IS NOT NULL, c.last_unlinked_return_at
        FROM identifiers i JOIN customers c USING (profile_id)
        WHERE i.kind = 'customer_id' AND i.lookup_key = ANY($1::bytea[])
        ORDER BY c.profile_id FOR UPDATE OF c
        """,
        keys,
    )
    return {row[0]: HeldCustomer(*row[1:]) for row in rows}


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
    connection: Connection, ids: Mapping[str, UUID], versions: Mapping[UUID, int], now: datetime
) -> None:
    """Create customers at their version, each with its customer id."""
    names = ("profile_id", "customer_id", "version", "created_at", "updated_at")
    rows = [(profile, name, versions[profile], now, now) for name, profile in ids.items()]
    await bulk.copy(connection, tables.customers, names, rows)
    of_claim = ("kind", "lookup_key", "profile_id", "linked_at")
    claims = [("customer_id", name.encode(), profile, now) for name, profile in ids.items()]
    await bulk.copy(connection, tables.identifiers, of_claim, sorted(claims))


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


def _body(placed: Placed) -> dict[str, Any]:
    sale = placed.sale
    body = to_body(sale)
    body["channel"] = sale.occasion.channel
    body["record"] = "sale"
    body.update((n, value) for n, value in placed.arrival.extra.items() if value is not None)
    return body


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
        rows = ((*place, *counts) for place, counts in sums.items())
        await bulk.run(connection, bulk.add_sql(table, (*key, *names)), rows)
    habits: Iterable[tuple[Any, ...]] = ((*place, n) for place, n in facts.habits.items())
    names = ("profile_id", "slot", "orders")
    await bulk.run(connection, bulk.add_sql(tables.customer_habit, names), habits)
