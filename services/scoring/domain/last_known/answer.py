"""What is told from the file: a tier answer that says it may be old, and how old."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.scoring.domain.last_known.layout import Held, KnownProgramme

REASON: Final = "db_unavailable"
_WORDS: Final = {
    "en": "The last tier known: the database cannot be reached just now",
    "zh": "数据库暂时无法访问，这是最近一次已知的等级",
}
_UNKNOWN_WORDS: Final = {
    "en": "No customer of this name was known when the database was last reached",
    "zh": "数据库最近一次可访问时，没有这位顾客的记录",
}


@dataclass(frozen=True, slots=True)
class Age:
    """How old the file is: the shop's instant it tells of, and whether that is too long ago."""

    as_of: datetime
    is_expired: bool


def stale_answer(
    customer_id: str | None,
    programme: KnownProgramme,
    found: Sequence[Held | None] | None,
    age: Age,
) -> dict[str, Any]:
    """Tell the last tier known in a programme; `found` holds this programme's slot only, if any.

    An unknown customer, and one not decided on yet, has the entry tier.
    """
    held = found[0] if found else None
    if held is not None and held.rank >= len(programme.tiers):
        held = None
    tier = programme.tiers[held.rank if held else 0]
    words = _UNKNOWN_WORDS if found is None else _WORDS
    until = held.until if held else None
    return {
        "customer_id": customer_id,
        "known": found is not None,
        "programme": programme.key,
        "programme_version": programme.version,
        "tier": tier,
        "since": None,
        "valid_until": _text(until),
        "status": held.status if held else "held",
        "lifecycle": None,
        "progress": {"next": None, "keep": None},
        "reasons": [{"code": REASON, "text": words}],
        "model_version": programme.model_version,
        "release": None if programme.release_id is None else f"r-{programme.release_id}",
        "as_of": _text(age.as_of),
        "stale": True,
        "reason": REASON,
        "expired": age.is_expired,
    }


def encoded(answer: dict[str, Any]) -> bytes:
    """Write an answer as the other answers are written."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
