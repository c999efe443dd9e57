"""A look through a whole file before anything is stored: where orders end, which rows repeat.

Memory stays bounded: one byte a row; hashes wait in temporary files, a part of them is sorted at a
time. Two things of one hash only keep an order open for longer, or have a row counted needlessly.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from services.ingest.domain.arrival import ItemRefused
from services.ingest.domain.files.import_rows import LAST_OF_ORDER, MAY_REPEAT, Chunk, is_empty
from services.ingest.usecases.files.import_rows import Row

_PARTS: Final = 16
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Survey:
    """How many rows a file has, and what is known of each."""

    rows: int
    flags: bytes | bytearray


def survey(
    chunks: Iterable[Chunk],
    read: Callable[[Chunk], list[Row | ItemRefused]],
    tell: Callable[[float], None],
) -> Survey:
    """Read the file once; raises what reading it raises, before anything is stored."""
    rows = 0
    with ExitStack() as stack:
        parts = [stack.enter_context(TemporaryFile()) for _ in range(_PARTS)]
        for chunk in chunks:
            _spill(_hashes(chunk, read), chunk.first_row, parts)
            rows += chunk.length
            tell(chunk.share)
        flags = np.zeros(rows, dtype=np.uint8)
        for part in parts:
            _mark(part, flags)
    return Survey(rows, flags.tobytes())


def _hashes(chunk: Chunk, read: Callable[[Chunk], list[Row | ItemRefused]]) -> Numbers:
    """Return a number of each row's order, or of its content where it names none."""
    orders: Sequence[Hashable] = chunk.columns.get("order_id", ())
    if orders and not any(map(is_empty, orders)):
        return np.fromiter(map(hash, orders), dtype=np.int64, count=len(orders))
    found = read(chunk)
    ids = orders or [None] * chunk.length
    pairs = zip(ids, found, strict=True)
    numbers = [hash(_content(row) if is_empty(order) else order) for order, row in pairs]
    return np.array(numbers, dtype=np.int64)


def _content(row: Row | ItemRefused) -> tuple[Any, ...]:
    return row[:11] if isinstance(row, Row) else ()


def _spill(hashes: Numbers, first_row: int, parts: Sequence[IO[bytes]]) -> None:
    numbered = np.column_stack([hashes, np.arange(first_row - 1, first_row - 1 + hashes.size)])
    which = hashes & (_PARTS - 1)
    for place in np.unique(which):
        parts[place].write(numbered[which == place].tobytes())


def _mark(part: IO[bytes], flags: NDArray[np.uint8]) -> None:
    part.seek(0)
    table = np.frombuffer(part.read(), dtype=np.int64).reshape(-1, 2)
    in_order = table[np.argsort(table[:, 0], kind="stable")]
    hashes, rows = in_order[:, 0], in_order[:, 1]
    is_same_as_next = np.zeros(hashes.size, dtype=bool)
    is_same_as_next[:-1] = hashes[:-1] == hashes[1:]
    flags[rows[~is_same_as_next]] |= LAST_OF_ORDER
    repeats = is_same_as_next.copy()
    repeats[1:] |= is_same_as_next[:-1]
    flags[rows[repeats]] |= MAY_REPEAT
