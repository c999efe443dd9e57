"""Make tasks, each cause once, however often and by however many it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import asyncpg

from services.feedback.domain.care.task import NewTask
from shared.ids import uuid7

# In the order of the keys: two that make the same tasks at once never wait for each other in turn.
_ADD: Final = """
INSERT INTO tasks (task_id, once_key, playbook_key, playbook_version, customer_id, profile_id,
    kind, purpose, channel, title, message, details, segment_at, priority, owner, queue, cost,
    currency, created_at, due_at, expires_at)
SELECT task_id, once_key, playbook_key, playbook_version, customer_id, profile_id, kind, purpose,
    channel, title, message, details, segment_at, priority, owner, queue, cost, currency, $2,
    due_at, expires_at
FROM jsonb_to_recordset($1) AS given (task_id uuid, once_key text, playbook_key text,
    playbook_version bigint, customer_id text, profile_id uuid, kind text, purpose text,
    channel text, title jsonb, message jsonb, details jsonb, segment_at jsonb, priority bigint,
    owner text, queue text, cost bigint, currency text, due_at timestamptz,
    expires_at timestamptz)
ORDER BY once_key
ON CONFLICT (once_key) DO NOTHING RETURNING once_key
"""


async def add_tasks(
    connection: asyncpg.Connection, tasks: Sequence[NewTask], *, now: datetime
) -> frozenset[str]:
    """Make those tasks whose cause has made none yet, inside the caller's transaction.

    Names the causes that made one now. `now` is the business clock's: contacts are counted by it.
    """
    if not tasks:
        return frozenset()
    rows = await connection.fetch(_ADD, [_row(task) for task in tasks], now)
    return frozenset(row["once_key"] for row in rows)


def _row(task: NewTask) -> dict[str, object]:
    names = (
        "once_key", "playbook_key", "playbook_version", "customer_id", "kind", "purpose",
        "channel", "title", "message", "details", "segment_at", "priority", "owner", "queue",
        "cost", "currency",
    )  # fmt: skip
    return {name: getattr(task, name) for name in names} | {
        "task_id": str(uuid7()),
        "profile_id": None if task.profile_id is None else str(task.profile_id),
        "due_at": task.due_at.isoformat(),
        "expires_at": task.expiry.isoformat(),
    }
