"""Rows of a file and which of them make one receipt, without holding the whole file."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any, Final, Generic, TypeVar

from services.ingest.domain.arrival import ItemRefused

#: Rows read at once: large enough to spread the cost of a chunk, small enough to stay in cache.
CHUNK_ROWS: Final = 16_384
#: What a look through the whole file found about a row.
LAST_OF_ORDER: Final = 1
MAY_REPEAT: Final = 2
#: Stands for a row that a mapping passes over.
SKIPPED: Final = ItemRefused("skipped", "the mapping passes over it")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive rows as columns by our names. `share`: how much of the file is read by now.

    `faults`: rows that could not be taken apart, by number; their cells are all None.
    """

    first_row: int
    columns: Mapping[str, Sequence[Any]]
    share: float
    faults: Mapping[int, ItemRefused] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.columns.values()), ()))


def is_empty(value: object) -> bool:
    """Tell whether a cell says nothing: null, an empty text or not a number."""
    return value is None or value == "" or (isinstance(value, float) and isnan(value))


class Grouping(Generic[Row]):
    """Puts the rows of an order together; an order is given out with its last row.

    Holds the orders that are open: few where the rows of an order stand near each other.
    """

    def __init__(self, flags: bytes | bytearray) -> None:
        """Take what is known of every row of the file, the first row first."""
        self._flags = flags
        self._open: dict[Hashable, list[tuple[int, Row]]] = {}

    def complete(
        self, first_row: int, orders: Sequence[Hashable], rows: Sequence[Row]
    ) -> Iterator[list[tuple[int, Row]]]:
        """Yield every order that is complete with these rows, as (row number, row)."""
        flags, still_open = self._flags, self._open
        for number, (order, row) in enumerate(zip(orders, rows, strict=True), first_row):
            if order is None or order == "" or (order != order and is_empty(order)):  # noqa: PLR0124
                yield [(number, row)]
                continue
            whole = still_open.get(order)
            if whole is None:
                whole = still_open[order] = []
            whole.append((number, row))
            if flags[number - 1] & LAST_OF_ORDER:
                del still_open[order]
                yield whole

    def rest(self) -> Iterator[list[tuple[int, Row]]]:
        """Yield what is open at the end of the file."""
        yield from self._open.values()
        self._open = {}
