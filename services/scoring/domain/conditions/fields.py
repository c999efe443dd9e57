"""Read members of a JSON object one by one, noting each mistake at its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from services.scoring.domain.conditions.tree import Scalar
from services.scoring.domain.conditions.vocabulary import LARGEST, MOST_BYTES, MOST_LISTED
from services.scoring.domain.programmes.fault import DocumentFault

_MOST_FAULTS: Final = 50
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,4})?")
Read = TypeVar("Read")


@dataclass(slots=True)
class Notes:
    """The mistakes found so far, the first 50 of them."""

    faults: list[DocumentFault] = field(default_factory=list)

    def add(self, pointer: str, code: str, message: str) -> None:
        """Note a mistake."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(DocumentFault(pointer, code, message))


@dataclass(frozen=True, slots=True)
class Fields:
    """The members of one object; every reader gives None where it noted a mistake."""

    notes: Notes
    pointer: str
    members: dict[str, object]

    def has(self, name: str) -> bool:
        """Tell whether a member was given."""
        return name in self.members

    def fault(self, name: str, code: str, message: str) -> None:
        """Note a mistake of one member."""
        self.notes.add(f"{self.pointer}/{name}" if name else self.pointer, code, message)

    def value(self, name: str) -> object | None:
        """Give a member as it is; it must be there."""
        if name not in self.members:
            self.fault("", "missing", f"needs a member {name}")
            return None
        return self.members[name]

    def text(self, name: str) -> str | None:
        """Read a text of 1 to 200 bytes."""
        given = self.value(name)
        if given is None:
            if name in self.members:
                self.fault(name, "wrong_type", "must be a string")
            return None
        return self._text(name, given)

    def _text(self, place: str, given: object) -> str | None:
        if not isinstance(given, str):
            self.fault(place, "wrong_type", "must be a string")
            return None
        if not given or not is_clean(given):
            self.fault(place, "bad_text", f"must be 1 to {MOST_BYTES} bytes of plain text")
            return None
        return given

    def choice(self, name: str, known: Collection[str]) -> str | None:
        """Read one of some words."""
        given = self.value(name)
        if isinstance(given, str) and given in known:
            return str(given)
        if name in self.members:
            self.fault(name, "not_allowed", f"must be one of {', '.join(sorted(known))}")
        return None

    def whole(self, name: str, low: int, high: int) -> int | None:
        """Read an integer within bounds."""
        given = self.value(name)
        if name not in self.members:
            return None
        if type(given) is not int:
            self.fault(name, "wrong_type", "must be an integer")
        elif low <= given <= high:
            return given
        else:
            self.fault(name, "out_of_range", f"must be {low} to {high}")
        return None

    def day(self, name: str) -> date | None:
        """Read a date such as 2026-11-21."""
        given = self.value(name)
        if isinstance(given, str) and _DATE.fullmatch(given):
            try:
                return date.fromisoformat(given)
            except ValueError:
                pass
        if name in self.members:
            self.fault(name, "bad_date", "must be a date such as 2026-11-21")
        return None

    def listed(
        self, name: str, read: Callable[[str, object], Read | None]
    ) -> tuple[Read, ...] | None:
        """Read a list of 1 to 1,000 items, each with its place as `name/index`."""
        given = self.value(name)
        if name not in self.members:
            return None
        if not isinstance(given, list):
            self.fault(name, "wrong_type", "must be a list")
            return None
        if not 1 <= len(given) <= MOST_LISTED:
            self.fault(name, "too_many", f"must list 1 to {MOST_LISTED} items")
            return None
        read_items = [read(f"{name}/{place}", item) for place, item in enumerate(given)]
        items = tuple(item for item in read_items if item is not None)
        return items if len(items) == len(read_items) else None

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Read a list of texts; each counts once."""
        read = self.listed(name, self._text)
        return None if read is None else tuple(dict.fromkeys(read))

    def choices(self, name: str, known: Collection[str]) -> tuple[str, ...] | None:
        """Read a list of some words."""
        read = self.texts(name)
        if read is None or set(read) <= set(known):
            return read
        self.fault(name, "not_allowed", f"must list some of {', '.join(sorted(known))}")
        return None

    def scalar(self, place: str, given: object) -> Scalar | None:
        """Read a string, a number or true or false."""
        if isinstance(given, bool):
            return given
        if isinstance(given, str):
            return self._text(place, given) if given else given
        number = decimal_of(given)
        if number is None:
            self.fault(place, "wrong_type", "must be a string, a number, true or false")
        elif abs(number) <= LARGEST:
            return number
        else:
            self.fault(place, "out_of_range", f"must lie within {-LARGEST} and {LARGEST}")
        return None

    def scaled(self, place: str, given: object, exponent: int) -> int | None:
        """Read a decimal string (or a whole number) as an integer of 10**-exponent."""
        if type(given) is int and abs(given) <= LARGEST:
            given = str(given)
        if not isinstance(given, str) or not _DECIMAL.fullmatch(given):
            self.fault(place, "bad_decimal", 'must be a decimal string such as "312.40"')
            return None
        scaled = Decimal(given).scaleb(exponent)
        if scaled != scaled.to_integral_value():
            self.fault(place, "wrong_exponent", f"may have at most {exponent} decimals")
        elif abs(scaled) <= LARGEST:
            return int(scaled)
        else:
            self.fault(place, "out_of_range", "is too large to keep exactly")
        return None


def fields_of(notes: Notes, value: object, pointer: str, known: Sequence[str]) -> Fields | None:
    """Read an object that may have these members only."""
    if not isinstance(value, dict):
        notes.add(pointer, "wrong_type", "must be an object")
        return None
    if not set(value) <= set(known):
        notes.add(pointer, "unknown_field", f"may hold only {', '.join(known)}")
        return None
    return Fields(notes, pointer, value)


def is_clean(text: str) -> bool:
    """Tell whether a text is short, holds no NUL and can be written as UTF-8."""
    if len(text) > MOST_BYTES or "\x00" in text:
        return False
    try:
        return len(text.encode()) <= MOST_BYTES
    except UnicodeEncodeError:
        return False


def decimal_of(given: object) -> Decimal | None:
    """Give a JSON number exactly as it was written; None for anything else, infinities too."""
    if isinstance(given, bool):
        return None
    if isinstance(given, int):
        return Decimal(given)
    if isinstance(given, float):
        given = Decimal(repr(given))
    if isinstance(given, Decimal) and given.is_finite():
        return given
    return None
