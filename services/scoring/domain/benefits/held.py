"""What a tier answer says that benefits depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Held:
    """The tier held in a programme's version, and the span in which it is held."""

    programme: str
    version: int
    tier_key: str
    since: datetime | None = None
    until: datetime | None = None


def held_of(answer: Mapping[str, Any]) -> Held:
    """Read a decoded tier answer."""
    return Held(
        programme=answer["programme"],
        version=answer["programme_version"],
        tier_key=answer["tier"]["key"],
        since=_instant(answer.get("since")),
        until=_instant(answer.get("valid_until")),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
