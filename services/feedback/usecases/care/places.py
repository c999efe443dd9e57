"""Where a ranked page ended: a number and a profile, written so that nothing is rounded."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from shared.fields import fault
from shared.money import format_minor

_PLACE: Final = re.compile(r"([0-9.e+-]{1,32})~([0-9a-f-]{36})", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
#: A ranking is gone on with for so long; after that the page is one of a newer ranking.
MOST_DAYS_OLD: Final = timedelta(days=7)
_LAST: Final = UUID(int=2**128 - 1)
#: ISO 4217 for no currency: the shop has none before its first receipt.
NO_CURRENCY: Final = "XXX"
#: Above all: where the first page begins.
TOP: Final = (math.inf, _LAST)


def cursor_at(number: float, profile_id: UUID) -> str:
    """Write a place as a cursor."""
    return f"{number!r}~{profile_id}"


def dated_cursor(number: float, profile_id: UUID, day: date) -> str:
    """Write a place in the ranking of a day as a cursor."""
    return f"{cursor_at(number, profile_id)}~{day.isoformat()}"


def dated_place(cursor: str | None, today: date) -> tuple[tuple[float, UUID], date]:
    """Read a place, and the day whose ranking it is in; today's without one.

    Ranks move from day to day: a page that is asked for after midnight goes on in the ranking of
    the page before. Raises the fault `bad_cursor`.
    """
    place, _, written = (cursor or "").rpartition("~")
    if not _DAY.fullmatch(written):
        return place_of(cursor), today
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise fault("bad_cursor", "must be the next_cursor of a page") from None
    return place_of(place), max(min(day, today), today - MOST_DAYS_OLD)


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


def writing(currency: str) -> Callable[[int], str]:
    """Return what writes minor units of a currency: 3600.00 CNY."""
    return lambda minor: f"{format_minor(minor, currency)} {currency}"
