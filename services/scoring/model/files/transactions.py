"""Reads a file of transactions (CSV or Parquet) into the days the value model reads."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, IntArray
from services.scoring.model.errors import FileRefused
from services.scoring.model.files.csv_form import CsvForm, csv_options, us_numbers
from services.scoring.model.files.rows import Rows, days_of_rows

REQUIRED = ("customer_id", "occurred_at", "amount")
OPTIONAL = ("order_id", "quantity", "discount", "cost", "channel", "received_at", "backfill")
# What exports commonly call an order; a mapping file overrules it.
ORDER_ALIASES = ("order_id", "invoice", "invoice_id", "receipt_id")
ONLINE_CHANNELS = ("web", "app", "online", "social")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXT = ("customer_id", "order_id", "channel", "backfill")
_YES = ("true", "1", "yes", "t", "y")
_MONEY = ("amount", "discount", "cost", "quantity")
PLAIN = CsvForm()


@dataclass(frozen=True, slots=True)
class Transactions:
    """A shop's history from a file; `customer_ids[i]` is customer i of `days`."""

    customer_ids: list[str]
    days: CustomerDays
    rows: int
    anonymous_rows: int


def read_transactions(
    path: Path,
    columns: Mapping[str, str] | None = None,
    *,
    known_at: date | None = None,
    form: CsvForm = PLAIN,
) -> Transactions:
    """Read a CSV or Parquet file; `columns` maps our names to the file's.

    With `known_at` rows of earlier days that were received on that day or later are left out,
    unless `backfill` is true. Raises FileRefused where a column is missing or a value cannot be
    read.
    """
    table = _read_table(path, dict(columns or {}), form)
    if known_at is not None:
        table = table.filter(pa.array(_is_known(table, known_at, path.name)))
    if table.num_rows == 0:
        raise FileRefused(f"{path.name} has no rows.")
    total, names = table.num_rows, table["customer_id"]
    known = table.filter(pc.is_valid(names)) if names.null_count else table
    if known.num_rows == 0:
        raise FileRefused(f"No row of {path.name} names a customer.")
    ids, rows, anonymous = *_coded(known, path.name), total - known.num_rows
    # The text of 10 million rows is a gigabyte that folding them no longer needs.
    del table, names, known
    pa.default_memory_pool().release_unused()
    return Transactions(ids, days_of_rows(rows, len(ids)), total, anonymous)


def _coded(known: pa.Table, file: str) -> tuple[list[str], Rows]:
    """Name the customers and give every row the number of its customer's name."""
    encoded = pc.dictionary_encode(known["customer_id"].combine_chunks())
    ids = [str(name) for name in encoded.dictionary.to_pylist()]
    return ids, _rows(known, encoded.indices, file)


def _read_table(path: Path, columns: dict[str, str], form: CsvForm) -> pa.Table:
    if not path.is_file():
        raise FileRefused(f"There is no file {path}.")
    unknown = sorted(set(columns) - {*REQUIRED, *OPTIONAL, "sku", "category"})
    if unknown:
        raise FileRefused(f"The mapping names columns we do not know: {', '.join(unknown)}.")
    try:
        if path.suffix.lower() == ".parquet":
            wanted = _wanted(pa.parquet.read_schema(path).names, columns, path.name)
            table = pa.parquet.read_table(path, columns=list(wanted.values()))
        else:
            table, wanted = _read_csv(path, columns, form)
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as error:
        raise FileRefused(f"{path.name} cannot be read: {error}") from error
    except UnicodeError as error:
        raise FileRefused(
            f'{path.name} is not in UTF-8; name its encoding in a mapping file, as {{"encoding": '
            f'"gb18030"}}: {error}'
        ) from error
    table = table.select(list(wanted.values())).rename_columns(list(wanted))
    table = _plain(table, form, path.name)
    empty = pa.scalar(None, pa.string())
    ids = pc.cast(table["customer_id"], pa.string())
    ids = pc.if_else(pc.equal(ids, ""), empty, ids)
    return table.set_column(table.column_names.index("customer_id"), "customer_id", ids)


