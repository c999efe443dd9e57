"""Statements over whole columns: one round trip for a thousand rows, built from the tables."""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, Final

from asyncpg import Connection
from sqlalchemy import Column, Table
from sqlalchemy.dialects import postgresql

_PLACE: Final = re.compile(r"\$(\d+)")
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped


def _type_of(column: Column[Any]) -> str:
    return str(column.type.compile(_DIALECT))


def _unnest(columns: Sequence[Column[Any]]) -> str:
    """Return `unnest($1::a[], ...)`: one array a column."""
    arrays = (f"${n}::{_type_of(column)}[]" for n, column in enumerate(columns, 1))
    return f"unnest({', '.join(arrays)})"


def _columns(table: Table, names: Sequence[str]) -> list[Column[Any]]:
    return [table.c[name] for name in names]


@cache
def insert_sql(table: Table, names: tuple[str, ...], on_conflict: str = "") -> str:
    """Return an INSERT of whole columns, in key order so that two writers never deadlock."""
    listed = ", ".join(names)
    key = [c.name for c in table.primary_key.columns if c.name in names]
    rows = f"SELECT * FROM {_unnest(_columns(table, names))} AS t({listed})"  # noqa: S608 - our tables
    order = f" ORDER BY {', '.join(key)}" if key else ""
    return f"INSERT INTO {table.name} ({listed}) {rows}{order}{on_conflict}"


@cache
def put_sql(table: Table, names: tuple[str, ...]) -> str:
    """Return an INSERT that replaces rows of the same key."""
    key = [c.name for c in table.primary_key.columns]
    changed = ", ".join(f"{n} = excluded.{n}" for n in names if n not in key)
    return insert_sql(table, names, f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changed}")


@cache
def add_sql(table: Table, names: tuple[str, ...]) -> str:
    """Return an INSERT that adds the counters of rows of the same key."""
    key = [c.name for c in table.primary_key.columns]
    added = ", ".join(f"{n} = {table.name}.{n} + excluded.{n}" for n in names if n not in key)
    return insert_sql(table, names, f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {added}")


@cache
def delete_sql(table: Table, names: tuple[str, ...]) -> str:
    """Return a DELETE of the rows with the given key values."""
    rows = f"{_unnest(_columns(table, names))} AS gone({', '.join(names)})"
    same = " AND ".join(f"{table.name}.{n} = gone.{n}" for n in names)
    return f"DELETE FROM {table.name} USING {rows} WHERE {same}"  # noqa: S608 - names of our own tables


async def run(connection: Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Run a statement over rows; nothing to do without any."""
    columns = list(zip(*rows, strict=True))
    if columns:
        await connection.execute(statement, *map(list, columns))


Rows = Sequence[tuple[Any, ...]]


async def run_together(connection: Connection, parts: Iterable[tuple[str, Rows]]) -> None:
    """Run statements over rows in one round trip; none may look at what another writes."""
    some = [(statement, list(zip(*rows, strict=True))) for statement, rows in parts if rows]
    if some:
        columns = [list(column) for _, each in some for column in each]
        sizes = tuple((statement, len(each)) for statement, each in some)
        await connection.execute(_together_sql(sizes), *columns)


@lru_cache(256)
def _together_sql(parts: tuple[tuple[str, int], ...]) -> str:
    """Return one statement of several, each known with how many columns it takes."""
    named, taken = [], 0
    for number, (statement, columns) in enumerate(parts):
        moved = _PLACE.sub(lambda place, by=taken: f"${int(place[1]) + by}", statement)  # type: ignore[misc]
        named.append(f"w{number} AS ({moved})")
        taken += columns
    # Postgres does the last of them first: locks are taken in the order given.
    return f"WITH {', '.join(reversed(named))} SELECT"


async def copy(
    connection: Connection, table: Table, names: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    """COPY rows that are surely new: no planning, no sorting, no look at what is there."""
    if rows:
        await connection.copy_records_to_table(table.name, records=rows, columns=names)


async def fetch(
    connection: Connection, statement: str, rows: Iterable[tuple[Any, ...]]
) -> list[Any]:
    """Run a statement over rows and return what it returns."""
    columns = list(zip(*rows, strict=True))
    return await connection.fetch(statement, *map(list, columns)) if columns else []


@cache
def _staged_sql(table: Table, names: tuple[str, ...]) -> tuple[str, str, str]:
    """Return a staging table's name and making, and the INSERT that adds its counters."""
    stage, listed = f"stage_{table.name}", ", ".join(names)
    columns = ", ".join(f"{c.name} {_type_of(c)}" for c in _columns(table, names))
    made = f"CREATE TEMP TABLE IF NOT EXISTS {stage} ({columns}) ON COMMIT DELETE ROWS"
    key = [c.name for c in table.primary_key.columns]
    added = ", ".join(f"{n} = {table.name}.{n} + excluded.{n}" for n in names if n not in key)
    insert = (
        f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {stage}"  # noqa: S608 - our tables
        f" ORDER BY {', '.join(key)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {added}"
    )
    return stage, made, insert


async def add_by_copy(
    connection: Connection, table: Table, names: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    """Add counters of very many rows: by COPY the driver encodes them faster than as arrays.

    A table is always added to with the same names on one connection.
    """
    stage, made, insert = _staged_sql(table, names)
    await connection.execute(made)
    await connection.copy_records_to_table(stage, records=rows, columns=names)
    await connection.execute(insert)
