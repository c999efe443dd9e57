"""What was decided for customers and what came of it, as feedback keeps it: rows to learn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

# Who was merged since counts as the winner; who was erased, or is nobody of ours, is left out.
_WHOSE: Final = """
JOIN identifiers i ON i.kind = 'customer_id' AND i.lookup_key = convert_to(r.customer_id, 'UTF8')
JOIN customers c ON c.profile_id = i.profile_id
JOIN customers w ON w.profile_id = coalesce(c.merged_into, c.profile_id) AND w.erased_at IS NULL
"""
#: $1 after this id, $2 since, $3 until, $4 rows.
_PAGES: Final[Mapping[str, str]] = {
    "offer_response": f"""
        SELECT r.response_id AS id, w.profile_id, r.at, r.offer_key AS about,
            o.document ->> 'channel' AS channel, r.tier_key AS tier, r.lifecycle,
            r.answer AS outcome
        FROM offer_responses r {_WHOSE} LEFT JOIN offers o ON o.offer_key = r.offer_key
        WHERE r.response_id > $1 AND r.at >= $2 AND r.at < $3
        ORDER BY r.response_id LIMIT $4
        """,  # noqa: S608 - our own words
    # The features are of the date the task was made, the outcome is known by `until`.
    "task": f"""
        SELECT r.task_id AS id, w.profile_id, r.created_at AS at,
            coalesce(r.playbook_key, r.kind) AS about, r.channel, r.segment_at ->> 'tier' AS tier,
            r.segment_at ->> 'lifecycle' AS lifecycle, r.outcome
        FROM tasks r {_WHOSE}
        WHERE r.task_id > $1 AND r.created_at >= $2 AND r.closed_at < $3 AND r.state = 'done'
            AND r.outcome IS NOT NULL
        ORDER BY r.task_id LIMIT $4
        """,  # noqa: S608 - our own words
    "tier_judgement": f"""
        SELECT r.label_id AS id, w.profile_id, r.decided_at AS at, r.programme_key AS about,
            NULL AS channel, r.tier_held AS tier, NULL AS lifecycle, r.tier_judged AS outcome
        FROM tier_labels r {_WHOSE}
        WHERE r.label_id > $1 AND r.decided_at >= $2 AND r.decided_at < $3
        ORDER BY r.label_id LIMIT $4
        """,  # noqa: S608 - our own words
}


@dataclass(frozen=True, slots=True)
class Happened:
    """Something decided for a customer at an instant, and its outcome; `id` is where to go on."""

    id: UUID
    profile_id: UUID
    at: datetime
    about: str
    channel: str | None
    tier: str | None
    lifecycle: str | None
    outcome: str


async def happened_after(
    pool: asyncpg.Pool, kind: str, after: UUID, between: tuple[datetime, datetime], limit: int
) -> list[Happened]:
    """List what happened between two instants (the second left out), from after an id on."""
    rows = await pool.fetch(_PAGES[kind], after, *between, limit)
    return [Happened(**row) for row in rows]