def _is_known(table: pa.Table, at: date, file: str) -> NDArray[np.bool_]:
    """Say which rows are of `at` or later, were received before it, or are declared backfill."""
    if "received_at" not in table.column_names:
        raise FileRefused(f"{file} has no column received_at: nobody can say what was known then.")
    start = (datetime.combine(at, time(), UTC) - _EPOCH) // timedelta(microseconds=1)
    known = _instants(table["occurred_at"], file) >= start
    known |= _instants(table["received_at"], file, "received_at") < start
    if "backfill" in table.column_names:
        flags = pc.utf8_lower(pc.cast(table["backfill"], pa.string()))
        known |= _numpy(pc.is_in(flags, value_set=pa.array(_YES)))
    return known


def _read_csv(
    path: Path, columns: dict[str, str], form: CsvForm
) -> tuple[pa.Table, dict[str, str]]:
    read, parse = csv_options(path, form)
    with pa.csv.open_csv(path, read_options=read, parse_options=parse) as head:
        wanted = _wanted(head.schema.names, columns, path.name)
    written = TEXT if form.dates is None else (*TEXT, "occurred_at", "received_at")
    types = {file_name: pa.string() for name, file_name in wanted.items() if name in written}
    convert = pa.csv.ConvertOptions(
        column_types=types, include_columns=list(wanted.values()), strings_can_be_null=True
    )
    return pa.csv.read_csv(
        path, read_options=read, parse_options=parse, convert_options=convert
    ), wanted


def _plain(table: pa.Table, form: CsvForm, file: str) -> pa.Table:
    """Rewrite the numbers and dates that a mapping declares to be in another form."""
    for place, name in enumerate(table.column_names):
        column = table.column(place)
        is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        if form.numbers is not None and name in _MONEY and is_text:
            table = table.set_column(place, name, us_numbers(column))
        if form.dates is not None and name in {"occurred_at", "received_at"} and is_text:
            table = table.set_column(place, name, _dated(column, form.dates, f"{name} of {file}"))
    return table


def _dated(column: pa.ChunkedArray, pattern: str, of: str) -> pa.ChunkedArray:
    try:
        return pc.strptime(column, format=pattern, unit="us")
    except pa.ArrowInvalid as error:
        raise FileRefused(f"{of} is not written as {pattern}: {error}") from error


def _wanted(present: list[str], columns: dict[str, str], file: str) -> dict[str, str]:
    """Map our column names to those of the file, as far as it has them."""
    if len(set(present)) != len(present):
        raise FileRefused(f"{file} has two columns of the same name.")
    named = {name: columns.get(name, name) for name in (*REQUIRED, *OPTIONAL)}
    if "order_id" not in columns:
        named["order_id"] = next((alias for alias in ORDER_ALIASES if alias in present), "order_id")
    missing = [
        f"{name} (looked for {file_name!r})" if name != file_name else name
        for name, file_name in named.items()
        if file_name not in present and (name in REQUIRED or name in columns)
    ]
    if missing:
        raise FileRefused(
            f"{file} lacks the column {', '.join(missing)}; it has {', '.join(present)}. "
            'A mapping file names them: {"columns": {"amount": "Total", ...}}'
        )
    return {name: file_name for name, file_name in named.items() if file_name in present}


