"""What every finder is asked and answers: whom an occasion concerns, page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.care.playbook import Candidate, Playbook


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked for: the playbook, its occasion, the business instant, and from where on."""

    playbook: Playbook
    occasion: str
    now: datetime
    zone: ZoneInfo
    cursor: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class Found:
    """Some candidates, where to go on, and whether there is more to be looked at at once."""

    candidates: Sequence[Candidate]
    cursor: str | None
    has_more: bool


Finder = Callable[[asyncpg.Connection, Look], Awaitable[Found]]
