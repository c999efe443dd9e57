"""What waits in the tables of all services, counted no further than anybody needs to know."""

from datetime import datetime
from typing import Any, Final

from asyncpg import Connection

#: Whoever has more than this waiting has a problem, however much more it is.
MOST_COUNTED: Final = 10_000

# Topics by a loose scan of the index, each counted by itself: a flood of one hides no other.
_OUTBOX: Final = """
WITH RECURSIVE topics AS (
    (SELECT topic FROM outbox WHERE done_at IS NULL ORDER BY topic LIMIT 1)
    UNION ALL
    SELECT (SELECT o.topic FROM outbox o WHERE o.done_at IS NULL AND o.topic > t.topic
        ORDER BY o.topic LIMIT 1)
    FROM topics t WHERE t.topic IS NOT NULL
)
SELECT t.topic, w.* FROM topics t CROSS JOIN LATERAL (
    SELECT count(*) AS count, extract(epoch FROM now() - min(created_at))::float8 AS oldest_s,
        max(attempts) AS most_attempts,
        (array_agg(last_error ORDER BY attempts DESC)
            FILTER (WHERE last_error IS NOT NULL))[1] AS last_error
    FROM (
        SELECT created_at, attempts, last_error FROM outbox
        WHERE topic = t.topic AND done_at IS NULL ORDER BY due_at LIMIT $1 + 1
    ) AS waiting
) AS w
WHERE t.topic IS NOT NULL ORDER BY t.topic
"""
_JOBS: Final = """
SELECT kind, count(*) FILTER (WHERE status = 'queued') AS waiting,
    count(*) FILTER (WHERE status = 'running') AS running,
    count(*) FILTER (WHERE status = 'failed') AS failed
FROM (
    (SELECT kind, status FROM jobs WHERE finished_at IS NULL LIMIT $1)
    UNION ALL
    (SELECT kind, status FROM jobs
        WHERE status = 'failed' AND finished_at > now() - interval '1 day' LIMIT $1)
) AS waiting
GROUP BY kind ORDER BY kind
"""
_DUE_REVIEWS: Final = """
SELECT count(*) AS count, extract(epoch FROM $2::timestamptz - min(due_at))::float8 AS oldest_s
FROM (SELECT due_at FROM due_reviews WHERE due_at <= $2 ORDER BY due_at LIMIT $1 + 1) AS waiting
"""
_QUARANTINE: Final = """
SELECT count(*) AS count, extract(epoch FROM $2::timestamptz - min(received_at))::float8 AS oldest_s
FROM (SELECT received_at FROM quarantine WHERE replayed_at IS NULL
    ORDER BY received_at LIMIT $1 + 1) AS waiting
"""
_DELIVERIES: Final = """
SELECT count(*) AS count,
    extract(epoch FROM $2::timestamptz - min(d.created_at))::float8 AS oldest_s
FROM (
    SELECT d.created_at FROM webhook_endpoints e CROSS JOIN LATERAL (
        SELECT created_at FROM webhook_deliveries
        WHERE endpoint_id = e.endpoint_id AND status = 'pending' ORDER BY due_at LIMIT $1 + 1
    ) AS d LIMIT $1 + 1
) AS d
"""
_WORKERS: Final = """
SELECT substr(application_name, 8) AS name, count(*) AS connections,
    max(state_change) AS last_asked_at
FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'worker-%'
GROUP BY 1 ORDER BY 1
"""
_DATABASE: Final = """
SELECT current_setting('server_version') AS server_version,
    (SELECT version_num FROM alembic_version) AS migration,
    pg_database_size(current_database()) AS size_bytes,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
    current_setting('max_connections')::int AS max_connections, now() AS at
"""

Row = dict[str, Any]


async def outbox_queues(connection: Connection) -> list[Row]:
    """Count what waits in the outbox, by topic."""
    return [_bounded(row) for row in await connection.fetch(_OUTBOX, MOST_COUNTED)]


async def job_queues(connection: Connection) -> list[Row]:
    """Count open jobs and those that failed in the last 24 hours, by kind."""
    return [dict(row) for row in await connection.fetch(_JOBS, MOST_COUNTED)]


async def due_reviews(connection: Connection, now: datetime) -> Row:
    """Count decisions that change by themselves and are due at a business instant."""
    return _bounded(await connection.fetchrow(_DUE_REVIEWS, MOST_COUNTED, now))


async def open_quarantine(connection: Connection, now: datetime) -> Row:
    """Count records kept aside that nobody has replayed."""
    return _bounded(await connection.fetchrow(_QUARANTINE, MOST_COUNTED, now))


async def open_deliveries(connection: Connection, now: datetime) -> Row:
    """Count what outgoing webhooks have not been told yet."""
    return _bounded(await connection.fetchrow(_DELIVERIES, MOST_COUNTED, now))


async def workers_seen(connection: Connection) -> list[Row]:
    """List the parts of the worker that are connected, and when each last asked something."""
    return [dict(row) for row in await connection.fetch(_WORKERS)]


async def database_state(connection: Connection) -> Row:
    """Tell the database's version, level, size and load."""
    return dict(await connection.fetchrow(_DATABASE))


def _bounded(row: Any) -> Row:
    found = dict(row)
    count, oldest = found["count"], found["oldest_s"]
    # a business clock that was set back makes what is older lie in the future
    age = None if oldest is None else max(0.0, oldest)
    is_more = count > MOST_COUNTED
    return found | {"count": min(count, MOST_COUNTED), "is_more": is_more, "oldest_s": age}
