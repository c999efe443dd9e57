"""CSV: rows of cells under a header; a row that does not fit is a fault of its own."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import Final, Literal

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.files.import_rows import CHUNK_ROWS, Chunk
from services.ingest.domain.files.mapping import FileFormat
from services.ingest.importing.refusal import FileRefused
from services.ingest.importing.text import MAX_LINE, Position, blocks, encoding_of

_DELIMITERS: Final = ",;\t|"


class CsvRows:
    """A CSV file; lines and cells of more than 1 MiB refuse it, before anything is stored."""

    def __init__(self, path: Path, form: FileFormat) -> None:
        self._path = path
        self._quote = form.quote
        self._encoding = encoding_of(path, form.encoding)
        csv.field_size_limit(MAX_LINE)
        lines = self._lines(Position())
        header = next(lines, "")
        self._delimiter = form.delimiter or max(_DELIMITERS, key=header.count)
        self.names = self._names(chain([header], lines))

    def _lines(self, position: Position) -> Iterator[str]:
        texts = blocks(self._path, self._encoding, position)
        return chain.from_iterable(StringIO(text, newline="") for text in texts)

    def _names(self, lines: Iterator[str]) -> Sequence[str]:
        try:
            names = next(self._reader(lines), [])
        except csv.Error as error:
            raise FileRefused(f"{self._path.name} is not a CSV file: {error}") from None
        if not names:
            raise FileRefused(f"{self._path.name} has no first row that names its columns")
        return names

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if self._quote else csv.QUOTE_NONE
        return csv.reader(
            lines,
            delimiter=self._delimiter,
            quotechar=self._quote or None,
            quoting=quoting,
            strict=True,
        )

    def chunks(self, columns: Sequence[str]) -> Iterator[Chunk]:
        """Yield the columns of these names; raises FileRefused where the file breaks."""
        size, position = max(1, self._path.stat().st_size), Position()
        rows = filter(None, self._reader(self._lines(position)))
        first = 1
        try:
            next(rows, None)
            while read := list(islice(rows, CHUNK_ROWS)):
                yield self._chunk(first, read, columns, position.read / size)
                first += len(read)
        except csv.Error as error:
            raise FileRefused(f"{self._path.name} breaks after row {first}: {error}") from None

    def _chunk(
        self, first: int, rows: list[list[str]], columns: Sequence[str], share: float
    ) -> Chunk:
        width = len(self.names)
        faults: Mapping[int, ItemRefused] = {}
        if set(map(len, rows)) != {width}:
            nothing = [""] * width
            faults = {n: _wrong_width for n, row in enumerate(rows, first) if len(row) != width}
            rows = [row if len(row) == width else nothing for row in rows]
        cells = list(zip(*rows, strict=True))
        places = {name: self.names.index(name) for name in columns}
        return Chunk(first, {name: cells[place] for name, place in places.items()}, share, faults)


_wrong_width = ItemRefused("wrong_width", "it has more or fewer cells than the header")
