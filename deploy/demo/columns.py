"""Receipts as columns: the compact form the generator works in and benches read."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any, TypeVar

import numpy as np

from deploy.demo.season import Bools, Ints


class Kind(IntEnum):
    SALE = 0
    RETURN = 1
    VOID = 2


class Channel(IntEnum):
    STORE = 0
    WEB = 1
    APP = 2


ANONYMOUS = -1
NO_LINK = -1


@dataclass(frozen=True, slots=True)
class Heads:
    """One entry a receipt; `store` and `sku` number the catalogue, `day` counts from 1970-01-01.

    A link names a receipt of the same store by day, till and sequence (`NO_LINK`: none).
    """

    kind: Ints
    customer: Ints
    store: Ints
    till: Ints
    day: Ints
    second: Ints
    sequence: Ints
    channel: Ints
    link_day: Ints
    link_till: Ints
    link_sequence: Ints


@dataclass(frozen=True, slots=True)
class Lines:
    """One entry a line, in receipt order; money in fen, quantity in thousandths."""

    number: Ints
    sku: Ints
    quantity_milli: Ints
    unit_price: Ints
    discount: Ints
    net: Ints
    cost: Ints


@dataclass(frozen=True, slots=True)
class Receipts:
    """Receipt i owns the lines `line_start[i]:line_start[i + 1]`."""

    heads: Heads
    lines: Lines
    line_start: Ints

    def __len__(self) -> int:
        return int(self.line_start.size - 1)

    @property
    def line_owner(self) -> Ints:
        """Receipt number of each line."""
        return np.repeat(np.arange(len(self)), np.diff(self.line_start))

    @property
    def net(self) -> Ints:
        """Net of each receipt, in fen; a return counts as a positive amount given back."""
        sums = np.concatenate([[0], np.cumsum(self.lines.net)])
        return np.asarray(sums[self.line_start[1:]] - sums[self.line_start[:-1]])

    def take(self, rows: Ints) -> "Receipts":
        """Pick receipts with their lines, in the given order."""
        sizes = np.diff(self.line_start)[rows]
        start = starts_of(sizes)
        moved = np.repeat(self.line_start[rows] - start[:-1], sizes) + np.arange(start[-1])
        return Receipts(_rows(self.heads, rows), _rows(self.lines, moved), start)

    def keep_lines(self, kept: Bools) -> "Receipts":
        """Drop the other lines; every receipt stays."""
        sizes = np.bincount(self.line_owner[kept], minlength=len(self))
        return Receipts(self.heads, _rows(self.lines, np.flatnonzero(kept)), starts_of(sizes))

    def arrays(self) -> dict[str, Ints]:
        """Every column by name, for benches that COPY them."""
        heads = {field.name: getattr(self.heads, field.name) for field in fields(Heads)}
        lines = {f"line_{field.name}": getattr(self.lines, field.name) for field in fields(Lines)}
        return heads | lines | {"line_start": self.line_start}


def starts_of(sizes: Ints) -> Ints:
    """Offsets of consecutive groups of the given sizes, closed by their total."""
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def concat(parts: Sequence[Receipts]) -> Receipts:
    """Put receipts behind each other."""
    sizes = np.concatenate([np.diff(part.line_start) for part in parts])
    heads = _joined([part.heads for part in parts])
    return Receipts(heads, _joined([part.lines for part in parts]), starts_of(sizes))


Table = TypeVar("Table", Heads, Lines)


def _rows(table: Table, rows: Ints) -> Table:
    values: dict[str, Any] = {f.name: getattr(table, f.name)[rows] for f in fields(table)}
    return type(table)(**values)


def _joined(tables: Sequence[Table]) -> Table:
    values: dict[str, Any] = {
        f.name: np.concatenate([getattr(table, f.name) for table in tables])
        for f in fields(tables[0])
    }
    return type(tables[0])(**values)
