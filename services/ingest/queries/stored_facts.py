"""Facts as they are stored, and the same facts as a fold gives them, row by row alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from asyncpg import Connection
from sqlalchemy import Table

from services.ingest.domain.facts import (
    EntryRow,
    Facts,
    FindingRow,
    LineRow,
    MembershipRow,
    OrderRow,
)
from services.ingest.queries import bulk
from shared.schema import facts as tables
from shared.schema import metadata

#: Rows by table, then by key; the values stand in the order of `columns_of`.
Rows = dict[tuple[Any, ...], tuple[int | Any, ...]]
FactRows = dict[str, Rows]

_WHOLE: Final = {
    "orders": OrderRow,
    "order_lines": LineRow,
    "entries": EntryRow,
    "return_findings": FindingRow,
    "memberships": MembershipRow,
}
_SUMS: Final = {
    "customer_day": tables.DAY_COUNTERS,
    "customer_category": tables.SUM_COUNTERS,
    "customer_sku": tables.SUM_COUNTERS,
    "customer_habit": ("orders",),
}
SHOP: Final = "shop_day"
FINDINGS: Final = "return_findings"
#: Tables of a customer's facts.
TABLES: Final = (*_WHOLE, *_SUMS)
_FOLDED: Final = {
    "order_lines": "lines", "return_findings": "findings", "customer_day": "days",
    "customer_category": "categories", "customer_sku": "skus", "customer_habit": "habits",
}  # fmt: skip


def _table(name: str) -> Table:
    table: Table = metadata.tables[name]
    return table


@cache  # a rebuild asks for every customer
def keys_of(name: str) -> tuple[str, ...]:
    """Return the key columns of a table."""
    return tuple(column.name for column in _table(name).primary_key.columns)


@cache
def columns_of(name: str) -> tuple[str, ...]:
    """Return the columns of a table that a fold decides, without its key."""
    if name in _WHOLE:
        names = tuple(field.name for field in fields(_WHOLE[name]))
        return tuple(column for column in names if column not in keys_of(name))
    return tables.SHOP_COUNTERS if name == SHOP else _SUMS[name]


def folded_rows(profile_id: UUID, facts: Facts) -> FactRows:
    """Return what a customer's facts are stored as."""
    rows: FactRows = {}
    for name in _WHOLE:
        values = attrgetter(*columns_of(name))
        found = getattr(facts, _FOLDED.get(name, name))
        rows[name] = {(profile_id, *_key(key)): values(row) for key, row in found.items()}
    for name in _SUMS:
        found = getattr(facts, _FOLDED[name])
        rows[name] = {(profile_id, *_key(k)): _sums(name, row) for k, row in found.items()}
    return rows


def shop_rows(facts: Facts) -> Rows:
    """Return what the shop's figures are stored as."""
    return {place: _sums(SHOP, counts) for place, counts in facts.shop_days.items()}


def _key(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


def _sums(name: str, row: Mapping[str, int] | int) -> tuple[int, ...]:
    return (row,) if isinstance(row, int) else tuple(row.get(n, 0) for n in columns_of(name))


async def stored_rows(connection: Connection, profile_ids: Iterable[UUID]) -> FactRows:
    """Return every stored fact of these customers."""
    ids = list(profile_ids)
    return {
        name: await _read(connection, name, "WHERE profile_id = ANY($1::uuid[])", ids)
        for name in TABLES
    }


async def stored_findings(connection: Connection, profile_ids: Iterable[UUID]) -> Rows:
    """Return what had no effect of the returns of these customers or stores."""
    where = "WHERE profile_id = ANY($1::uuid[])"
    return await _read(connection, FINDINGS, where, list(profile_ids))


async def stored_shop_rows(connection: Connection) -> Rows:
    """Return the stored figures of every store and day."""
    return await _read(connection, SHOP, "")


async def _read(connection: Connection, name: str, where: str, *arguments: Any) -> Rows:
    keys = keys_of(name)
    listed = ", ".join((*keys, *columns_of(name)))
    rows = await connection.fetch(f"SELECT {listed} FROM {name} {where}", *arguments)  # noqa: S608 - our tables
    return {tuple(row)[: len(keys)]: tuple(row)[len(keys) :] for row in rows}


async def replace_rows(
    connection: Connection, name: str, right: Rows, wrong: Iterable[tuple[Any, ...]]
) -> None:
    """Write rows whole, and delete those that should not be."""
    names = (*keys_of(name), *columns_of(name))
    rows = ((*key, *values) for key, values in right.items())
    await bulk.run(connection, bulk.put_sql(_table(name), names), rows)
    await bulk.run(connection, bulk.delete_sql(_table(name), keys_of(name)), wrong)


async def add_shop_rows(connection: Connection, missing: Rows) -> None:
    """Add what is missing to the shop's figures, while tills go on adding theirs."""
    names = (*keys_of(SHOP), *columns_of(SHOP))
    rows = ((*key, *values) for key, values in missing.items())
    await bulk.run(connection, bulk.add_sql(tables.shop_day, names), rows)


async def nobodies(connection: Connection) -> list[UUID]:
    """Return the pseudonyms under which stores keep anonymous receipts."""
    rows = await connection.fetch("SELECT DISTINCT profile_id FROM events WHERE is_anonymous")
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored value that a fold of the events does not give; None where the row is missing."""

    table: str
    key: tuple[Any, ...]
    column: str
    stored: Any
    rebuilt: Any


def differences(name: str, stored: Rows, rebuilt: Rows) -> list[Difference]:
    """Compare two sets of rows of one table, column by column."""
    found = []
    for key in stored.keys() | rebuilt.keys():
        before, after = stored.get(key), rebuilt.get(key)
        if before == after:
            continue
        for place, column in enumerate(columns_of(name)):
            old = None if before is None else before[place]
            new = None if after is None else after[place]
            if old != new:
                found.append(Difference(name, key, column, old, new))
    return sorted(found, key=lambda d: (repr(d.key), d.column))
