"""Whom an occasion concerns: one finder for each kind of trigger, page by page."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.playbook import Candidate
from services.feedback.queries.care.audience import audience_page
from services.feedback.queries.care.happenings import (
    entries_after,
    latest_feedback,
    latest_number,
)
from services.feedback.usecases.care.greetings import festival_people, who_has_a_birthday
from services.feedback.usecases.care.looking import Finder, Found, Look
from services.feedback.usecases.care.remarks import who_said
from services.feedback.usecases.care.rhythm import who_comes_less
from services.feedback.usecases.care.win_back import who_may_come_back

_NONE: Final = UUID(int=0)


async def whole_audience(connection: asyncpg.Connection, look: Look) -> Found:
    """List the audience in the order of profile ids."""
    after = None if look.cursor is None else UUID(look.cursor)
    page = await audience_page(connection, look.playbook.audience, after, look.limit)
    details = {"trigger": look.playbook.trigger["kind"], "occasion": look.occasion}
    candidates = [Candidate(who, look.occasion, details, {}) for who in page.profile_ids]
    cursor = str(page.profile_ids[-1]) if page.profile_ids else look.cursor
    return Found(candidates, cursor, page.has_more)


async def who_entered(connection: asyncpg.Connection, look: Look) -> Found:
    """Read on in what scoring told."""
    trigger = look.playbook.trigger
    first, last = int(look.cursor or 0), await latest_number(connection)
    entries = await entries_after(
        connection,
        (first, last),
        segment=trigger.get("segment"),
        tiers=(trigger.get("programme"), trigger.get("tiers") or ()),
        limit=look.limit,
    )
    has_more = len(entries) == look.limit
    cursor = entries[-1].number if has_more else max(first, last)
    candidates = [
        Candidate(
            each.profile_id,
            f"announcement:{each.announcement_id.hex}",
            {"trigger": "entered", **_told(each.kind, each.body)},
            {},
        )
        for each in entries
    ]
    return Found(candidates, str(cursor), has_more)


def _told(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    if kind == "segment.entered":
        return {"segment": body.get("segment"), "at": body.get("entered_at")}
    came_from = body.get("from") or {}
    return {
        "programme": body.get("programme"),
        "from": came_from.get("key"),
        "to": (body.get("to") or {}).get("key"),
        "at": body.get("as_of"),
    }


#: Kinds whose trigger is not here cannot go live.
FINDERS: Final[dict[str, Finder]] = {
    "schedule": whole_audience,
    "manual": whole_audience,
    "entered": who_entered,
    "feedback": who_said,
    "birthday": who_has_a_birthday,
    "festival": festival_people,
    "frequency_drop": who_comes_less,
    "win_back": who_may_come_back,
}


async def start_of(connection: asyncpg.Connection, kind: str) -> str | None:
    """Give the cursor of a stream that begins now; None for what is no stream."""
    if kind == "entered":
        return str(await latest_number(connection))
    if kind == "feedback":
        return str(await latest_feedback(connection) or _NONE)
    return None
