"""The columns of a file under a mapping: joined, filled down, picked and named as ours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from services.ingest.domain.files.cells import Cells, dated, plain_number
from services.ingest.domain.files.import_rows import SKIPPED, Chunk, is_empty
from services.ingest.domain.files.mapping import ColumnMapping, FillDown, MappingRefused
from services.ingest.importing.files import RowFile, open_rows

_NUMBERS: Final = frozenset({"amount", "quantity", "discount", "cost", "order_net", "refund"})
#: Rows of a joined file that are held in memory.
MAX_JOINED: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Joined:
    """The columns of another file by the key they share with this one."""

    on: str
    names: tuple[str, ...]
    rows: Mapping[Any, tuple[Any, ...]]


class MappedRows:
    """A file of rows in our columns, as often as it is read."""

    def __init__(self, rows: RowFile, mapping: ColumnMapping, beside: Path) -> None:
        """Take the file, what its columns mean, and where joined files lie."""
        self._rows = rows
        self._mapping = mapping
        self._joins = [_joined(beside / join.file, join.on) for join in mapping.joins]
        names = [*rows.names, *(n for join in self._joins for n in join.names)]
        self._columns = mapping.columns_of(names)
        wanted = mapping.read_columns(self._columns) + [join.on for join in self._joins]
        self._own = [name for name in dict.fromkeys(wanted) if name in rows.names]

    def chunks(self) -> Iterator[Chunk]:
        """Yield the file from its beginning, under our names."""
        filled = _Filled(self._mapping.fill_down) if self._mapping.fill_down else None
        for chunk in self._rows.chunks(self._own):
            columns: dict[str, Sequence[Any]] = dict(chunk.columns)
            for join in self._joins:
                _add_joined(columns, join)
            if filled is not None:
                columns |= filled.down(columns)
            faults = dict(chunk.faults)
            skipped = _skipped(columns, self._mapping.only)
            faults |= {chunk.first_row + place: SKIPPED for place in skipped}
            ours = {n: self._cells(n, source, columns) for n, source in self._columns.items()}
            if skipped and "order_id" in ours:
                orders = list(ours["order_id"])
                for place in skipped:
                    orders[place] = None
                ours["order_id"] = orders
            yield Chunk(chunk.first_row, ours, chunk.share, faults)

    def _cells(
        self, name: str, source: str | Cells, columns: Mapping[str, Sequence[Any]]
    ) -> Sequence[Any]:
        mapping = self._mapping
        is_us = mapping.has_us_numbers and name in _NUMBERS
        if isinstance(source, str):
            cells = columns[source]
            if is_us:
                cells = list(map(plain_number, cells))
        else:
            parts = [columns[column] for column in source.columns]
            if is_us:
                parts = [list(map(plain_number, part)) for part in parts]
            cells = [source.of(row) for row in zip(*parts, strict=True)]
        if name == "occurred_at" and mapping.dates is not None:
            cells = [dated(cell, mapping.dates) for cell in cells]
        return cells


class _Filled:
    """Fills what stands only in the first row of an order into the rows that follow it."""

    def __init__(self, rule: FillDown) -> None:
        self._rule = rule
        self._order: Any = None
        self._said: dict[str, Any] = {}

    def down(self, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        """Return the filled columns of consecutive rows."""
        filled: dict[str, list[Any]] = {name: [] for name in self._rule.columns}
        for place, order in enumerate(columns[self._rule.by]):
            if order != self._order or is_empty(order):
                self._order, self._said = order, {}
            for name, cells in filled.items():
                cell = columns[name][place]
                if is_empty(cell):
                    cell = self._said.get(name, cell)
                else:
                    self._said[name] = cell
                cells.append(cell)
        return dict(filled)


def _skipped(columns: Mapping[str, Sequence[Any]], only: Mapping[str, frozenset[str]]) -> list[int]:
    places: set[int] = set()
    for name, wanted in only.items():
        places |= {place for place, cell in enumerate(columns[name]) if cell not in wanted}
    return sorted(places)


def _joined(path: Path, on: str) -> Joined:

    rows = open_rows(path)
    if on not in rows.names:
        raise MappingRefused(f"{path.name} has no column {on} to join it by")
    names = tuple(name for name in rows.names if name != on)
    found: dict[Any, tuple[Any, ...]] = {}
    for chunk in rows.chunks([on, *names]):
        cells = zip(*(chunk.columns[name] for name in names), strict=True)
        found.update(zip(chunk.columns[on], cells, strict=True))
        if len(found) > MAX_JOINED:
            raise MappingRefused(f"{path.name} is too large to join: more than {MAX_JOINED:,} rows")
    return Joined(on, names, found)


def _add_joined(columns: dict[str, Sequence[Any]], join: Joined) -> None:
    nothing = (None,) * len(join.names)
    rows = [join.rows.get(key, nothing) for key in columns[join.on]]
    cells = list(zip(*rows, strict=True)) or [()] * len(join.names)
    columns.update(zip(join.names, cells, strict=True))
