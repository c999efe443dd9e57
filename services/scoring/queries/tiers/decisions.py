"""Store a few decisions by compare-and-set: newer facts win, the loser's answer still stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from services.scoring.domain.tiers.decision import Decision
from services.scoring.queries.telling.tier_news import telling

COLUMNS: Final = (
    ("profile_id", "uuid"),
    ("decided_version", "bigint"),
    ("decided_control_version", "bigint"),
    ("business_date", "date"),
    ("level_date", "date"),
    ("rank", "smallint"),
    ("tier_key", "text"),
    ("since", "timestamptz"),
    ("lifecycle", "text"),
    ("score", "float8"),
    ("state", "text"),
    ("inputs_hash", "bytea"),
    ("answer", "bytea"),
    # of those alone whom a pin or a grant shows in another tier
    ("status", "text"),
    ("valid_until", "timestamptz"),
)
NAMES: Final = ", ".join(name for name, _ in COLUMNS)
# COPY and arrays carry documents as text
_VALUES: Final = NAMES.replace("state", "state::jsonb")
_ARRAYS: Final = ", ".join(f"${place}::{kind}[]" for place, (_, kind) in enumerate(COLUMNS, 5))
_CHANGED: Final = ", ".join(f"{name} = excluded.{name}" for name, _ in COLUMNS[1:])

#: Rows of `source` (columns NAMES) go into tier_current unless a newer decision stands there.
STORE: Final = f"""
INSERT INTO tier_current AS t ({NAMES}, programme_key, release_id, decided_at, next_change_at)
SELECT {_VALUES}, $1, $2, $3, $4 FROM {{source}}
ON CONFLICT (profile_id, programme_key, release_id) DO UPDATE
SET {_CHANGED}, decided_at = excluded.decided_at, next_change_at = excluded.next_change_at
WHERE (t.decided_version, t.decided_control_version)
        <= (excluded.decided_version, excluded.decided_control_version)
    AND NOT (t.business_date = excluded.business_date
        AND coalesce(t.level_date > excluded.level_date, false))
"""  # noqa: S608 - our own column names
_STORE_SOME = (
    STORE.format(source=f"unnest({_ARRAYS}) AS given ({NAMES})") + " RETURNING t.profile_id"
)

_DROP_TIMELINE = """
DELETE FROM tier_timeline WHERE profile_id = ANY($1::uuid[]) AND programme_key = $2
    AND release_id = $3
"""
_ADD_TIMELINE = """
INSERT INTO tier_timeline (profile_id, programme_key, release_id, at, rank, tier_key, reason)
SELECT profile_id, $1, $2, at, rank, tier_key, reason
FROM unnest($3::uuid[], $4::timestamptz[], $5::smallint[], $6::text[], $7::text[])
    AS given (profile_id, at, rank, tier_key, reason)
ON CONFLICT (profile_id, programme_key, release_id, at) DO UPDATE
SET rank = excluded.rank, tier_key = excluded.tier_key, reason = excluded.reason
"""
_ADD_HISTORY: Final = telling("""
INSERT INTO tier_history (profile_id, history_id, programme_key, release_id, customer_version,
    control_version, business_instant, decided_at, tier_from, tier_to, reason, inputs_hash)
SELECT profile_id, history_id, $1, $2, customer_version, control_version, $3, clock_timestamp(),
    tier_from, tier_to, reason, inputs_hash
FROM unnest($4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[], $8::text[], $9::text[],
    $10::text[], $11::bytea[]) AS given (profile_id, history_id, customer_version,
    control_version, tier_from, tier_to, reason, inputs_hash)
ON CONFLICT (profile_id, history_id) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Frame:
    """What the decisions of one batch share."""

    programme: str
    release_id: int
    decided_at: datetime
    next_change_at: datetime
    tier_keys: tuple[str, ...]


class Told(NamedTuple):
    """What was told anew, and why."""

    profile_id: UUID
    history_id: UUID
    customer_version: int
    control_version: int
    tier_from: str | None
    tier_to: str
    reason: str
    inputs_hash: bytes | None


