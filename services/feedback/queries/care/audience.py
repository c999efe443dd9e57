"""Who belongs to an audience: a segment's members, or those of some tiers and lifecycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from services.feedback.domain.care.playbook import Audience

#: Counting a whole base takes longer than a usual statement may.
COUNT_TIMEOUT_S: Final = 25.0
_NOBODY: Final = UUID(int=0)
# $1 segment, $2 programme, $3 tiers, $4 lifecycles. Lifecycles are those of the default programme
# unless one is named: a status programme knows none.
_TIER: Final = """
JOIN live_releases l ON l.release_id = t.release_id AND l.programme_key = t.programme_key
"""
_HOLDS: Final = f"""
($2::text IS NULL OR cardinality($3::text[]) = 0 OR EXISTS (SELECT FROM tier_current t {_TIER}
    WHERE t.profile_id = c.profile_id AND t.programme_key = $2 AND t.tier_key = ANY($3)))
AND (cardinality($4::text[]) = 0 OR EXISTS (SELECT FROM tier_current t {_TIER}
    JOIN programmes p ON p.programme_key = t.programme_key AND p.is_default
    WHERE t.profile_id = c.profile_id AND t.lifecycle = ANY($4)))
AND c.merged_into IS NULL AND c.erased_at IS NULL
"""  # noqa: S608 - ours
_OF_SEGMENT: Final = f"""
segment_members m JOIN customers c ON c.profile_id = m.profile_id
WHERE m.segment_key = $1 AND {_HOLDS}
"""
_OF_ALL: Final = f"customers c WHERE $1::text IS NULL AND {_HOLDS}"
_IN_SEGMENT: Final = """
($1::text IS NULL OR EXISTS (SELECT FROM segment_members m
    WHERE m.profile_id = c.profile_id AND m.segment_key = $1))
"""
_MEMBERS: Final = f"""
SELECT c.profile_id FROM customers c
WHERE c.profile_id = ANY($5::uuid[]) AND {_IN_SEGMENT} AND {_HOLDS}
"""  # noqa: S608 - ours


@dataclass(frozen=True, slots=True)
class AudiencePage:
    """Some of an audience in the order of their ids, and whether there may be more."""

    profile_ids: list[UUID]
    has_more: bool


async def audience_page(
    connection: asyncpg.Connection, audience: Audience, after: UUID | None, limit: int
) -> AudiencePage:
    """List members of an audience after one of them."""
    column = "m" if audience.segment else "c"
    statement = f"""
        SELECT c.profile_id FROM {_rooms(audience)} AND {column}.profile_id > $5
        ORDER BY {column}.profile_id LIMIT $6
        """  # noqa: S608 - ours
    rows = await connection.fetch(statement, *_given(audience), after or _NOBODY, limit)
    return AudiencePage([row["profile_id"] for row in rows], len(rows) == limit)


async def count_audience(connection: asyncpg.Connection, audience: Audience) -> int:
    """Count the members of an audience."""
    statement = f"SELECT count(*) FROM {_rooms(audience)}"  # noqa: S608 - ours
    found: int = await connection.fetchval(statement, *_given(audience), timeout=COUNT_TIMEOUT_S)
    return found


async def allow_time(connection: asyncpg.Connection) -> None:
    """Let statements of this transaction run as long as counting a whole base takes."""
    milliseconds = str(int(COUNT_TIMEOUT_S * 1000))
    await connection.execute("SELECT set_config('statement_timeout', $1, true)", milliseconds)


async def members_among(
    connection: asyncpg.Connection, audience: Audience, profile_ids: Sequence[UUID]
) -> frozenset[UUID]:
    """Name those of some profiles that belong to an audience."""
    rows = await connection.fetch(_MEMBERS, *_given(audience), list(profile_ids))
    return frozenset(row["profile_id"] for row in rows)


def _rooms(audience: Audience) -> str:
    return _OF_SEGMENT if audience.segment else _OF_ALL


def _given(audience: Audience) -> tuple[str | None, str | None, list[str], list[str]]:
    return (
        audience.segment,
        audience.programme,
        list(audience.tiers),
        list(audience.lifecycles),
    )