def _rows(table: pa.Table, customers: pa.Array, file: str) -> Rows:
    instants = _instants(table["occurred_at"], file)
    quantity = _milli(table, "quantity", 1000, file)
    if "order_id" in table.column_names:
        named = pc.fill_null(pc.cast(table["order_id"], pa.string()), "")
        order = _codes(named)
    else:
        order = np.unique(instants, return_inverse=True)[1].astype(np.int64)
    online = np.zeros(table.num_rows, dtype=bool)
    if "channel" in table.column_names:
        lower = pc.utf8_lower(pc.cast(table["channel"], pa.string()))
        online = _numpy(pc.is_in(lower, value_set=pa.array(ONLINE_CHANNELS)))
    amount = _milli(table, "amount", 100, file)
    return Rows(
        customer=_numpy(customers).astype(np.int64),
        date=np.floor_divide(instants, 86_400_000_000),
        order=order,
        amount=np.zeros(0, np.int64) if amount is None else amount,
        quantity_milli=quantity,
        discount=_milli(table, "discount", 100, file),
        cost=_milli(table, "cost", 100, file),
        online=online,
    )


def _numpy(values: Any) -> NDArray[Any]:
    result: NDArray[Any] = values.to_numpy(zero_copy_only=False)
    return result


def _codes(values: pa.ChunkedArray) -> IntArray:
    return _numpy(pc.dictionary_encode(values.combine_chunks()).indices).astype(np.int64)


def _instants(column: pa.ChunkedArray, file: str, name: str = "occurred_at") -> IntArray:
    """Microseconds since 1970 of each row; an instant without offset is taken as UTC."""
    kind = column.type
    if column.null_count:
        row = int(np.argmax(_numpy(pc.is_null(column)))) + 1
        raise FileRefused(f"{name} of {file} is empty in row {row} of those with a customer.")
    if pa.types.is_integer(kind):  # 20261121
        column, kind = pc.cast(column, pa.string()), pa.string()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _parsed_instants(column, file, name)
    if not (pa.types.is_timestamp(kind) or pa.types.is_date(kind)):
        raise FileRefused(f"{name} of {file} holds {kind}, not dates.")
    return _microseconds(column)


def _microseconds(column: pa.ChunkedArray) -> IntArray:
    instants: IntArray = _numpy(pc.cast(pc.cast(column, pa.timestamp("us")), pa.int64()))
    return instants


def _parsed_instants(column: pa.ChunkedArray, file: str, name: str) -> IntArray:
    for kind in (pa.timestamp("us", tz="UTC"), pa.timestamp("us")):
        with suppress(pa.ArrowInvalid):  # Arrow wants one form in all rows
            return _microseconds(pc.cast(column, kind))
    encoded = pc.dictionary_encode(column.combine_chunks())
    values = [_parsed_instant(text, file, name) for text in encoded.dictionary.to_pylist()]
    by_code = np.array(values, dtype=np.int64)
    return np.take(by_code, _numpy(encoded.indices))


def _parsed_instant(text: str, file: str, name: str) -> int:
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise FileRefused(
            f"{name} of {file} holds {text!r}, which we cannot read; "
            "write dates as 2026-11-21 or 2026-11-21T12:23:46+08:00, or say how they are written "
            'in a mapping file, as {"dates": "%d/%m/%Y %H:%M"}.'
        ) from error
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def _milli(table: pa.Table, name: str, factor: int, file: str) -> IntArray | None:
    """Whole minor units (or thousandths) of a column; None where the file lacks it."""
    if name not in table.column_names:
        return None
    try:
        values = _numpy(pc.cast(table[name], pa.float64())).astype(np.float64)
    except pa.ArrowInvalid as error:
        raise FileRefused(
            f"{name} of {file} holds what is not a number: {error}; write 1234.50, or say "
            '{"numbers": "us"} in a mapping file for $1,234.50.'
        ) from error
    if name == "amount" and not np.isfinite(values).all():
        row = int(np.argmax(~np.isfinite(values))) + 1
        raise FileRefused(f"amount of {file} is empty or infinite in row {row} with a customer.")
    scaled = np.rint(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0) * factor)
    if (np.abs(scaled) > 2**53).any():
        raise FileRefused(f"{name} of {file} holds a number beyond 2^53 minor units.")
    return scaled.astype(np.int64)
