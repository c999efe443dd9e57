"""What a task says of a customer: their id, tier, lifecycle, consent, contacts, points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.holding import Contact

# A person who was merged since is found under the winner. The last word on a purpose counts: by
# instant; of two at one instant what was written by hand, then the event with the larger key.
_PEOPLE: Final = """
WITH asked AS MATERIALIZED (
    SELECT DISTINCT a.id, c.profile_id,
        coalesce(c.customer_id, (SELECT m.customer_id FROM customers m
            WHERE m.merged_into = c.profile_id AND m.customer_id IS NOT NULL
            ORDER BY m.profile_id LIMIT 1)) AS customer_id
    FROM unnest($1::uuid[]) AS a (id)
    JOIN customers x ON x.profile_id = a.id
    JOIN customers c ON c.profile_id = coalesce(x.merged_into, x.profile_id)
    WHERE c.erased_at IS NULL
), members AS (
    SELECT DISTINCT profile_id AS root, profile_id FROM asked
    UNION ALL
    SELECT m.merged_into, m.profile_id FROM customers m
    WHERE m.merged_into IN (SELECT profile_id FROM asked)
), words AS MATERIALIZED (
    SELECT DISTINCT ON (p.root) p.root, k.is_granted
    FROM members p JOIN consents k ON k.profile_id = p.profile_id AND k.purpose = $3
    LEFT JOIN events e ON e.profile_id = k.profile_id AND e.sequence = k.sequence
    ORDER BY p.root, k.changed_at DESC, e.event_key DESC NULLS FIRST, k.sequence DESC
)
SELECT a.id, a.profile_id, a.customer_id, p.programme_key AS programme, t.tier_key AS tier,
    nullif(d.lifecycle, '') AS lifecycle, g.is_granted
FROM asked a
CROSS JOIN (SELECT coalesce($2::text, (SELECT programme_key FROM programmes
    WHERE is_default ORDER BY programme_key LIMIT 1)) AS programme_key) AS p
LEFT JOIN live_releases l ON l.programme_key = p.programme_key
LEFT JOIN tier_current t ON t.profile_id = a.profile_id AND t.programme_key = l.programme_key
    AND t.release_id = l.release_id
LEFT JOIN LATERAL (
    SELECT s.lifecycle FROM tier_current s
    JOIN live_releases r ON r.programme_key = s.programme_key AND r.release_id = s.release_id
    JOIN programmes q ON q.programme_key = s.programme_key AND q.is_default
    WHERE s.profile_id = a.profile_id LIMIT 1
) d ON true
LEFT JOIN words g ON g.root = a.profile_id
"""
_NAMES: Final = """
SELECT t.id, c.attributes FROM unnest($1::uuid[]) AS t (id)
JOIN customers x ON x.profile_id = t.id
JOIN customers c ON c.profile_id = coalesce(x.merged_into, x.profile_id)
WHERE c.erased_at IS NULL
"""
_TIERS: Final = """
SELECT l.programme_key, tier ->> 'key' AS tier_key, tier -> 'name' AS name
FROM live_releases l JOIN releases r ON r.release_id = l.release_id
JOIN programme_versions v ON v.programme_key = r.programme_key AND v.version = r.programme_version
CROSS JOIN LATERAL jsonb_array_elements(v.document -> 'tiers') AS tier
"""
_POINTS: Final = """
SELECT profile_id, sum(balance)::bigint AS points FROM points_wallets
WHERE profile_id = ANY($1::uuid[]) AND ($2::text IS NULL OR programme_key = $2) GROUP BY profile_id
"""
_LAST_ORDERS: Final = """
SELECT coalesce(c.merged_into, c.profile_id) AS profile_id, max(d.business_date) AS last_order
FROM customers c JOIN customer_day d ON d.profile_id = c.profile_id AND d.orders > 0
WHERE c.profile_id = ANY($1::uuid[]) OR c.merged_into = ANY($1::uuid[]) GROUP BY 1
"""
# What playbooks planned and people made by hand; an answer to somebody's own complaint is none.
_CONTACTS: Final = """
SELECT c.root, t.channel, t.created_at
FROM (
    SELECT profile_id, profile_id AS root FROM customers WHERE profile_id = ANY($1::uuid[])
    UNION ALL
    SELECT profile_id, merged_into FROM customers WHERE merged_into = ANY($1::uuid[])
) c JOIN tasks t ON t.profile_id = c.profile_id
WHERE t.created_at > $2 AND (t.playbook_key IS NOT NULL OR t.kind = 'manual')
    AND t.state NOT IN ('cancelled', 'expired') AND t.outcome IS DISTINCT FROM 'skipped'
