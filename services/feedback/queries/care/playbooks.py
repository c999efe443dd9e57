"""Statements over `playbooks` and `playbook_runs`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from services.feedback.domain.care.playbook import Playbook, PlaybookState

#: One worker at a time makes tasks: caps are counted over all playbooks.
_ONE_AT_A_TIME: Final = "SELECT pg_try_advisory_xact_lock(7351016)"
_COLUMNS: Final = "playbook_key, state, version, document, live_since, created_at, updated_at"
_ONE: Final = f"SELECT {_COLUMNS} FROM playbooks WHERE playbook_key = $1"  # noqa: S608 - ours
_HOLD: Final = f"{_ONE} FOR UPDATE"
_PAGE: Final = f"""
SELECT {_COLUMNS} FROM playbooks
WHERE playbook_key > $1 AND ($2::text IS NULL OR state = $2) ORDER BY playbook_key LIMIT $3
"""  # noqa: S608 - ours
# In an order of its own each time: one that cannot be worked never keeps the same others waiting.
_LIVE: Final = "SELECT playbook_key FROM playbooks WHERE state = 'live' ORDER BY random()"
_COUNT_LIVE: Final = "SELECT count(*) FROM playbooks WHERE state = 'live'"
_ADD: Final = f"""
INSERT INTO playbooks (playbook_key, state, version, document, live_since, created_at, updated_at)
VALUES ($1, $2, 1, $3, $4, $5, $5) ON CONFLICT (playbook_key) DO NOTHING RETURNING {_COLUMNS}
"""  # noqa: S608 - ours
_CHANGE: Final = f"""
UPDATE playbooks SET state = $2, document = $3, live_since = $4, version = version + 1,
    updated_at = $5
WHERE playbook_key = $1 RETURNING {_COLUMNS}
"""  # noqa: S608 - ours
_RUN: Final = """
SELECT playbook_key, occasion, cursor, counts, note, started_at, looked_at, finished_at
FROM playbook_runs
"""
_FIND_RUN: Final = f"{_RUN} WHERE playbook_key = $1 AND occasion = $2"
_ASKED_RUNS: Final = f"""
{_RUN} WHERE playbook_key = $1 AND finished_at IS NULL AND occasion LIKE 'manual:%'
ORDER BY started_at LIMIT 1
"""
_LATEST_RUN: Final = f"""
{_RUN} WHERE playbook_key = $1 ORDER BY looked_at DESC, occasion DESC LIMIT 1
"""
_SAVE_RUN: Final = """
INSERT INTO playbook_runs (playbook_key, occasion, cursor, counts, note, started_at, looked_at,
    finished_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (playbook_key, occasion) DO UPDATE SET cursor = excluded.cursor,
    counts = excluded.counts, note = excluded.note, looked_at = excluded.looked_at,
    finished_at = excluded.finished_at
"""
_HELD: Final = """
SELECT held.key AS reason, sum(held.value::bigint)::bigint AS people
FROM playbook_runs r CROSS JOIN LATERAL jsonb_each_text(r.counts) AS held
WHERE r.playbook_key = $1 AND held.key <> 'made' GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Run:
    """How far a pass over the people of one occasion has come."""

    playbook_key: str
    occasion: str
    cursor: str | None
    counts: Mapping[str, int]
    note: Mapping[str, str] | None
    started_at: datetime
    looked_at: datetime
    finished_at: datetime | None


async def is_alone(connection: asyncpg.Connection) -> bool:
    """Claim the making of tasks until the transaction ends; False while another worker has it."""
    return bool(await connection.fetchval(_ONE_AT_A_TIME))


async def find_playbook(connection: asyncpg.Pool | asyncpg.Connection, key: str) -> Playbook | None:
    """Read one playbook."""
    return _playbook(await connection.fetchrow(_ONE, key))


async def hold_playbook(connection: asyncpg.Connection, key: str) -> Playbook | None:
    """Read one playbook; nobody else changes it until the transaction ends."""
    return _playbook(await connection.fetchrow(_HOLD, key))


async def page_of_playbooks(
    pool: asyncpg.Pool, after: str, state: str | None, limit: int
) -> list[Playbook]:
    """List playbooks in the order of their keys, after one."""
    rows = await pool.fetch(_PAGE, after, state, limit)
    return [found for row in rows if (found := _playbook(row))]


async def live_playbooks(pool: asyncpg.Pool) -> list[str]:
    """Name the playbooks that make tasks."""
    return [row["playbook_key"] for row in await pool.fetch(_LIVE)]


async def count_live(connection: asyncpg.Connection) -> int:
    """Count the playbooks that make tasks."""
    found: int = await connection.fetchval(_COUNT_LIVE)
    return found


async def add_playbook(
    connection: asyncpg.Connection, key: str, state: str, document: Mapping[str, Any], now: datetime
) -> Playbook | None:
    """Store a new playbook; None when there is one of that key."""
    live_since = now if state == PlaybookState.LIVE else None
    return _playbook(await connection.fetchrow(_ADD, key, state, dict(document), live_since, now))


async def change_playbook(
    connection: asyncpg.Connection, changed: Playbook, now: datetime
) -> Playbook | None:
    """Store the next version of a playbook that the caller holds."""
    document = dict(changed.document)
    values = (changed.playbook_key, changed.state, document, changed.live_since, now)
    return _playbook(await connection.fetchrow(_CHANGE, *values))


async def find_run(connection: asyncpg.Connection, key: str, occasion: str) -> Run | None:
    """Read how far the pass of an occasion is."""
    return _run(await connection.fetchrow(_FIND_RUN, key, occasion))


async def asked_run(connection: asyncpg.Connection, key: str) -> Run | None:
    """Read the oldest pass that somebody asked for and that is not done."""
    return _run(await connection.fetchrow(_ASKED_RUNS, key))


async def latest_run(connection: asyncpg.Pool | asyncpg.Connection, key: str) -> Run | None:
    """Read the pass that was looked at last."""
    return _run(await connection.fetchrow(_LATEST_RUN, key))


async def save_run(connection: asyncpg.Connection, run: Run) -> None:
    """Store how far a pass is."""
    note = None if run.note is None else dict(run.note)
    await connection.execute(
        _SAVE_RUN,
        run.playbook_key,
        run.occasion,
        run.cursor,
        dict(run.counts),
        note,
        run.started_at,
        run.looked_at,
        run.finished_at,
    )


async def held_back(pool: asyncpg.Pool, key: str) -> dict[str, int]:
    """Count who was held back over all passes, by reason."""
    return {row["reason"]: row["people"] for row in await pool.fetch(_HELD, key)}


def _playbook(row: asyncpg.Record | None) -> Playbook | None:
    if row is None:
        return None
    values = dict(row)
    return Playbook(**{**values, "state": PlaybookState(values["state"])})


def _run(row: asyncpg.Record | None) -> Run | None:
    return None if row is None else Run(**dict(row))
