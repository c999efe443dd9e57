"""Go back to an earlier release: which are left, and the pointer's flip."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from services.scoring.queries.telling.tier_news import telling

# Ids rise with time. One that was rolled back from is never gone back to. Those of the same rules
# come first.
_EARLIER = """
SELECT l.programme_key, l.release_id AS live_id, n.model_version AS live_version,
    r.release_id, r.model_version, r.programme_version = n.programme_version AS keeps_rules
FROM live_releases l
JOIN releases n ON n.release_id = l.release_id
JOIN releases r ON r.programme_key = l.programme_key AND r.release_id < l.release_id
    AND r.status = 'retired' AND r.live_at IS NOT NULL AND r.schedule IS NULL
ORDER BY l.programme_key, keeps_rules DESC, r.release_id DESC LIMIT 1000
"""
_LIVE = """
SELECT DISTINCT m.model_version, m.artefact, m.manifest ->> 'sha256' AS sha256
FROM live_releases l
JOIN releases r ON r.release_id = l.release_id
JOIN models m ON m.model_version = r.model_version
"""
_FLIP_BACK = """
UPDATE live_releases SET previous_release_id = release_id, release_id = $3,
    flipped_at = clock_timestamp()
WHERE programme_key = $1 AND release_id = $2
RETURNING release_id
"""
_MARK = """
UPDATE releases SET status = CASE WHEN release_id = $2 THEN 'live' ELSE 'rolled_back' END,
    live_at = CASE WHEN release_id = $2 THEN clock_timestamp() ELSE live_at END
WHERE release_id IN ($1, $2)
"""
# As at a promotion: whose stored tier differs from what was told last. One sorted pass.
_TELL = telling(
    """
INSERT INTO tier_history (profile_id, history_id, programme_key, release_id, customer_version,
    control_version, business_instant, decided_at, tier_from, tier_to, reason, inputs_hash)
SELECT t.profile_id, gen_random_uuid(), t.programme_key, t.release_id, t.decided_version,
    t.decided_control_version, t.decided_at, clock_timestamp(), h.tier_to, t.tier_key,
    'release', t.inputs_hash
FROM tier_current t
JOIN (
    SELECT DISTINCT ON (profile_id) profile_id, tier_to FROM tier_history
    WHERE programme_key = $1 ORDER BY profile_id, decided_at DESC, history_id DESC
) h ON h.profile_id = t.profile_id
WHERE t.programme_key = $1 AND t.release_id = $2 AND h.tier_to <> t.tier_key
    AND EXISTS (SELECT FROM live_releases l WHERE l.programme_key = $1 AND l.release_id = $2)
""",
    is_whole_base=True,
)


@dataclass(frozen=True, slots=True)
class Step:
    """A way back: from a programme's live release to an earlier one that is kept.

    `keeps_rules`: of the same version of the programme.
    """

    programme: str
    live_id: int
    live_version: str
    release_id: int
    model_version: str
    keeps_rules: bool


async def steps_back(pool: asyncpg.Pool) -> list[Step]:
    """List the ways back of every value programme: those of the same rules, the nearest first."""
    return [Step(*row.values()) for row in await pool.fetch(_EARLIER)]


async def live_artefacts(pool: asyncpg.Pool) -> list[tuple[str, bytes, str | None]]:
    """Read the artefacts that are in force: version, bytes, and the SHA-256 the registry names."""
    return [(row[0], row[1], row[2]) for row in await pool.fetch(_LIVE)]


async def flip_back(connection: asyncpg.Connection, step: Step) -> bool:
    """Turn the pointer, unless it has moved since the step was looked up; tell whether it did."""
    ids = (step.live_id, step.release_id)
    if await connection.fetchval(_FLIP_BACK, step.programme, *ids) is None:
        return False
    await connection.execute(_MARK, *ids)
    return True


async def tell_release(pool: asyncpg.Pool, programme: str, release_id: int) -> int:
    """Append to history whose tier the release in force changes; give how many."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        tag: str = await connection.execute(_TELL, programme, release_id)
    return int(tag.rsplit(" ", 1)[1])
