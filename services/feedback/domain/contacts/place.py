"""Where a page ends: by instant, then kind, then id, so that what comes later moves nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_CURSOR: Final = re.compile(
    r"(-?[0-9]{1,18})\.([a-z_]{1,20})\.([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One entry's place; `id` is a uuid or 16 bytes, in hexadecimal digits."""

    at: datetime
    kind: str
    id: str

    @property
    def uuid(self) -> UUID:
        """Read the id as a uuid."""
        return UUID(self.id)


def cursor_of(place: Place) -> str:
    """Write a place as an opaque text: microseconds since 1970, kind, id."""
    return f"{(place.at - _EPOCH) // _MICROSECOND}.{place.kind}.{place.id}"


def place_in(cursor: str) -> Place | None:
    """Read a place; None for a text that `cursor_of` never wrote."""
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        return None
    try:
        return Place(_EPOCH + int(found[1]) * _MICROSECOND, found[2], found[3])
    except OverflowError:
        return None
