"""Store decisions by the ten thousand: COPY into a staging table, then one compare-and-set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.tiers.decision import Decision
from services.scoring.domain.tiers.first_decisions import FirstDecision
from services.scoring.domain.tiers.standing import Move
from services.scoring.queries.tiers.decisions import (
    COLUMNS,
    STORE,
    Frame,
    add_history,
    by_next_change,
    decision_row,
    replace_timelines,
)

_STAGE: Final = (
    "CREATE TEMPORARY TABLE decided ("
    + ", ".join(f"{name} {kind}" for name, kind in COLUMNS)
    + ") ON COMMIT DROP"
)
_STORE_NAMED: Final = STORE.format(source="decided") + " RETURNING t.profile_id"
_FIRST: Final = (
    *FirstDecision._fields,
    "programme_key",
    "release_id",
    "decided_at",
    "next_change_at",
)
_TIMELINE: Final = ("profile_id", "at", "rank", "tier_key", "reason", "programme_key", "release_id")


async def store_new_release(
    pool: asyncpg.Pool, decisions: Sequence[FirstDecision], frame: Frame
) -> None:
    """Store decisions of a release that nobody reads yet, with their timelines.

    Nobody else writes rows of such a release: they go straight in, without a compare.
    """
    async with pool.acquire() as connection, connection.transaction():
        # The flip that makes the release live commits durably, and with it all that went before.
        await connection.execute("SET LOCAL synchronous_commit = off")
        shared = _shared(frame)
        await connection.copy_records_to_table(
            "tier_current", records=(each + shared for each in decisions), columns=_FIRST
        )
        entered = ((*_entered(d), *shared[:2]) for d in decisions if d.score is not None)
        await connection.copy_records_to_table("tier_timeline", records=entered, columns=_TIMELINE)


def _entered(decision: FirstDecision) -> tuple[object, ...]:
    return (decision.profile_id, decision.since, decision.rank, decision.tier_key, Move.ENTERED)


async def store_swept(
    pool: asyncpg.Pool,
    decisions: Sequence[Decision],
    frame: Frame,
    known_sums: Sequence[int | None],
) -> None:
    """Store decisions of the live release, and what changed of timelines and history."""
    async with pool.acquire() as connection, connection.transaction():
        stored = await _store(connection, decisions, frame)
        moved = [
            decision
            for decision, known in zip(decisions, known_sums, strict=True)
            if decision.changes_sum != known and decision.profile_id in stored
        ]
        told = [d for d in decisions if d.because is not None and d.profile_id in stored]
        await replace_timelines(connection, moved, frame)
        await add_history(connection, told, frame)


async def store_unread(pool: asyncpg.Pool, decisions: Sequence[Decision], frame: Frame) -> None:
    """Store decisions of a release that nobody reads yet, made one by one, with their timelines.

    Nothing is told before the release is live.
    """
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL synchronous_commit = off")
        await _store(connection, decisions, frame)
        await replace_timelines(connection, decisions, frame)


async def _store(
    connection: asyncpg.Connection, decisions: Sequence[Decision], frame: Frame
) -> set[UUID]:
    stored: set[UUID] = set()
    for changes_at, some in by_next_change(decisions, frame):
        await _stage(connection, some)
        rows = await connection.fetch(_STORE_NAMED, *_shared(frame)[:3], changes_at)
        stored.update(row["profile_id"] for row in rows)
        await connection.execute("DROP TABLE decided")
    return stored


async def _stage(connection: asyncpg.Connection, decisions: Sequence[Decision]) -> None:
    await connection.execute(_STAGE)
    await connection.copy_records_to_table("decided", records=map(decision_row, decisions))


def _shared(frame: Frame) -> tuple[object, ...]:
    return (frame.programme, frame.release_id, frame.decided_at, frame.next_change_at)