"""
_SPENT: Final = """
SELECT coalesce(sum(coalesce(actual_cost, cost)), 0)::bigint FROM tasks
WHERE playbook_key = $1 AND created_at >= $2 AND state NOT IN ('cancelled', 'expired')
"""
# A cause ends in the id of its profile: of somebody merged since it may have been the other id.
_THERE: Final = """
SELECT g.once_key FROM unnest($1::text[], $2::uuid[]) AS g (once_key, profile_id)
WHERE EXISTS (SELECT FROM tasks t WHERE t.once_key = g.once_key) OR EXISTS (
    SELECT FROM customers m
    JOIN tasks t ON t.once_key = left(g.once_key, -32) || replace(m.profile_id::text, '-', '')
    WHERE m.merged_into = g.profile_id)
"""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as a task needs them; `is_granted` is None for who never said anything."""

    profile_id: UUID
    customer_id: str | None
    programme: str | None
    tier: str | None
    lifecycle: str | None
    is_granted: bool | None


async def people_of(
    connection: asyncpg.Connection | asyncpg.Pool,
    profile_ids: Sequence[UUID],
    *,
    programme: str | None,
    purpose: str,
) -> dict[UUID, Person]:
    """Read customers by the ids asked for, tiers of a programme (None: the default one).

    Who was erased is left out; who was merged is found under the one they are now.
    """
    rows = await connection.fetch(_PEOPLE, list(profile_ids), programme, purpose)
    return {
        row["id"]: Person(**{name: value for name, value in row.items() if name != "id"})
        for row in rows
    }


async def attributes_of(
    connection: asyncpg.Connection | asyncpg.Pool, profile_ids: Sequence[UUID]
) -> dict[UUID, Mapping[str, Any]]:
    """Read what profiles tell of their customers."""
    rows = await connection.fetch(_NAMES, list(profile_ids))
    return {row["id"]: row["attributes"] for row in rows}


async def tier_names(
    connection: asyncpg.Connection | asyncpg.Pool,
) -> dict[str, dict[str, Mapping[str, str]]]:
    """Read the tiers of every programme in force with their names, by programme."""
    found: dict[str, dict[str, Mapping[str, str]]] = {}
    for row in await connection.fetch(_TIERS):
        found.setdefault(row["programme_key"], {})[row["tier_key"]] = row["name"] or {}
    return found


async def points_of(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID], programme: str | None
) -> dict[UUID, int]:
    """Read balances of points, of one programme or of all."""
    rows = await connection.fetch(_POINTS, list(profile_ids), programme)
    return {row["profile_id"]: row["points"] for row in rows}


async def last_orders(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID]
) -> dict[UUID, date]:
    """Read the business date of everybody's last order."""
    rows = await connection.fetch(_LAST_ORDERS, list(profile_ids))
    return {row["profile_id"]: row["last_order"] for row in rows}


async def contacts_since(
    connection: asyncpg.Connection, profile_ids: Sequence[UUID], since: datetime
) -> dict[UUID, list[Contact]]:
    """Read the contacts made or planned since an instant, of all playbooks."""
    found: dict[UUID, list[Contact]] = {}
    for row in await connection.fetch(_CONTACTS, list(profile_ids), since):
        found.setdefault(row["root"], []).append(Contact(row["channel"], row["created_at"]))
    return found


async def spent_since(connection: asyncpg.Connection, playbook_key: str, since: datetime) -> int:
    """Sum what a playbook's tasks cost since an instant, planned or spent, in minor units."""
    found: int = await connection.fetchval(_SPENT, playbook_key, since)
    return found


async def there_already(
    connection: asyncpg.Connection, causes: Mapping[str, UUID]
) -> frozenset[str]:
    """Name the causes, each with its profile, that made a task before, for whoever they were."""
    rows = await connection.fetch(_THERE, list(causes), list(causes.values()))
    return frozenset(row["once_key"] for row in rows)
