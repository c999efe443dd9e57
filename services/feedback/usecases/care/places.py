"""Where a ranked page ended: a number and a profile, written so that nothing is rounded."""

from __future__ import annotations

import math
import re
from typing import Final
from uuid import UUID

from shared.fields import fault

_PLACE: Final = re.compile(r"([0-9.e+-]{1,32})~([0-9a-f-]{36})", re.ASCII)
_LAST: Final = UUID(int=2**128 - 1)
#: ISO 4217 for no currency: the shop has none before its first receipt.
NO_CURRENCY: Final = "XXX"
#: Above all: where the first page begins.
TOP: Final = (math.inf, _LAST)


def cursor_at(number: float, profile_id: UUID) -> str:
    """Write a place as a cursor."""
    return f"{number!r}~{profile_id}"


def place_of(cursor: str | None) -> tuple[float, UUID]:
    """Read a cursor; the top without one. Raises the fault `bad_cursor`."""
    if cursor is None:
        return TOP
    found = _PLACE.fullmatch(cursor)
    try:
        number, profile_id = (float(found[1]), UUID(found[2])) if found else (math.nan, _LAST)
    except ValueError:
        number, profile_id = math.nan, _LAST
    if not math.isfinite(number):
        raise fault("bad_cursor", "must be the next_cursor of a page")
    return number, profile_id
