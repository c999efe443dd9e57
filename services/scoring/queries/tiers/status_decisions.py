"""Store status decisions by compare-and-set, with their timelines, due reviews and news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.status.decision import StatusDecision, StoredStatus, state_of
from services.scoring.domain.status.news import may_have_news, news_of
from services.scoring.domain.status.release import StatusRelease
from services.scoring.domain.tiers.decision import Because
from services.scoring.queries.telling.announcements import announce
from services.scoring.queries.tiers.decisions import Told, append_history
from services.scoring.queries.tiers.status_facts import stored_status

COLUMNS: Final = (
    ("profile_id", "uuid"),
    ("decided_version", "bigint"),
    ("decided_control_version", "bigint"),
    ("next_change_at", "timestamptz"),
    ("rank", "smallint"),
    ("tier_key", "text"),
    ("since", "timestamptz"),
    ("lifecycle", "text"),
    ("status", "text"),
    ("valid_until", "timestamptz"),
    ("state", "text"),
    ("inputs_hash", "bytea"),
    ("answer", "bytea"),
)
_NAMES: Final = ", ".join(name for name, _ in COLUMNS)
_VALUES: Final = _NAMES.replace("state", "state::jsonb")
_ARRAYS: Final = ", ".join(f"${place}::{kind}[]" for place, (_, kind) in enumerate(COLUMNS, 4))
_CHANGED: Final = ", ".join(f"{name} = excluded.{name}" for name, _ in COLUMNS[1:])

# Newer facts or controls win; of decisions on the same the later instant, unless the clock was set
# back. A review somebody is at is theirs to take away: waiting for it could lock both for ever.
_STORE: Final = f"""
WITH stored AS (
    INSERT INTO tier_current AS t ({_NAMES}, programme_key, release_id, decided_at, business_date)
    SELECT {_VALUES}, $1, $2, $3, 'infinity' FROM unnest({_ARRAYS}) AS given ({_NAMES})
    ON CONFLICT (profile_id, programme_key, release_id) DO UPDATE
    SET {_CHANGED}, decided_at = excluded.decided_at
    WHERE (t.decided_version, t.decided_control_version)
            < (excluded.decided_version, excluded.decided_control_version)
        OR (t.decided_version, t.decided_control_version)
            = (excluded.decided_version, excluded.decided_control_version)
        AND (t.decided_at <= excluded.decided_at
            OR t.decided_at > excluded.decided_at + interval '5 minutes')
    RETURNING t.profile_id, (t.state ->> 'due')::timestamptz AS due_at
), passed AS (
    SELECT d.profile_id, d.programme_key, d.due_at FROM due_reviews d JOIN stored s
        ON s.profile_id = d.profile_id AND d.programme_key = $1
        AND d.due_at IS DISTINCT FROM s.due_at
    FOR UPDATE OF d SKIP LOCKED
), gone AS (
    DELETE FROM due_reviews d USING passed p WHERE d.profile_id = p.profile_id
        AND d.programme_key = p.programme_key AND d.due_at = p.due_at
), added AS (
    INSERT INTO due_reviews (profile_id, programme_key, due_at)
    SELECT profile_id, $1, due_at FROM stored WHERE due_at IS NOT NULL
    ON CONFLICT DO NOTHING
)
SELECT profile_id FROM stored
"""  # noqa: S608 - our own column names
_HOLD: Final = """
SELECT profile_id, decided_at, rank, state FROM tier_current
WHERE profile_id = ANY($1::uuid[]) AND programme_key = $2 AND release_id = $3
ORDER BY profile_id FOR UPDATE
"""
_DROP_TIMELINE: Final = """
DELETE FROM tier_timeline
WHERE profile_id = ANY($1::uuid[]) AND programme_key = $2 AND release_id = $3
"""
_ADD_TIMELINE: Final = """
INSERT INTO tier_timeline
    (profile_id, programme_key, release_id, at, rank, tier_key, reason, valid_until)
SELECT profile_id, $1, $2, at, rank, tier_key, reason, valid_until
FROM unnest($3::uuid[], $4::timestamptz[], $5::smallint[], $6::text[], $7::text[],
    $8::timestamptz[]) AS given (profile_id, at, rank, tier_key, reason, valid_until)
ON CONFLICT (profile_id, programme_key, release_id, at) DO UPDATE
SET rank = excluded.rank, tier_key = excluded.tier_key, reason = excluded.reason,
    valid_until = excluded.valid_until
"""
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Deciding:
    """One batch: the release, the instant, and what was read as stored, by profile."""

    release: StatusRelease
    now: datetime
    stored: dict[UUID, StoredStatus]


async def store_status(
    pool: asyncpg.Pool, decisions: Sequence[StatusDecision], deciding: Deciding
) -> None:
    """Store decisions, and the timelines, history and news of those that changed."""
    # One order for everyone who stores many: no deadlocks. Those with news have rows already, and
    # lock them before they write; who is stored for the first time must not come in between.
    ordered = sorted(decisions, key=lambda decision: decision.profile_id)
    for has_news in (False, True):
        some = [d for d in ordered if _has_news(d, deciding) == has_news]
        if not any(_is_more_than_a_row(decision, deciding) for decision in some):
            await _store(pool, some, deciding)
            continue
        async with pool.acquire() as connection, connection.transaction():
            await store_within(connection, some, deciding)


async def store_within(
    connection: asyncpg.Connection, ordered: Sequence[StatusDecision], deciding: Deciding
) -> None:
    """Store decisions, given by rising profile id, inside the caller's transaction."""
    newsworthy = [decision for decision in ordered if _has_news(decision, deciding)]
    told = [decision for decision in ordered if decision.because is not None]
    held = await _hold(connection, ordered if newsworthy or told else (), deciding.release)
    kept = await _store(connection, ordered, deciding)
    changed = [d for d in ordered if d.profile_id in kept and _is_moved(d, deciding)]
    await _replace_timelines(connection, changed, deciding.release)
    told = [d for d in told if d.profile_id in kept and not _is_told(d, held, deciding)]
    await _append(connection, told, deciding)
    programme, now = deciding.release.programme, deciding.now
    for decision in newsworthy:
        if decision.profile_id in kept and decision.profile_id in held:
            found = news_of(decision, held[decision.profile_id], programme, now)
            await announce(connection, found)


