"""Read what programmes read of a range of customers in one scan, to give out one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import asyncpg
import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.status.counting import EntryRow
from services.scoring.queries.bases.binary_copy import Column, CopyReader
from services.scoring.queries.bases.whole_days import ALONE, IdRange, Places, read_owners

_SUMS: Final = ("spend", "margin", "orders", "quantity_milli")
_ENTRIES: Final = f"""
SELECT profile_id, entry_id, coalesce(reverses, decode(repeat('00', 16), 'hex')), at, known_at,
    {", ".join(_SUMS)}
FROM entries WHERE profile_id > $1 AND profile_id <= $2
"""  # noqa: S608 - our own column names
_KINDS: Final = (
    Column("profile_id", "V16"),
    Column("entry_id", "V16"),
    Column("reverses", "V16"),
    Column("at", ">i8"),
    Column("known_at", ">i8"),
    *(Column(name, ">i8") for name in _SUMS),
)
#: Where Postgres' binary instants are counted from, in microseconds.
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_NOTHING: Final = bytes(16)


@dataclass(frozen=True, slots=True)
class RangeEntries:
    """Entries of a range of customers in few bytes: 60 an entry.

    `offsets` (n_customers + 1,): customer i, in the order of ids, has entries
    [offsets[i], offsets[i + 1]), in no particular order.
    """

    offsets: NDArray[np.int64]
    columns: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def of(self, start: int, stop: int) -> list[list[EntryRow]]:
        """Unpack the entries of customers [start, stop)."""
        first, last = self.offsets[start], self.offsets[stop]
        columns = {name: values[first:last].tolist() for name, values in self.columns.items()}
        rows = [
            EntryRow(entry_id, None if reverses == _NOTHING else reverses, at, known_at, *sums)
            for entry_id, reverses, at, known_at, *sums in zip(
                columns["entry_id"],
                columns["reverses"],
                _instants(columns["at"]),
                _instants(columns["known_at"]),
                *(columns[name] for name in _SUMS),
                strict=True,
            )
        ]
        places = (self.offsets[start : stop + 1] - first).tolist()
        return [rows[begin:end] for begin, end in pairwise(places)]


def _instants(microseconds: list[int]) -> list[datetime]:
    return [_EPOCH + timedelta(microseconds=each) for each in microseconds]


async def read_entries(connection: asyncpg.Connection, ids: IdRange) -> RangeEntries:
    """Read all entries of everybody in a range who is not merged away, in order of ids.

    Must run inside a repeatable read. Raises ValueError for an entry id of another length than 16.
    """
    await connection.execute(ALONE)
    owners = await read_owners(connection, ids)
    reader = CopyReader(_KINDS, {"profile_id": Places(owners).of})
    await connection.copy_from_query(
        _ENTRIES, ids.after, ids.until, output=reader.feed, format="binary"
    )
    found = reader.finish()
    places = found.pop("profile_id")
    order = np.argsort(places, kind="stable")
    order = order[np.count_nonzero(places < 0) :]  # who was merged away comes first
    offsets = np.zeros(len(owners) + 1, dtype=np.int64)
    np.cumsum(np.bincount(places[order], minlength=len(owners)), out=offsets[1:])
    # One column at a time: never all of them twice.
    return RangeEntries(offsets, {name: found.pop(name)[order] for name in list(found)})
