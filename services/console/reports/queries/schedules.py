"""Schedules: add, list, pause, end, take those that are due."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.console.reports.queries.reports import wish_of
from services.console.reports.schedule import Rhythm, Schedule, Span, Timing

#: Taken at once; more wait for the next look, a second later.
_DUE_AT_ONCE: Final = 20
MOST_SCHEDULES: Final = 100

_COLUMNS: Final = """
schedule_id, audience, language, formats, span, rhythm, on_day, at_hour, made_by, created_at,
    next_at, paused_at
"""
_ADD: Final = f"""
INSERT INTO report_schedules ({_COLUMNS})
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL
WHERE (SELECT count(*) FROM report_schedules) < $12
"""  # noqa: S608 - the columns are ours
_LIST: Final = f"""
SELECT {_COLUMNS} FROM report_schedules ORDER BY schedule_id LIMIT $1
"""  # noqa: S608 - the columns are ours
_ONE: Final = f"""
SELECT {_COLUMNS} FROM report_schedules WHERE schedule_id = $1
"""  # noqa: S608 - the columns are ours
_DUE: Final = f"""
SELECT {_COLUMNS} FROM report_schedules WHERE paused_at IS NULL AND next_at <= $1
ORDER BY next_at, schedule_id LIMIT $2 FOR UPDATE SKIP LOCKED
"""  # noqa: S608 - the columns are ours
_MOVE: Final = "UPDATE report_schedules SET next_at = $2 WHERE schedule_id = $1"
_PAUSE: Final = """
UPDATE report_schedules SET paused_at = $2 WHERE schedule_id = $1 AND paused_at IS NULL
"""
_RESUME: Final = """
UPDATE report_schedules SET paused_at = NULL, next_at = $2
WHERE schedule_id = $1 AND paused_at IS NOT NULL
"""
_END: Final = "DELETE FROM report_schedules WHERE schedule_id = $1"


async def add_schedule(pool: asyncpg.Pool, new: Schedule) -> bool:
    """Keep a schedule; False where there are as many as there may be."""
    wish, timing = new.wish, new.timing
    tag = await pool.execute(
        _ADD,
        new.schedule_id,
        wish.audience.value,
        wish.language.value,
        [each.value for each in wish.formats],
        new.span.value,
        timing.rhythm.value,
        timing.on_day,
        timing.at_hour,
        new.made_by,
        new.created_at,
        new.next_at,
        MOST_SCHEDULES,
    )
    return bool(tag.endswith(" 1"))


async def list_schedules(pool: asyncpg.Pool) -> list[Schedule]:
    """List the schedules, the oldest first."""
    return [_schedule(row) for row in await pool.fetch(_LIST, MOST_SCHEDULES)]


async def find_schedule(pool: asyncpg.Pool, schedule_id: UUID) -> Schedule | None:
    """Give one schedule; None where it has been ended."""
    row = await pool.fetchrow(_ONE, schedule_id)
    return None if row is None else _schedule(row)


async def due_schedules(connection: Any, now: datetime) -> list[Schedule]:
    """Take the schedules that are due and that no other worker has taken."""
    return [_schedule(row) for row in await connection.fetch(_DUE, now, _DUE_AT_ONCE)]


async def move_schedule(connection: Any, schedule_id: UUID, next_at: datetime) -> None:
    """Note when a schedule is due next."""
    await connection.execute(_MOVE, schedule_id, next_at)


async def pause_schedule(pool: asyncpg.Pool, schedule_id: UUID, at: datetime) -> None:
    """Make nothing of a schedule until it is resumed."""
    await pool.execute(_PAUSE, schedule_id, at)


async def resume_schedule(pool: asyncpg.Pool, schedule_id: UUID, next_at: datetime) -> None:
    """Go on with a schedule; what was missed is not made up for."""
    await pool.execute(_RESUME, schedule_id, next_at)


async def end_schedule(pool: asyncpg.Pool, schedule_id: UUID) -> None:
    """Forget a schedule; the reports it made stay."""
    await pool.execute(_END, schedule_id)


def _schedule(row: Any) -> Schedule:
    return Schedule(
        schedule_id=row["schedule_id"],
        wish=wish_of(row),
        span=Span(row["span"]),
        timing=Timing(Rhythm(row["rhythm"]), row["on_day"], row["at_hour"]),
        made_by=row["made_by"],
        created_at=row["created_at"],
        next_at=row["next_at"],
        paused_at=row["paused_at"],
    )
