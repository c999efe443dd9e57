"""Opens a CSV or Parquet file and reads the wanted columns in chunks."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

from services.ingest.domain.import_rows import CHUNK_ROWS, Chunk

MAX_LINE: Final = 1024 * 1024
_DELIMITERS: Final = ",;\t|"


class FileRefused(Exception):
    """A file that cannot be read; the message says why."""


class RowFile(Protocol):
    """A file of rows: its columns, and its rows as often as they are asked for."""

    names: Sequence[str]

    def chunks(self, columns: Mapping[str, str]) -> Iterator[Chunk]:
        """Read the file from its beginning; `columns`: our names to the file's."""
        ...


def open_rows(path: Path) -> RowFile:
    """Open a file by its ending; raises FileRefused."""
    if not path.is_file():
        raise FileRefused(f"there is no file {path}")
    match path.suffix.lower():
        case ".parquet":
            return ParquetRows(path)
        case ".csv" | ".tsv" | ".txt":
            return CsvRows(path)
        case _:
            raise FileRefused(f"{path.name}: its name must end in .csv or .parquet")


class CsvRows:
    """A CSV file with a header; UTF-8, a byte that is not becomes a fault of its row."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as file:
            header = next(_lines(file, path.name), "")
            self._delimiter = max(_DELIMITERS, key=header.count)
            self.names: Sequence[str] = next(self._reader(iter([header])), [])

    def _open(self) -> TextIO:
        return self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self._delimiter, strict=True)

    def chunks(self, columns: Mapping[str, str]) -> Iterator[Chunk]:
        places = {name: self.names.index(column) for name, column in columns.items()}
        size, width, first = self._path.stat().st_size, len(self.names), 1
        read = 0

        def counted(lines: Iterator[str]) -> Iterator[str]:
            nonlocal read
            for line in lines:
                read += len(line)
                yield line

        with self._open() as file:
            rows = filter(None, self._reader(counted(_lines(file, self._path.name))))
            next(rows, None)
            try:
                while rows_read := list(islice(rows, CHUNK_ROWS)):
                    # A row of another width has all cells empty: refused, and listed as such.
                    whole = [row if len(row) == width else [""] * width for row in rows_read]
                    cells = list(zip(*whole, strict=True))
                    found = {name: list(cells[place]) for name, place in places.items()}
                    yield Chunk(first, found, read / size)
                    first += len(whole)
            except csv.Error as error:
                raise FileRefused(f"{self._path.name} breaks after row {first}: {error}") from None


def _lines(file: TextIO, name: str) -> Iterator[str]:
    """Yield lines of bounded length: one endless line must not fill the memory."""
    while line := file.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise FileRefused(f"{name} has a line of more than 1 MiB")
        yield line


class ParquetRows:
    """A Parquet file; needs pyarrow, which the image of the ingest service does not have."""

    def __init__(self, path: Path) -> None:
        try:
            # costs 2.5 s, and may be absent
            from pyarrow import ArrowInvalid, parquet  # noqa: PLC0415
        except ImportError:
            raise FileRefused(
                "Parquet needs the package pyarrow: install it, or convert the file to CSV"
            ) from None
        try:
            self._file: Any = parquet.ParquetFile(path)
        except (ArrowInvalid, OSError):
            raise FileRefused(f"{path.name} is not a Parquet file") from None
        self.names: Sequence[str] = self._file.schema_arrow.names

    def chunks(self, columns: Mapping[str, str]) -> Iterator[Chunk]:
        wanted = list(dict.fromkeys(columns.values()))
        total, first = max(1, self._file.metadata.num_rows), 1
        for batch in self._file.iter_batches(batch_size=CHUNK_ROWS, columns=wanted):
            cells = {column: batch.column(column).to_pylist() for column in wanted}
            found = {name: cells[column] for name, column in columns.items()}
            yield Chunk(first, found, (first - 1 + batch.num_rows) / total)
            first += batch.num_rows
