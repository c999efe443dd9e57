"""Opens a CSV, NDJSON or Parquet file; reads the wanted columns in chunks."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from services.ingest.domain.files.import_rows import CHUNK_ROWS, Chunk
from services.ingest.domain.files.mapping import FileFormat
from services.ingest.importing.csv_rows import CsvRows
from services.ingest.importing.json_rows import JsonRows
from services.ingest.importing.refusal import FileRefused

__all__ = ["FileRefused", "ParquetRows", "RowFile", "open_rows"]

#: Nothing is said of a file: what it is like is found out from its beginning.
ANY: Final = FileFormat()


class RowFile(Protocol):
    """A file of rows: its columns, and its rows as often as they are asked for."""

    names: Sequence[str]

    def chunks(self, columns: Sequence[str]) -> Iterator[Chunk]:
        """Read these columns of the file from its beginning."""
        ...


def open_rows(path: Path, form: FileFormat = ANY, kind: str | None = None) -> RowFile:
    """Open a file by its ending, or as the kind named; raises FileRefused."""
    if not path.is_file():
        raise FileRefused(f"there is no file {path}")
    match kind or path.suffix.lower().lstrip("."):
        case "parquet":
            return ParquetRows(path)
        case "csv" | "tsv" | "txt":
            return CsvRows(path, form)
        case "ndjson" | "jsonl":
            return JsonRows(path, form)
        case _:
            raise FileRefused(f"{path.name}: its name must end in .csv, .ndjson or .parquet")


class ParquetRows:
    """A Parquet file; needs pyarrow, which the image of the ingest service does not have."""

    def __init__(self, path: Path) -> None:
        try:
            # costs 2.5 s, and may be absent
            from pyarrow import ArrowInvalid, parquet, types  # noqa: PLC0415
        except ImportError:
            raise FileRefused(
                "Parquet needs the package pyarrow: install it, or convert the file to CSV"
            ) from None
        try:
            self._file: Any = parquet.ParquetFile(path)
        except (ArrowInvalid, OSError):
            raise FileRefused(f"{path.name} is not a Parquet file") from None
        fields = self._file.schema_arrow
        self.names: Sequence[str] = [f.name for f in fields if not types.is_nested(f.type)]

    def chunks(self, columns: Sequence[str]) -> Iterator[Chunk]:
        """Yield the columns of these names."""
        total, first = max(1, self._file.metadata.num_rows), 1
        for batch in self._file.iter_batches(batch_size=CHUNK_ROWS, columns=list(columns)):
            found = {column: batch.column(column).to_pylist() for column in columns}
            yield Chunk(first, found, (first - 1 + batch.num_rows) / total)
            first += batch.num_rows
