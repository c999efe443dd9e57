"""Cells of a file to exact values: each distinct cell is read once and remembered."""

from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple, TypeVar, get_args

from pydantic_core import PydanticCustomError

from services.ingest.domain.arrival import ItemRefused, effective_instant
from services.ingest.domain.files.import_rows import is_empty
from shared.contracts.receipts import Channel
from shared.fields import identifier
from shared.identifiers import email, phone
from shared.money import MAX_MINOR, MoneyFault, exponent_of, parse_scaled

#: A computed float such as 15.299999999999999 means 15.30; anything further off is no amount.
TOLERANCE: Final = Decimal("1e-6")
_REMEMBERED: Final = 50_000
_CHANNELS: Final = frozenset(get_args(Channel))
_CHECKS: Final[Mapping[str, Callable[[str], str]]] = {"email": email, "phone": phone}
_ALIASES: Final = {"online": "web"}
Value = TypeVar("Value")


class Memo(dict[Hashable, Value]):
    """Remembers what each distinct cell means; forgets all when it grows too large."""

    def __init__(self, read: Callable[[Any], Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Hashable) -> Value:
        value = self._read(cell)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[cell] = value
        return value


class Moment(NamedTuple):
    """An instant of the file, as everything about it is counted."""

    occurred_at: datetime
    effective_at: datetime
    business_date: date
    slot: int
    is_suspect: bool
    text: str


def scaled_number(cell: Any, exponent: int, name: str) -> int:
    """Return a signed number as an integer of 10**-exponent; raises ItemRefused."""
    if isinstance(cell, str):
        try:
            return parse_scaled(cell, exponent, signed=True)
        except MoneyFault as error:
            if error.code != "wrong_exponent":
                raise ItemRefused(error.code, f"{name} is not an amount we can keep") from None
    if isinstance(cell, bool) or not isinstance(cell, int | float | str | Decimal):
        raise ItemRefused("bad_decimal", f"{name} is not a number")
    return _rounded(cell, exponent, name)


def _rounded(cell: float | str | Decimal, exponent: int, name: str) -> int:
    """Round to the unit if the shortest decimal of the cell lies within a millionth of it."""
    try:
        # repr is the shortest decimal a float stands for: 2.55 is 2.55, not 2.54999999999999982
        value = Decimal(repr(cell) if isinstance(cell, float) else cell).scaleb(exponent)
        nearest = value.to_integral_value()
    except InvalidOperation:
        raise ItemRefused("bad_decimal", f"{name} is not a number") from None
    if not abs(value) <= MAX_MINOR:
        raise ItemRefused("out_of_range", f"{name} is too large")
    if abs(value - nearest) > TOLERANCE:
        raise ItemRefused("wrong_exponent", f"{name} has more decimals than fit")
    return int(nearest)


def instant_of(cell: Any, zone: tzinfo) -> datetime:
    """Return a cell's instant in UTC; without an offset it is local time of `zone`."""
    if isinstance(cell, str):
        try:
            cell = datetime.fromisoformat(cell)
        except ValueError:
            raise ItemRefused(
                "bad_instant", "occurred_at must look like 2026-11-21 or 2026-11-21T12:23:46+08:00"
            ) from None
    elif isinstance(cell, date) and not isinstance(cell, datetime):
        cell = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - the zone comes next
    if not isinstance(cell, datetime):
        raise ItemRefused("bad_instant", "occurred_at is not a date")
    try:
        return (cell.replace(tzinfo=zone) if cell.tzinfo is None else cell).astimezone(UTC)
    except OverflowError:
        raise ItemRefused("time_out_of_range", "occurred_at is out of range") from None


def moment_of(occurred_at: datetime, zone: tzinfo, now: datetime) -> Moment:
    """Return when an instant counts, in the local time of its store."""
    effective_at, is_suspect = effective_instant(occurred_at, now)
    local = occurred_at.astimezone(zone)
    day = (effective_at.astimezone(zone) if is_suspect else local).date()
    slot = local.weekday() * 24 + local.hour
    return Moment(occurred_at, effective_at, day, slot, is_suspect, occurred_at.isoformat())


def text_of(cell: Any, name: str) -> str | None:
    """Return a cell as an id, None if it is empty; a float that is whole loses its `.0`."""
    if is_empty(cell):
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    try:
        return identifier(str(cell))
    except PydanticCustomError as error:
        code = error.type.rpartition(".")[2]
        raise ItemRefused(code, f"{name} {error.message()}") from None


def identifier_of(cell: Any, kind: str) -> str | None:
    """Return a cell as an identifier of this kind in its one form, None if it is empty."""
    text = text_of(cell, "customer_id")
    check = _CHECKS.get(kind)
    if text is None or check is None:
        return text
    try:
        return check(text)
    except PydanticCustomError as error:
        raise ItemRefused(error.type.rpartition(".")[2], f"customer_id {error.message()}") from None


def channel_of(cell: Any) -> str:
    """Return a cell as a channel; an empty one is a store."""
    name = "store" if is_empty(cell) else str(cell).lower()
    name = _ALIASES.get(name, name)
    if name not in _CHANNELS:
        raise ItemRefused("bad_channel", f"channel must be one of {', '.join(sorted(_CHANNELS))}")
    return name


def minor_reader(name: str, currency: str, *, default: int | None) -> Memo[int]:
    """Return what reads amounts of a column; empty cells are `default`, None refuses them."""
    return _number_reader(name, exponent_of(currency), default)


def milli_reader(name: str, *, default: int) -> Memo[int]:
    """Return what reads quantities of a column."""
    return _number_reader(name, 3, default)


def _number_reader(name: str, exponent: int, default: int | None) -> Memo[int]:
    def read(cell: Any) -> int:
        if not is_empty(cell):
            return scaled_number(cell, exponent, name)
        if default is None:
            raise ItemRefused("missing", f"{name} is empty")
        return default

    return Memo(read)
