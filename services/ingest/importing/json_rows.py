"""NDJSON: an object a line, either a flat row or one of our receipts."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import StringIO
from itertools import chain, islice
from pathlib import Path
from typing import Any

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.files.import_rows import CHUNK_ROWS, Chunk
from services.ingest.domain.files.mapping import FileFormat
from services.ingest.importing.refusal import FileRefused
from services.ingest.importing.text import Position, blocks, encoding_of
from shared.problem import Problem
from shared.strict_json import parse

#: A file is looked into so far to learn which columns it has.
_LOOKED_AT = 1_000
#: The column in which a receipt of ours stands whole.
WHOLE = "receipt"
_OURS = frozenset({"lines", "sequence_number"})


class JsonRows:
    """A file of JSON objects; a line that is none is a fault of its row."""

    def __init__(self, path: Path, form: FileFormat) -> None:
        self._path = path
        self._encoding = encoding_of(path, form.encoding)
        found = [read_object(line) for line in islice(self._lines(Position()), _LOOKED_AT)]
        objects = [each for each in found if isinstance(each, dict)]
        if not objects:
            raise FileRefused(f"{path.name} does not begin with JSON objects, one a line")
        self.are_receipts = bool(objects[0].keys() & _OURS)
        self.names: Sequence[str] = list(dict.fromkeys(name for each in objects for name in each))

    def _lines(self, position: Position) -> Iterator[str]:
        texts = blocks(self._path, self._encoding, position)
        lines = chain.from_iterable(StringIO(text, newline="") for text in texts)
        return (line for line in lines if line.strip())

    def chunks(self, columns: Sequence[str]) -> Iterator[Chunk]:
        """Yield the members of these names, or receipts of ours whole."""
        size, position, first = max(1, self._path.stat().st_size), Position(), 1
        lines = self._lines(position)
        while read := [read_object(line) for line in islice(lines, CHUNK_ROWS)]:
            numbered = enumerate(read, first)
            faults = {n: each for n, each in numbered if isinstance(each, ItemRefused)}
            objects = [each if isinstance(each, dict) else {} for each in read]
            if self.are_receipts:
                found: dict[str, list[Any]] = {WHOLE: objects}
            else:
                rows = [_flat(number, each, faults) for number, each in enumerate(objects, first)]
                found = {name: [row.get(name) for row in rows] for name in columns}
            yield Chunk(first, found, position.read / size, faults)
            first += len(read)


def read_object(line: str) -> dict[str, Any] | ItemRefused:
    """Return the object of a line, or why it is none."""
    try:
        found = parse(line.encode("utf-8", "surrogateescape"), exact_numbers=True)
    except Problem as problem:
        return ItemRefused(problem.kind.slug, problem.detail)
    if not isinstance(found, dict):
        return ItemRefused("not_an_object", "it is not a JSON object")
    return found


def _flat(number: int, row: dict[str, Any], faults: dict[int, ItemRefused]) -> dict[str, Any]:
    if any(isinstance(value, dict | list | bool) for value in row.values()):
        faults[number] = ItemRefused("not_flat", "its members must be texts and numbers")
        return {}
    return {n: int(v) if isinstance(v, Decimal) and v == int(v) else v for n, v in row.items()}
