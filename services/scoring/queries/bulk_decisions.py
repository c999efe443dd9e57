"""Store decisions by the ten thousand: COPY into a staging table, then one compare-and-set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg

from services.scoring.domain.decision import Decision
from services.scoring.queries.decisions import (
    COLUMNS,
    STORE,
    Frame,
    add_history,
    decision_row,
    replace_timelines,
    timeline_rows,
)

_STAGE: Final = (
    "CREATE TEMPORARY TABLE decided ("
    + ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
    + ") ON COMMIT DROP"
)
_STORE_ALL: Final = STORE.format(source="decided")
_STORE_NAMED: Final = _STORE_ALL + " RETURNING t.profile_id"
_TIMELINE: Final = ("profile_id", "at", "rank", "tier_key", "reason", "programme_key", "release_id")


async def store_new_release(
    pool: asyncpg.Pool, decisions: Sequence[Decision], frame: Frame
) -> None:
    """Store decisions of a release that nobody reads yet, with their timelines."""
    async with pool.acquire() as connection, connection.transaction():
        # The flip that makes the release live commits durably, and with it all that went before.
        await connection.execute("SET LOCAL synchronous_commit = off")
        await _stage(connection, decisions)
        await connection.execute(_STORE_ALL, *_shared(frame))
        rows = timeline_rows(decisions, frame.tier_keys)
        named = [(*row, frame.programme, frame.release_id) for row in rows]
        await connection.copy_records_to_table("tier_timeline", records=named, columns=_TIMELINE)


async def store_swept(
    pool: asyncpg.Pool,
    decisions: Sequence[Decision],
    frame: Frame,
    known_sums: Sequence[int | None],
) -> None:
    """Store decisions of the live release, and what changed of timelines and history."""
    async with pool.acquire() as connection, connection.transaction():
        await _stage(connection, decisions)
        rows = await connection.fetch(_STORE_NAMED, *_shared(frame))
        stored = {row["profile_id"] for row in rows}
        moved = [
            decision
            for decision, known in zip(decisions, known_sums, strict=True)
            if decision.changes_sum != known and decision.profile_id in stored
        ]
        told = [d for d in decisions if d.because is not None and d.profile_id in stored]
        await replace_timelines(connection, moved, frame)
        await add_history(connection, told, frame)


async def _stage(connection: asyncpg.Connection, decisions: Sequence[Decision]) -> None:
    await connection.execute(_STAGE)
    await connection.copy_records_to_table("decided", records=map(decision_row, decisions))


def _shared(frame: Frame) -> tuple[object, ...]:
    return (frame.programme, frame.release_id, frame.decided_at, frame.next_change_at)
