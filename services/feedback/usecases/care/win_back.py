"""List whom to win back first, with what they are worth and how likely they can be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.care.playbook import Candidate
from services.feedback.domain.care.win_back import Chance, chance_of, reasons_of
from services.feedback.queries.care.win_back import (
    Listed,
    Ranking,
    default_programme,
    is_programme,
    page_to_win_back,
)
from services.feedback.queries.people import base_currency
from services.feedback.usecases.care.looking import Found, Look
from services.feedback.usecases.care.places import (
    NO_CURRENCY,
    TOP,
    cursor_at,
    dated_cursor,
    dated_place,
    place_of,
    writing,
)
from services.feedback.usecases.care.segment import require_segment
from shared.clock import business_date, first_instant_of
from shared.problem import DomainError

#: What somebody took longer ago says little of what they would take now.
ANSWERS_COUNT_FOR: Final = timedelta(days=730)
#: Every page ranks all who are lost anew: twenty pages of five hundred a day are enough.
MOST_A_PASS: Final = 10_000


class NoSuchProgramme(DomainError):
    """There is no programme of this name."""


@dataclass(frozen=True, slots=True)
class Recoverable:
    """Somebody to win back, and what they are ranked by."""

    listed: Listed
    chance: Chance


@dataclass(frozen=True, slots=True)
class WinBackList:
    """A page, the programme whose tiers it shows, and where the next one begins."""

    programme: str | None
    currency: str
    items: list[Recoverable]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page: as of a business date, so many, with tiers of a programme, of a segment."""

    now: datetime
    zone: ZoneInfo
    limit: int
    cursor: str | None = None
    programme: str | None = None
    segment: str | None = None


async def list_to_win_back(pool: asyncpg.Pool, asked: Asked) -> WinBackList:
    """Give a page of whom to win back; raises NoSuchProgramme, NoSuchSegment."""
    programme = asked.programme
    if programme is None:
        programme = await default_programme(pool)
    elif not await is_programme(pool, programme):
        raise NoSuchProgramme
    await require_segment(pool, asked.segment)
    below, day = dated_place(asked.cursor, business_date(asked.now, asked.zone))
    since = first_instant_of(day, asked.zone) - ANSWERS_COUNT_FOR
    ranking = Ranking(day, since, below, asked.limit + 1, programme, segment=asked.segment)
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        rows = await page_to_win_back(connection, ranking)
    page = rows[: asked.limit]
    last = page[-1] if len(rows) > asked.limit else None
    more = None if last is None else dated_cursor(last.gain, last.profile_id, day)
    found = [Recoverable(row, chance_of(row.lost)) for row in page if row.counts]
    return WinBackList(programme, await base_currency(pool) or NO_CURRENCY, found, more)


async def who_may_come_back(connection: asyncpg.Connection, look: Look) -> Found:
    """List whom to win back, the largest gain first: one occasion a silence.

    Each pass goes as deep as MOST_A_PASS; who has a task of the playbook since their last order
    is left out, so that every day goes deeper. The cursor counts how far this pass has come.
    """
    seen, place = _read(look.cursor)
    limit = min(look.limit, MOST_A_PASS - seen)
    if limit <= 0:
        return Found([], look.cursor, has_more=False)
    today, since = business_date(look.now, look.zone), look.now - ANSWERS_COUNT_FOR
    asked = Ranking(today, since, place, limit, without=look.playbook.playbook_key)
    rows = await page_to_win_back(connection, asked)
    if not rows:
        return Found([], look.cursor, has_more=False)
    cursor = f"{seen + len(rows)}/{cursor_at(rows[-1].gain, rows[-1].profile_id)}"
    currency = await base_currency(connection) or NO_CURRENCY
    found = [_candidate(row, currency) for row in rows if row.counts]
    return Found(found, cursor, len(rows) == limit)


def _read(cursor: str | None) -> tuple[int, tuple[float, UUID]]:
    if cursor is None:
        return 0, TOP
    seen, _, place = cursor.partition("/")
    return int(seen), place_of(place)


def _candidate(row: Listed, currency: str) -> Candidate:
    chance = chance_of(row.lost)
    details = {
        "trigger": "win_back",
        "lifecycle": row.lifecycle,
        "value_minor": round(chance.value),
        "recoverability": round(chance.recoverability, 4),
        "why": [reason.words for reason in reasons_of(row.lost, writing(currency))],
    }
    # an order ends the silence: the next one is another occasion
    return Candidate(row.profile_id, f"win_back/{row.last_order.isoformat()}", details, {})
