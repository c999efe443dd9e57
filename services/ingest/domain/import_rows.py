"""Rows of a file and which of them make one receipt, without holding the whole file."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, Final

#: Rows read at once: large enough to spread the cost of a chunk, small enough to stay in cache.
CHUNK_ROWS: Final = 16_384
RawRow = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows as columns by our names. `share`: how much of the file is read by now."""

    first_row: int
    columns: Mapping[str, Sequence[Any]]
    share: float

    @property
    def length(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.columns.values()), ()))

    def rows(self, names: Iterable[str]) -> Iterator[RawRow]:
        """Yield (row number from 1, values by name; None where the file has no such column)."""
        nothing = [None] * self.length
        numbers = range(self.first_row, self.first_row + self.length)
        return zip(numbers, *(self.columns.get(name, nothing) for name in names), strict=True)


def is_empty(value: object) -> bool:
    """Tell whether a cell says nothing: null, an empty text or not a number."""
    return value is None or value == "" or (isinstance(value, float) and isnan(value))


def last_rows(chunks: Iterable[Chunk]) -> dict[Hashable, int]:
    """Return the number of the last row of every order: where it is complete."""
    last: dict[Hashable, int] = {}
    for chunk in chunks:
        orders = chunk.columns["order_id"]
        last.update(zip(orders, range(chunk.first_row, chunk.first_row + len(orders)), strict=True))
    return last


class Grouping:
    """Puts the rows of an order together; an order is given out with its last row."""

    def __init__(self, last: Mapping[Hashable, int] | None) -> None:
        """Take where each order ends; None: every row is a receipt of its own."""
        self._last = last
        self._open: dict[Hashable, list[RawRow]] = {}

    def complete(self, rows: Iterable[tuple[Hashable, RawRow]]) -> Iterator[list[RawRow]]:
        """Yield every order that is complete with these rows, given beside their order's id."""
        last, still_open = self._last, self._open
        for order, row in rows:
            if last is None or is_empty(order):
                yield [row]
                continue
            still_open.setdefault(order, []).append(row)
            if last[order] == row[0]:
                yield still_open.pop(order)
