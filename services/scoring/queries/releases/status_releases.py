"""Write releases of status programmes: the schedule, the decisions of a whole base, who is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.status.decision import StatusDecision, state_of
from services.scoring.domain.status.release import StatusRelease
from services.scoring.queries.releases.release_writes import NUMBERING
from services.scoring.queries.tiers.status_decisions import COLUMNS, decided_row, timeline_rows

_SCHEDULE: Final = """
SELECT r.release_id, r.schedule FROM live_releases l JOIN releases r ON r.release_id = l.release_id
WHERE l.programme_key = $1
"""
_ADD: Final = """
INSERT INTO releases (release_id, programme_key, programme_version, reference_date, status,
    snapshot_sequence, schedule, created_at)
SELECT coalesce(max(release_id), 0) + 1, $1, $2, $3, 'computing',
    (SELECT last_value FROM event_sequence), $4, clock_timestamp() FROM releases
RETURNING release_id
"""
_CURRENT: Final = (
    *(name for name, _ in COLUMNS),
    "programme_key",
    "release_id",
    "decided_at",
    "business_date",
)
_TIMELINE: Final = (
    "profile_id",
    "at",
    "rank",
    "tier_key",
    "reason",
    "valid_until",
    "programme_key",
    "release_id",
)
_AT_ONCE: Final = 500
_LEFT: Final = """
SELECT c.profile_id FROM customers c
LEFT JOIN customer_controls k ON k.profile_id = c.profile_id
LEFT JOIN tier_current t ON t.profile_id = c.profile_id AND t.programme_key = $1
    AND t.release_id = $2
WHERE c.merged_into IS NULL AND c.profile_id > $3 AND (t.profile_id IS NULL
    OR t.decided_version <> c.version
    OR t.decided_control_version <> coalesce(k.control_version, 0)
    OR (t.state ->> 'due')::timestamptz <= $5)
ORDER BY c.profile_id LIMIT $4
"""


async def live_schedule(
    pool: asyncpg.Pool, programme: str
) -> tuple[int | None, list[dict[str, Any]]]:
    """Give the live release and the versions that took effect up to it; none before the first."""
    row = await pool.fetchrow(_SCHEDULE, programme)
    return (None, []) if row is None else (row["release_id"], row["schedule"] or [])


async def add_status_release(
    pool: asyncpg.Pool,
    programme: str,
    version: int,
    reference_date: date,
    schedule: Sequence[dict[str, Any]],
) -> int:
    """Write a release that is being computed; give its id."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(NUMBERING)
        release_id: int = await connection.fetchval(
            _ADD, programme, version, reference_date, list(schedule)
        )
    return release_id


async def store_base(
    pool: asyncpg.Pool,
    decisions: Sequence[StatusDecision],
    warned: Sequence[datetime | None],
    release: StatusRelease,
    now: datetime,
) -> None:
    """Store decisions of a release that nobody reads yet, with their timelines.

    `warned` is the fall each customer was told of before: what differs is announced by a review.
    """
    shared = (release.programme.key, release.release_id)
    rows = (
        (
            *decided_row(decision, state_of(decision, _still(decision, told), now)),
            *shared,
            now,
            date.max,
        )
        for decision, told in zip(decisions, warned, strict=True)
    )
    steps = ((*row, *shared) for decision in decisions for row in timeline_rows(decision, release))
    async with pool.acquire() as connection, connection.transaction():
        # The flip that makes the release live commits durably, and with it all that went before.
        await connection.execute("SET LOCAL synchronous_commit = off")
        await connection.copy_records_to_table("tier_current", records=rows, columns=_CURRENT)
        await connection.copy_records_to_table("tier_timeline", records=steps, columns=_TIMELINE)


def _still(decision: StatusDecision, told: datetime | None) -> datetime | None:
    fall = decision.fall
    return told if fall is not None and fall.at == told else None


async def left_behind(
    pool: asyncpg.Pool, programme: str, release_id: int, *, after: UUID, now: datetime
) -> list[UUID]:
    """Name some customers whose tier a release has not decided for now, by rising id."""
    rows = await pool.fetch(_LEFT, programme, release_id, after, _AT_ONCE, now)
    return [row["profile_id"] for row in rows]
