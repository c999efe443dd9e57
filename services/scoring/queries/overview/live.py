"""Which programmes are in force, as the counts of the base look at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import asyncpg

from services.scoring.domain.programmes.ladder import rungs_of

# Every tier a programme ever had: somebody may still be told one of an older version.
_LIVE: Final = """
SELECT l.programme_key, l.release_id, r.schedule IS NOT NULL AS is_status, p.is_default,
    ARRAY(SELECT DISTINCT t ->> 'key' FROM programme_versions v
        CROSS JOIN LATERAL jsonb_array_elements(v.document -> 'tiers') t
        WHERE v.programme_key = l.programme_key AND v.status = 'published' ORDER BY 1) AS tiers,
    d.document
FROM live_releases l
JOIN releases r USING (release_id)
JOIN programmes p ON p.programme_key = l.programme_key
JOIN programme_versions d
    ON d.programme_key = r.programme_key AND d.version = r.programme_version
ORDER BY p.is_default DESC, l.programme_key LIMIT 1000
"""
# Of two workers one counts.
_BEGIN: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended('tierline:overview', 0))"
# Sorts and hashes of a million customers may hold them in memory.
_PATIENCE: Final = (
    "SET LOCAL statement_timeout = '30min'; SET LOCAL work_mem = '128MB'; SET LOCAL jit = off"
)


@dataclass(frozen=True, slots=True)
class LiveProgramme:
    """A programme in force, its release, every tier it ever had, and those of now by rank."""

    key: str
    release_id: int
    is_status: bool
    is_default: bool
    tiers: tuple[str, ...]
    by_rank: Mapping[int, str]


async def live_programmes(connection: asyncpg.Pool | asyncpg.Connection) -> list[LiveProgramme]:
    """List the programmes in force, the default one first."""
    return [
        LiveProgramme(
            row["programme_key"],
            row["release_id"],
            row["is_status"],
            row["is_default"],
            tuple(row["tiers"]),
            {rung.rank: rung.key for rung in rungs_of(row["document"])},
        )
        for row in await connection.fetch(_LIVE)
    ]


async def try_to_begin(connection: asyncpg.Connection) -> bool:
    """Become the one who counts until the transaction ends; False while somebody else does."""
    is_ours = bool(await connection.fetchval(_BEGIN))
    if is_ours:
        await connection.execute(_PATIENCE)
    return is_ours
