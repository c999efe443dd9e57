"""Tries to sign in: counted before the password is looked at, forgotten a day after a failure."""

from datetime import datetime, timedelta
from typing import Final

import asyncpg

#: After this long without a failure, counting begins anew.
FORGOTTEN_AFTER: Final = timedelta(days=1)
_COUNT: Final = """
INSERT INTO console_trials AS t (trial_key, failures, last_at, locked_until)
VALUES ($1, 1, $2, $2)
ON CONFLICT (trial_key) DO UPDATE
SET failures = CASE WHEN t.last_at < $3 THEN 1 ELSE t.failures + 1 END,
    last_at = CASE WHEN t.last_at < $3 THEN $2 ELSE t.last_at END
WHERE t.locked_until <= $2
RETURNING failures
"""
_LOCKED_UNTIL: Final = "SELECT locked_until FROM console_trials WHERE trial_key = $1"
_LOCK: Final = "UPDATE console_trials SET locked_until = $2 WHERE trial_key = $1"
# A try that succeeds leaves the age of the failures before it as it was.
_FAILED: Final = "UPDATE console_trials SET last_at = $2 WHERE trial_key = $1"
_FORGET: Final = "DELETE FROM console_trials WHERE trial_key = $1"
_TAKE_BACK: Final = """
UPDATE console_trials SET failures = greatest(failures - 1, 0), locked_until = $2
WHERE trial_key = $1
"""
_DROP_OLD: Final = "DELETE FROM console_trials WHERE last_at < $1"


async def count_trial(connection: asyncpg.Connection, key: bytes, now: datetime) -> int | None:
    """Count a try and hold its row; None while the key has to wait."""
    count: int | None = await connection.fetchval(_COUNT, key, now, now - FORGOTTEN_AFTER)
    return count


async def locked_until(connection: asyncpg.Connection, key: bytes) -> datetime | None:
    """Tell until when a key has to wait."""
    until: datetime | None = await connection.fetchval(_LOCKED_UNTIL, key)
    return until


async def lock_trial(connection: asyncpg.Connection, key: bytes, until: datetime) -> None:
    """Let a key wait."""
    await connection.execute(_LOCK, key, until)


async def date_failure(pool: asyncpg.Pool, key: bytes, now: datetime) -> None:
    """Keep when a try under a key failed last."""
    await pool.execute(_FAILED, key, now)


async def forget_trial(connection: asyncpg.Connection, key: bytes) -> None:
    """Forget the tries of a key."""
    await connection.execute(_FORGET, key)


async def take_trial_back(connection: asyncpg.Connection, key: bytes, now: datetime) -> None:
    """Count one try less: it was no failure."""
    await connection.execute(_TAKE_BACK, key, now)


async def drop_old_trials(pool: asyncpg.Pool, now: datetime) -> None:
    """Forget every key under which nothing failed lately."""
    await pool.execute(_DROP_OLD, now - FORGOTTEN_AFTER)
