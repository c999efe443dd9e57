"""Write the difference between two sets of facts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any
from uuid import UUID

from asyncpg import Connection
from sqlalchemy import Table

from services.ingest.domain.facts import (
    Counts,
    EntryRow,
    FactsChange,
    FindingRow,
    LineRow,
    MembershipRow,
    OrderRow,
)
from services.ingest.queries import bulk
from shared.schema import facts as tables
from shared.schema.intake import memberships

Changes = Sequence[tuple[UUID, FactsChange]]


async def write(connection: Connection, changes: Changes) -> None:
    """Write the changes of many customers and stores, a statement a table."""
    await _put(connection, tables.orders, OrderRow, changes=changes, name="orders")
    await _put(connection, tables.order_lines, LineRow, changes=changes, name="lines")
    await _put(connection, tables.entries, EntryRow, changes=changes, name="entries")
    await _put(connection, tables.return_findings, FindingRow, changes=changes, name="findings")
    await _put(connection, memberships, MembershipRow, changes=changes, name="memberships")
    for table, name, counters in (
        (tables.customer_day, "days", tables.DAY_COUNTERS),
        (tables.customer_category, "categories", tables.SUM_COUNTERS),
        (tables.customer_sku, "skus", tables.SUM_COUNTERS),
        (tables.customer_habit, "habits", ("orders",)),
    ):
        await _add(connection, table, _each(changes, name), counters)
    await _add_shop_days(connection, changes)
    await _remove(connection, changes)


def _each(changes: Changes, name: str, kind: str = "written") -> Iterator[tuple[UUID, Any, Any]]:
    for profile_id, change in changes:
        for key, row in getattr(getattr(change, name), kind).items():
            yield profile_id, key, row


async def _put(
    connection: Connection, table: Table, row_type: type, *, changes: Changes, name: str
) -> None:
    """COPY the rows that never were before, replace the others."""
    names = tuple(field.name for field in fields(row_type))
    values_of = attrgetter(*names)
    columns = ("profile_id", *names)
    added = [(owner, *values_of(row)) for owner, _, row in _each(changes, name, "added")]
    await bulk.copy(connection, table, columns, added)
    put = ((owner, *values_of(row)) for owner, _, row in _each(changes, name))
    await bulk.run(connection, bulk.put_sql(table, columns), put)


async def _add(
    connection: Connection,
    table: Table,
    rows: Iterable[tuple[UUID, Any, Any]],
    counters: tuple[str, ...],
) -> None:
    key = tuple(column.name for column in table.primary_key.columns)
    changed = list(rows)
    counters = _touched(counters, (row for _, _, row in changed))
    values = (
        (profile_id, row_key, *_values(row, counters)) for profile_id, row_key, row in changed
    )
    await bulk.run(connection, bulk.add_sql(table, (*key, *counters)), values)


def _touched(counters: tuple[str, ...], rows: Iterable[Counts | int]) -> tuple[str, ...]:
    """Return the counters that any row adds to: half of a day's never change with a sale."""
    names = {name for row in rows if not isinstance(row, int) for name in row}
    return tuple(name for name in counters if name in names) or counters


def _values(row: Counts | int, counters: tuple[str, ...]) -> tuple[int, ...]:
    if isinstance(row, int):
        return (row,)
    return tuple(row.get(name, 0) for name in counters)


async def _add_shop_days(connection: Connection, changes: Changes) -> None:
    total: dict[Any, Counts] = {}
    for _, change in changes:
        for place, counts in change.shop_days.written.items():
            into = total.setdefault(place, {})
            for name, value in counts.items():
                into[name] = into.get(name, 0) + value
    counters = _touched(tables.SHOP_COUNTERS, total.values())
    names = ("store_id", "business_date", "slot", *counters)
    rows = ((*place, *_values(counts, counters)) for place, counts in total.items())
    await bulk.run(connection, bulk.add_sql(tables.shop_day, names), rows)


async def _remove(connection: Connection, changes: Changes) -> None:
    for table, name in (
        (tables.orders, "orders"),
        (tables.order_lines, "lines"),
        (tables.entries, "entries"),
        (tables.return_findings, "findings"),
        (memberships, "memberships"),
        (tables.customer_day, "days"),
        (tables.customer_category, "categories"),
        (tables.customer_sku, "skus"),
        (tables.customer_habit, "habits"),
    ):
        key = tuple(column.name for column in table.primary_key.columns)
        gone = (
            (profile_id, *(row_key if isinstance(row_key, tuple) else (row_key,)))
            for profile_id, change in changes
            for row_key in getattr(change, name).removed
        )
        await bulk.run(connection, bulk.delete_sql(table, key), gone)