async def store_decisions(
    pool: asyncpg.Pool,
    decisions: Sequence[Decision],
    frame: Frame,
    known_sums: Sequence[int | None],
) -> None:
    """Store decisions, and the timelines and history of those that changed.

    `known_sums` holds the stored timeline's sum per decision, None where nothing is stored.
    """
    # One order for everyone who stores many: no deadlocks.
    pairs = sorted(zip(decisions, known_sums, strict=True), key=lambda pair: pair[0].profile_id)
    ordered = [decision for decision, _ in pairs]
    moved = [decision for decision, known in pairs if decision.changes_sum != known]
    told = [decision for decision in ordered if decision.because is not None]
    if not moved and not told:
        await _store(pool, ordered, frame)
        return
    async with pool.acquire() as connection, connection.transaction():
        stored = await _store(connection, ordered, frame)
        await replace_timelines(connection, [d for d in moved if d.profile_id in stored], frame)
        await add_history(connection, [d for d in told if d.profile_id in stored], frame)


async def _store(
    connection: asyncpg.Pool | asyncpg.Connection, decisions: Sequence[Decision], frame: Frame
) -> set[UUID]:
    stored: set[UUID] = set()
    for changes_at, some in by_next_change(decisions, frame):
        columns = zip(*map(decision_row, some), strict=True)
        shared = (frame.programme, frame.release_id, frame.decided_at, changes_at)
        rows = await connection.fetch(_STORE_SOME, *shared, *columns)
        stored.update(row["profile_id"] for row in rows)
    return stored


def by_next_change(
    decisions: Sequence[Decision], frame: Frame
) -> list[tuple[datetime, list[Decision]]]:
    """Group decisions by when they change by themselves: all at the frame's instant but a few."""
    groups: dict[datetime, list[Decision]] = {}
    for decision in decisions:
        at = frame.next_change_at
        if decision.changes_at is not None:
            at = min(at, decision.changes_at)
        groups.setdefault(at, []).append(decision)
    return list(groups.items())


def decision_row(decision: Decision) -> tuple[Any, ...]:
    """Lay a decision out in the order of NAMES."""
    return (
        decision.profile_id,
        decision.versions.facts,
        decision.versions.control,
        decision.business_date,
        decision.level_date,
        decision.rank,
        decision.tier_key,
        decision.since,
        decision.lifecycle,
        decision.score,
        decision.state.decode(),
        decision.inputs_hash,
        decision.answer,
        "pinned" if decision.is_pinned else None,
        decision.until,
    )


async def replace_timelines(
    connection: asyncpg.Connection, decisions: Sequence[Decision], frame: Frame
) -> None:
    """Put timelines in place of the stored ones, or after them where a decision was resumed."""
    replaced = [decision.profile_id for decision in decisions if not decision.is_resumed]
    if replaced:
        await connection.execute(_DROP_TIMELINE, replaced, frame.programme, frame.release_id)
    rows = timeline_rows(decisions, frame.tier_keys)
    if rows:
        columns = zip(*rows, strict=True)
        await connection.execute(_ADD_TIMELINE, frame.programme, frame.release_id, *columns)


def timeline_rows(
    decisions: Sequence[Decision], tier_keys: Sequence[str]
) -> list[tuple[UUID, datetime, int, str, str]]:
    """List every change of tier as (profile, at, rank, tier key, reason)."""
    return [
        (decision.profile_id, change.at, change.rank, tier_keys[change.rank], change.move)
        for decision in decisions
        for change in decision.changes
    ]


async def add_history(
    connection: asyncpg.Connection, decisions: Sequence[Decision], frame: Frame
) -> None:
    """Append what was told anew, and announce it."""
    if not decisions:
        return
    rows = [
        Told(
            decision.profile_id,
            history_id(decision, frame),
            decision.versions.facts,
            decision.versions.control,
            decision.tier_before,
            decision.tier_key,
            str(decision.because),
            decision.inputs_hash,
        )
        for decision in decisions
    ]
    await append_history(connection, rows, (frame.programme, frame.release_id, frame.decided_at))


async def append_history(
    connection: asyncpg.Connection, rows: Sequence[Told], shared: tuple[str, int, datetime]
) -> None:
    """Append rows of one programme, release and business instant, and announce them."""
    if rows:
        await connection.execute(_ADD_HISTORY, *shared, *zip(*rows, strict=True))


def history_id(decision: Decision, frame: Frame) -> UUID:
    """Name a change by what it rests on, so that two readers who decide it write one row."""
    basis = (
        f"{decision.profile_id} {frame.programme} {frame.release_id} {decision.versions.facts}"
        f" {decision.versions.control} {decision.business_date} {decision.level_date}"
        f" {decision.tier_key}"
    )
    return UUID(bytes=sha256(basis.encode()).digest()[:16])
