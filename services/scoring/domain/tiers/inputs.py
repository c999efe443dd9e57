"""What one decision out of many rests on: order dates, digests, what moved the score."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, day_number, day_of
from services.scoring.domain.tiers.release import Explained, ServedModel

# Below this a group moves the score by less than 5 %: not worth a word.
_SMALLEST_DRIVER = 0.05
_MOST_DRIVERS = 2
Drivers = tuple[tuple[str, bool], ...]


def order_days_of(days: CustomerDays, today: date) -> list[list[date]]:
    """List each customer's dates with an order, up to today."""
    known = (days.orders > 0) & (days.date <= day_number(today))
    rows = np.flatnonzero(known)
    named = {int(number): day_of(number) for number in np.unique(days.date[rows])}
    dates = [named[number] for number in days.date[rows].tolist()]
    ends = np.searchsorted(rows, days.offsets).tolist()
    return [dates[start:stop] for start, stop in pairwise(ends)]


def order_counts(days: CustomerDays, today: date) -> list[int]:
    """Count each customer's orders, up to today."""
    known = np.where(days.date <= day_number(today), days.orders, 0)
    sums = np.concatenate(([0], np.cumsum(known)))[days.offsets]
    return [int(count) for count in np.diff(sums)]


def digests_of(rows: NDArray[np.float64], model: ServedModel) -> list[bytes]:
    """Digest what a model reads of each row."""
    read = np.ascontiguousarray(rows[:, sorted(set(model.columns))])
    width, content = read.shape[1] * read.itemsize, read.tobytes()
    ends = range(width, len(content) + 1, width)
    return [sha256(content[end - width : end]).digest()[:16] for end in ends]


def inputs_hash(basis: bytes, digest: bytes) -> bytes:
    """Name everything one customer's score rests on."""
    return sha256(basis + digest).digest()[:16]


def drivers_of(explained: Explained) -> list[Drivers]:
    """Name the strongest groups of each row."""
    groups = sorted(set(explained.groups))
    sums = np.zeros((len(explained.parts), len(groups)))
    for column, group in enumerate(explained.groups):  # column by column: the same bits in bulk
        sums[:, groups.index(group)] += explained.parts[:, column]
    strongest = np.argsort(-np.abs(sums), axis=1, kind="stable")[:, :_MOST_DRIVERS]
    moved = np.take_along_axis(sums, strongest, axis=1)
    named: dict[tuple[int, ...], Drivers] = {}
    result: list[Drivers] = []
    signed = np.where(np.abs(moved) < _SMALLEST_DRIVER, 0, np.sign(moved)).astype(np.int64)
    for key in map(tuple, np.concatenate([strongest, signed], axis=1).tolist()):
        if key not in named:
            half = len(key) // 2
            pairs = zip(key[:half], key[half:], strict=True)
            named[key] = tuple((groups[group], sign > 0) for group, sign in pairs if sign)
        result.append(named[key])
    return result
