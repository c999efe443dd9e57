"""Write CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

# What spreadsheets read as the beginning of a formula, in full width too.
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")

Cell = str | int | Decimal | date | datetime | None


def csv_row(cells: Iterable[Cell], *, is_raw: bool = False) -> str:
    """Write one row: texts quoted, numbers plain; `is_raw` leaves formulas as they are."""
    return ",".join(_written(cell, is_raw=is_raw) for cell in cells) + "\r\n"


def _written(cell: Cell, *, is_raw: bool) -> str:
    match cell:
        case None:
            return ""
        case int() | Decimal():
            return str(cell)
        case date():  # an instant too
            return f'"{cell.isoformat()}"'
        case _:
            return _quoted(cell if is_raw else harmless(cell))


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run, also behind spaces."""
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(_DANGEROUS) else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
