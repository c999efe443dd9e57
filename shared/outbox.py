"""The outbox: work for after the reply is a row of the same transaction, and no crash loses it.

A worker leases due rows, works without a transaction open (it may call other services), then
marks them done. What it did not mark in time comes up again: delivery is at least once.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from shared.ids import uuid7

LEASE_S: Final = 30.0
KEEP_DONE_DAYS: Final = 2
PURGE_BATCH: Final = 10_000

# Due times are the database's own clock: BUSINESS_NOW may stand still, and hosts disagree.
_ENQUEUE = """
INSERT INTO outbox (outbox_id, topic, payload, created_at, due_at)
VALUES ($1, $2, $3::text::jsonb, now(), now() + make_interval(secs => $4))
"""
_REPLACE = "UPDATE outbox SET payload = $2::text::jsonb WHERE outbox_id = $1"
_PAYLOAD = "SELECT payload::text FROM outbox WHERE outbox_id = $1"

# Materialized: an inlined LIMIT ... SKIP LOCKED may run again and lock more than it was asked for.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT outbox_id FROM outbox
    WHERE topic = $1 AND done_at IS NULL AND due_at <= now()
    ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE outbox SET due_at = now() + make_interval(secs => $3), attempts = attempts + 1
FROM due WHERE outbox.outbox_id = due.outbox_id
RETURNING outbox.outbox_id, payload::text AS payload, attempts, created_at
"""

_MARK_DONE = """
UPDATE outbox SET done_at = now(), last_error = NULL
WHERE outbox_id = ANY($1::uuid[]) AND done_at IS NULL
"""

# Waits 1, 2, 4 ... 60 s, half of it at random; a row another worker leased since is left alone.
_PUT_BACK = """
UPDATE outbox SET last_error = left(failed.error, 500), due_at = now() + make_interval(
    secs => least(60, power(2, least(attempts, 7) - 1)) * (0.5 + random() / 2))
FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS failed (failed_id, tried, error)
WHERE outbox_id = failed.failed_id AND attempts = failed.tried AND done_at IS NULL
"""

_PURGE = """
DELETE FROM outbox WHERE outbox_id IN (
    SELECT outbox_id FROM outbox
    WHERE done_at < now() - make_interval(days => $1) LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One piece of work, leased to this worker."""

    outbox_id: UUID
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


#: Does the work of some rows; returns what went wrong by row, nothing when all is done.
Handler = Callable[[Sequence[OutboxRow]], Awaitable[Mapping[UUID, str]]]


async def enqueue(
    connection: asyncpg.Connection,
    topic: str,
    payload: Mapping[str, object],
    *,
    after_s: float = 0.0,
) -> UUID:
    """Write a row inside the caller's transaction; it is due when that commits, or later."""
    outbox_id = uuid7()
    await connection.execute(_ENQUEUE, outbox_id, topic, json.dumps(payload), after_s)
    return outbox_id


async def replace_payload(
    connection: asyncpg.Connection, outbox_id: UUID, payload: Mapping[str, object]
) -> None:
    """Put an answer in place of what a row asked for, in the transaction that did the work."""
    await connection.execute(_REPLACE, outbox_id, json.dumps(payload))


async def payload_of(pool: asyncpg.Pool, outbox_id: UUID) -> dict[str, Any] | None:
    """Return what a row holds, done or not; None when it is purged."""
    text = await pool.fetchval(_PAYLOAD, outbox_id)
    return None if text is None else dict(json.loads(text))


async def claim(
    pool: asyncpg.Pool, topic: str, *, limit: int = 100, lease_s: float = LEASE_S
) -> list[OutboxRow]:
    """Lease due rows of a topic, oldest first; no other worker sees them while the lease runs."""
    rows = await pool.fetch(_CLAIM, topic, limit, lease_s)
    claimed = [
        OutboxRow(row["outbox_id"], json.loads(row["payload"]), row["attempts"], row["created_at"])
        for row in rows
    ]
    return sorted(claimed, key=lambda row: row.outbox_id)


async def mark_done(pool: asyncpg.Pool, rows: Sequence[OutboxRow]) -> None:
    """Close rows whose work is done."""
    await pool.execute(_MARK_DONE, [row.outbox_id for row in rows])


async def put_back(pool: asyncpg.Pool, failed: Sequence[tuple[OutboxRow, str]]) -> None:
    """Let rows come up again after a while that grows with every attempt."""
    ids = [row.outbox_id for row, _ in failed]
    tried = [row.attempts for row, _ in failed]
    await pool.execute(_PUT_BACK, ids, tried, [error for _, error in failed])


async def deliver(
    pool: asyncpg.Pool, topic: str, handle: Handler, *, limit: int = 100, lease_s: float = LEASE_S
) -> bool:
    """Work off one batch; tell whether more may wait. An error puts all rows back and is raised."""
    rows = await claim(pool, topic, limit=limit, lease_s=lease_s)
    if not rows:
        return False
    try:
        errors = await handle(rows)
    except Exception as error:
        await put_back(pool, [(row, type(error).__name__) for row in rows])
        raise
    await mark_done(pool, [row for row in rows if row.outbox_id not in errors])
    if errors:
        failed = [row for row in rows if row.outbox_id in errors]
        await put_back(pool, [(row, errors[row.outbox_id]) for row in failed])
    return len(rows) == limit


async def purge(pool: asyncpg.Pool, *, keep_days: int = KEEP_DONE_DAYS) -> bool:
    """Delete a batch of rows done long ago; tell whether more may wait."""
    deleted = await pool.execute(_PURGE, keep_days, PURGE_BATCH)
    return bool(deleted == f"DELETE {PURGE_BATCH}")