def _is_more_than_a_row(decision: StatusDecision, deciding: Deciding) -> bool:
    return (
        _has_news(decision, deciding)
        or decision.because is not None
        or _is_moved(decision, deciding)
    )


def _is_told(
    decision: StatusDecision, held: Mapping[UUID, StoredStatus], deciding: Deciding
) -> bool:
    """Tell whether somebody stored the same tier, and told it, since the customer was read."""
    now = held.get(decision.profile_id)
    if now is None or now.rank != decision.rank or decision.because == Because.RELEASE:
        return False
    read = deciding.stored.get(decision.profile_id)
    return read is None or read.rank != now.rank


def _has_news(decision: StatusDecision, deciding: Deciding) -> bool:
    return may_have_news(decision, deciding.stored.get(decision.profile_id))


def _is_moved(decision: StatusDecision, deciding: Deciding) -> bool:
    stored = deciding.stored.get(decision.profile_id)
    known = None if stored is None else (stored.items, stored.items_sum)
    return known != (len(decision.items), decision.items_sum)


async def _hold(
    connection: asyncpg.Connection, decisions: Sequence[StatusDecision], release: StatusRelease
) -> dict[UUID, StoredStatus]:
    """Read what is stored and keep it so: of two who decide the same, one has news."""
    if not decisions:
        return {}
    ids = [decision.profile_id for decision in decisions]
    rows = await connection.fetch(_HOLD, ids, release.programme.key, release.release_id)
    found = ((row["profile_id"], stored_status(row)) for row in rows)
    return {profile_id: stored for profile_id, stored in found if stored is not None}


async def _store(
    connection: asyncpg.Pool | asyncpg.Connection,
    decisions: Sequence[StatusDecision],
    deciding: Deciding,
) -> set[UUID]:
    if not decisions:
        return set()
    release = deciding.release
    columns = zip(*(_status_row(decision, deciding) for decision in decisions), strict=True)
    rows = await connection.fetch(
        _STORE, release.programme.key, release.release_id, deciding.now, *columns
    )
    return {row["profile_id"] for row in rows}


def _status_row(decision: StatusDecision, deciding: Deciding) -> Row:
    """Lay a decision out; a fall counts as announced where that can be told from a stored one."""
    fall = decision.fall if decision.profile_id in deciding.stored else None
    told = None if fall is None else fall.at
    return decided_row(decision, state_of(decision, told, deciding.now).decode())


def decided_row(decision: StatusDecision, state: str | bytes) -> Row:
    """Lay a decision out in the order of COLUMNS: arrays carry documents as text, COPY as bytes."""
    return (
        decision.profile_id,
        decision.versions.facts,
        decision.versions.control,
        decision.next_change_at,
        decision.rank,
        decision.tier_key,
        decision.since,
        decision.lifecycle,
        decision.status,
        decision.valid_until,
        state,
        decision.inputs_hash,
        decision.answer,
    )


async def _replace_timelines(
    connection: asyncpg.Connection, decisions: Sequence[StatusDecision], release: StatusRelease
) -> None:
    if not decisions:
        return
    key, ids = release.programme.key, [decision.profile_id for decision in decisions]
    await connection.execute(_DROP_TIMELINE, ids, key, release.release_id)
    rows = [row for decision in decisions for row in timeline_rows(decision, release)]
    columns = zip(*rows, strict=True)
    await connection.execute(_ADD_TIMELINE, key, release.release_id, *columns)


def timeline_rows(decision: StatusDecision, release: StatusRelease) -> list[Row]:
    """List a timeline as (profile, at, rank, tier key, reason, until)."""
    keys = release.programme.tier_keys
    return [
        (decision.profile_id, item.at, item.rank, keys[item.rank], item.reason, item.until)
        for item in decision.items
    ]


async def _append(
    connection: asyncpg.Connection, told: Sequence[StatusDecision], deciding: Deciding
) -> None:
    release = deciding.release
    rows = [_told(decision, release) for decision in told]
    await append_history(
        connection, rows, (release.programme.key, release.release_id, deciding.now)
    )


def _told(decision: StatusDecision, release: StatusRelease) -> Told:
    return Told(
        profile_id=decision.profile_id,
        history_id=history_id(decision, release),
        customer_version=decision.versions.facts,
        control_version=decision.versions.control,
        tier_from=decision.tier_before,
        tier_to=decision.tier_key,
        reason=str(decision.because),
        inputs_hash=decision.inputs_hash,
    )


def history_id(decision: StatusDecision, release: StatusRelease) -> UUID:
    """Name a change by what it rests on, so that two who decide it write one row."""
    basis = (
        f"{decision.profile_id} {release.programme.key} {release.release_id}"
        f" {decision.versions.facts} {decision.versions.control} {decision.since.isoformat()}"
        f" {decision.tier_key}"
    )
    return UUID(bytes=sha256(basis.encode()).digest()[:16])
