"""Columns a file does not have but that follow from those it has, cell by cell.

A cell that does not have the form expected stays as it is: whoever reads it refuses its row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from typing import Any, Final, Protocol

#: Products are rounded to so many decimals, half to even, as shops print them.
_CENT: Final = Decimal("0.01")
_SIGNS: Final = "$€£¥"


class Cells(Protocol):
    """How a column follows from others."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns it is made from."""
        ...

    def of(self, row: Sequence[Any]) -> Any:
        """Return the cell that follows from these."""
        ...


@dataclass(frozen=True, slots=True)
class Product:
    """Quantity times price, less a discount if one is named."""

    columns: tuple[str, ...]

    def of(self, row: Sequence[Any]) -> Any:
        """Return the amount; a cell that is no number is returned itself."""
        numbers = [_number(cell) for cell in row]
        for cell, number in zip(row[:2], numbers, strict=False):
            if number is None:
                return cell
        one, other = numbers[0] or Decimal(0), numbers[1] or Decimal(0)
        less = (numbers[2] if len(row) > 2 else None) or Decimal(0)
        with localcontext(prec=60):
            found = one * other - less
            try:
                return str(found.quantize(_CENT, ROUND_HALF_EVEN) + 0)
            except InvalidOperation:
                return str(found)


@dataclass(frozen=True, slots=True)
class Text:
    """Texts one after another, such as a date and a time."""

    columns: tuple[str, ...]

    def of(self, row: Sequence[Any]) -> Any:
        """Return them with a space between, without those that are empty."""
        return " ".join(str(cell) for cell in row if cell is not None and cell != "")


@dataclass(frozen=True, slots=True)
class Magnitude:
    """A number without its sign: some exports write discounts as negative amounts."""

    columns: tuple[str, ...]

    def of(self, row: Sequence[Any]) -> Any:
        """Return the cell without a minus."""
        (cell,) = row
        if isinstance(cell, str):
            return cell.replace("-", "", 1) if cell.lstrip("($").startswith("-") else cell
        return abs(cell) if isinstance(cell, int | float | Decimal) else cell


@dataclass(frozen=True, slots=True)
class Whole:
    """A number that an export wrote with a point: 13085.0 is the customer 13085."""

    columns: tuple[str, ...]

    def of(self, row: Sequence[Any]) -> Any:
        """Return the cell without zeros behind the point."""
        (cell,) = row
        is_text = isinstance(cell, str) and cell.rstrip("0").endswith(".")
        return cell.partition(".")[0] if is_text else cell


@dataclass(frozen=True, slots=True)
class Days:
    """A day counted from a first one (day 1), and a time as hours and minutes without a colon."""

    columns: tuple[str, ...]
    first: date

    def of(self, row: Sequence[Any]) -> Any:
        """Return the instant as text; what is no such number is returned itself."""
        try:
            day = self.first + timedelta(days=int(row[0]) - 1)
            time = f"{int(row[1]):04d}" if len(row) > 1 else "0000"
            return f"{day.isoformat()}T{time[:-2]}:{time[-2:]}"
        except (ValueError, TypeError, OverflowError):
            return row[0]


def _number(cell: Any) -> Decimal | None:
    try:
        number = Decimal(repr(cell) if isinstance(cell, float) else cell)
    except (InvalidOperation, TypeError, ValueError):
        return None
    return number if number.is_finite() and abs(number) < 10**20 else None


def plain_number(cell: Any) -> Any:
    """Return "$1,234.50", "-$5.00" or "(5.00)" as a plain number; all else as it is."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    is_negative = text.startswith("-") or (text.startswith("(") and text.endswith(")"))
    digits = text.strip("()").removeprefix("-").lstrip(_SIGNS).removeprefix("-").replace(",", "")
    if not digits.replace(".", "", 1).isdecimal():
        return cell
    return f"-{digits}" if is_negative else digits


def dated(cell: Any, pattern: str) -> Any:
    """Return a text of this pattern as an instant; all else as it is."""
    if not isinstance(cell, str) or not cell:
        return cell
    try:
        return datetime.strptime(cell, pattern)  # noqa: DTZ007 - the pattern or the shop has a zone
    except ValueError:
        return cell
