"""Find who comes less often than they used to, by their own rhythm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.playbook import Candidate
from services.feedback.domain.care.rhythm import (
    Drop,
    drop_of,
    season_share,
    slow_limits,
    words_of,
)
from services.feedback.queries.care.lately import count_drops
from services.feedback.queries.care.rhythm import (
    Paced,
    SpendPage,
    drops_by_profile,
    drops_by_spend,
    season_of,
)
from services.feedback.queries.people import base_currency
from services.feedback.usecases.care.looking import Found, Look
from services.feedback.usecases.care.places import NO_CURRENCY, cursor_at, place_of
from services.feedback.usecases.care.segment import require_segment
from shared.clock import business_date

_NOBODY: Final = UUID(int=0)
_MOST_SPENT: Final = 2**63 - 1
_limits = lru_cache(maxsize=4)(slow_limits)


@dataclass(frozen=True, slots=True)
class Dropped:
    """Somebody and their drop."""

    paced: Paced
    drop: Drop


@dataclass(frozen=True, slots=True)
class DropList:
    """A page, and where the next one begins."""

    currency: str
    items: list[Dropped]
    cursor: str | None


async def list_drops(
    pool: asyncpg.Pool, today: date, cursor: str | None, limit: int, *, segment: str | None = None
) -> DropList:
    """Give a page of whose frequency dropped, those who spent most in a year first.

    Raises NoSuchSegment.
    """
    await require_segment(pool, segment)
    limits = _limits(await share_now(pool))
    spent, profile_id = place_of(cursor)
    asked = SpendPage((int(min(spent, _MOST_SPENT)), profile_id), limit + 1, segment)
    rows = await drops_by_spend(pool, limits, today, asked)
    page = rows[:limit]
    more = cursor_at(float(page[-1].spend), page[-1].profile_id) if len(rows) > limit else None
    found = _dropped([row for row in page if row.counts], today, limits)
    return DropList(await base_currency(pool) or NO_CURRENCY, found, more)


async def who_comes_less(connection: asyncpg.Connection, look: Look) -> Found:
    """List whose frequency dropped in the order of profiles; an occasion a calendar quarter.

    The cursor keeps the season of the first page: summing everybody again would cost each page
    as much as the first.
    """
    today = business_date(look.now, look.zone)
    share, after = _read(look.cursor) or (await share_now(connection), _NOBODY)
    limits = _limits(share)
    rows = await drops_by_profile(connection, limits, today, after, look.limit)
    found = [_candidate(each, today) for each in _dropped(rows, today, limits)]
    cursor = f"{share!r}~{rows[-1].profile_id}" if rows else look.cursor
    return Found(found, cursor, len(rows) == look.limit)


async def count_less(connection: asyncpg.Connection, today: date) -> int:
    """Count whose frequency is down now, in any audience."""
    return await count_drops(connection, _limits(await share_now(connection)), today)


async def share_now(connection: asyncpg.Pool | asyncpg.Connection) -> float:
    """Give the share of a year's order days that the last 90 hold in the shop's season."""
    # rounded, so that one table of limits serves every small change of the season
    return round(season_share(*await season_of(connection)), 3)


def quarter_of(day: date) -> str:
    """Name the calendar quarter of a date: 2026Q4."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def _read(cursor: str | None) -> tuple[float, UUID] | None:
    return place_of(cursor) if cursor else None


def _dropped(rows: Sequence[Paced], today: date, limits: tuple[int, ...]) -> list[Dropped]:
    judged = ((row, drop_of(row.pace, today, limits)) for row in rows)
    return [Dropped(row, drop) for row, drop in judged if drop is not None]


def _candidate(each: Dropped, today: date) -> Candidate:
    drop = each.drop
    details = {
        "trigger": "frequency_drop",
        "signs": [sign.value for sign in drop.signs],
        "quiet_days": drop.quiet_days,
        "usual_gap_days": None if drop.rhythm_days is None else round(drop.rhythm_days, 1),
        "order_days_90": drop.order_days_90,
        "expected_90": round(drop.expected_90, 1),
        "why": words_of(drop),
    }
    occasion = f"frequency_drop/{quarter_of(today)}"
    return Candidate(each.paced.profile_id, occasion, details, {})
