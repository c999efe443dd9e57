"""The life of models, append-only: trained, judged, promoted, rolled back, by whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg

from services.scoring.domain.records import ModelEvent
from shared.ids import uuid7

MOST_TOLD: Final = 200

TRAINED: Final = "trained"
TRAINING_REFUSED: Final = "training_refused"
GATE_PASSED: Final = "gate_passed"
GATE_FAILED: Final = "gate_failed"
PROMOTED: Final = "promoted"
RETIRED: Final = "retired"
REFUSED: Final = "artefact_refused"
ROLLED_BACK_TO: Final = "rolled_back_to"
ROLLED_BACK_FROM: Final = "rolled_back_from"
SHADOW_ENDED: Final = "shadow_ended"

# With a note in the audit log: the life of models is read there too.
_ADD = """
WITH told AS (
    INSERT INTO model_log (log_id, model_version, what, actor, reason, details, at)
    VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
    RETURNING log_id, model_version, what, actor, reason, details, at
)
INSERT INTO audit_log (audit_id, at, actor, action, subject, details)
SELECT log_id, at, actor, 'model.' || what, model_version,
    details || jsonb_build_object('reason', reason)
FROM told
"""
_OF = """
SELECT at, what, actor, reason, details FROM model_log WHERE model_version = $1
ORDER BY at DESC, log_id DESC LIMIT $2
"""
_REJECT = "UPDATE models SET status = 'rejected' WHERE model_version = $1"
# The pointers say what is live; whoever was and is not any more is retired, and told so.
_SETTLE = """
WITH live AS (
    SELECT DISTINCT r.model_version FROM live_releases l JOIN releases r USING (release_id)
    WHERE r.model_version IS NOT NULL -- rules need no model
), changed AS (
    UPDATE models m SET status = CASE WHEN n.is_live THEN 'live' ELSE 'retired' END
    FROM (SELECT model_version, model_version IN (SELECT model_version FROM live) AS is_live
        FROM models) n
    WHERE n.model_version = m.model_version AND (
        (n.is_live AND m.status <> 'live') OR (NOT n.is_live AND m.status = 'live'))
    RETURNING m.model_version, m.status
)
SELECT model_version FROM changed WHERE status = 'retired' ORDER BY 1
"""
# Who is live needs no comparison with itself.
_END_SHADOW = """
DELETE FROM model_roles WHERE role = 'shadow' AND model_version IN (
    SELECT r.model_version FROM live_releases l JOIN releases r USING (release_id))
RETURNING model_version
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to a model, who had it happen, and why."""

    what: str
    actor: str
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


async def add_entry(
    connection: asyncpg.Connection | asyncpg.Pool, version: str, entry: Entry
) -> None:
    """Append a line to a model's life."""
    details = dict(entry.details)
    await connection.execute(_ADD, uuid7(), version, entry.what, entry.actor, entry.reason, details)


async def events_of(pool: asyncpg.Pool, version: str) -> list[ModelEvent]:
    """Tell a model's life, the latest first."""
    rows = await pool.fetch(_OF, version, MOST_TOLD)
    return [
        ModelEvent(row["at"], row["what"], row["actor"], row["reason"], row["details"])
        for row in rows
    ]


async def settle_statuses(connection: asyncpg.Connection) -> list[str]:
    """Make every model's status agree with the pointers; name those just retired."""
    return [row["model_version"] for row in await connection.fetch(_SETTLE)]


async def end_live_shadow(connection: asyncpg.Connection) -> str | None:
    """End the comparison of a challenger that has gone live; name it."""
    found: str | None = await connection.fetchval(_END_SHADOW)
    return found


async def reject(connection: asyncpg.Connection, version: str) -> None:
    """Mark a model that may not be served."""
    await connection.execute(_REJECT, version)
