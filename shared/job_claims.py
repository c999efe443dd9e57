"""How a worker holds a job: claimed once, kept by a heartbeat, taken over when that stops."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from shared.jobs import COLUMNS, Connection, Job, job_of

#: A worker that was not heard of for so long is dead; another one takes the job over.
LOST_AFTER_S: Final = 30.0
MAX_ATTEMPTS: Final = 3
GAVE_UP: Final = "The worker died on every attempt"

_GIVE_UP = """
UPDATE jobs SET status = 'failed', message = $4, finished_at = now()
WHERE kind = ANY($1::text[]) AND finished_at IS NULL AND status = 'running'
  AND attempts >= $2 AND heartbeat_at < now() - make_interval(secs => $3)
"""
# Materialized: an inlined LIMIT ... SKIP LOCKED may run again and lock more than one row.
_CLAIM = f"""
WITH next AS MATERIALIZED (
    SELECT job_id AS next_id FROM jobs
    WHERE kind = ANY($1::text[]) AND finished_at IS NULL AND (status = 'queued' OR (
        attempts < $2 AND heartbeat_at < now() - make_interval(secs => $3)))
    ORDER BY created_at, job_id LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE jobs SET status = 'running', attempts = attempts + 1, progress = 0, message = '',
    started_at = clock_timestamp(), heartbeat_at = now()
FROM next WHERE job_id = next_id
RETURNING {COLUMNS}
"""  # noqa: S608 - our own column list

# started_at is the claim's token: a worker believed dead can no longer change the row.
_MINE = "WHERE job_id = $1 AND started_at = $2 AND status = 'running'"
_HEARTBEAT = f"UPDATE jobs SET heartbeat_at = now() {_MINE}"  # noqa: S608 - our own condition
_REPORT = f"UPDATE jobs SET heartbeat_at = now(), progress = $3, message = $4 {_MINE}"  # noqa: S608
_FINISH = f"""
UPDATE jobs SET status = 'done', progress = 1, message = '', result = $3::text::jsonb,
    finished_at = now() {_MINE}
"""  # noqa: S608
_FAIL = f"UPDATE jobs SET status = 'failed', message = $3, finished_at = now() {_MINE}"  # noqa: S608
_RELEASE = f"UPDATE jobs SET status = 'queued', attempts = $3 {_MINE}"  # noqa: S608


async def claim(connection: Connection, kinds: Sequence[str]) -> Job | None:
    """Take the oldest waiting job of these kinds, or one whose worker is lost."""
    await connection.execute(_GIVE_UP, kinds, MAX_ATTEMPTS, LOST_AFTER_S, GAVE_UP)
    row = await connection.fetchrow(_CLAIM, kinds, MAX_ATTEMPTS, LOST_AFTER_S)
    return None if row is None else job_of(row)


async def heartbeat(connection: Connection, job: Job) -> bool:
    """Tell that the job's worker lives; False when the job is no longer ours."""
    return _is_one(await connection.execute(_HEARTBEAT, job.job_id, job.started_at))


async def report(connection: Connection, job: Job, progress: float, message: str = "") -> bool:
    """Store how far the job is (0..1) and what it does; False when it is no longer ours."""
    share = min(1.0, max(0.0, progress))
    return _is_one(await connection.execute(_REPORT, job.job_id, job.started_at, share, message))


async def finish(connection: Connection, job: Job, result: Mapping[str, object]) -> bool:
    """Store a job's result; False when the job is no longer ours."""
    text = json.dumps(result)
    return _is_one(await connection.execute(_FINISH, job.job_id, job.started_at, text))


async def fail(connection: Connection, job: Job, message: str) -> bool:
    """Close a job that cannot be done; the message is for people."""
    return _is_one(await connection.execute(_FAIL, job.job_id, job.started_at, message))


async def release(connection: Connection, job: Job, *, is_tried: bool) -> bool:
    """Give a job back to be claimed again; an orderly stop does not count as an attempt."""
    attempts = job.attempts if is_tried else job.attempts - 1
    return _is_one(await connection.execute(_RELEASE, job.job_id, job.started_at, attempts))


def _is_one(tag: str) -> bool:
    return tag.endswith(" 1")
