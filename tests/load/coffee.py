"""A status programme in force on the base of a benchmark, published by the worker's own code."""

import json
from typing import Any, Final

import asyncpg

from tests.load.scored import background, no_report
from tests.paths import REPO_DIR

KEY: Final = "coffee"
DOCUMENT: Final[dict[str, Any]] = json.loads(
    (REPO_DIR / "services/scoring/presets/coffee.json").read_text("utf-8")
)
_PROGRAMME: Final = """
INSERT INTO programmes (programme_key, audience, created_at)
VALUES ($1, 'customer_facing', now()) ON CONFLICT DO NOTHING
"""
_VERSION: Final = """
INSERT INTO programme_versions (programme_key, version, status, document, created_at)
SELECT $1, coalesce(max(version), 0) + 1, 'publishing', $2, now()
FROM programme_versions WHERE programme_key = $1
RETURNING version
"""


async def publish_coffee(database_url: str) -> None:
    """Decide everybody by a new version of the preset and put it into force."""
    async with background(database_url) as worker:
        version = await add_version(worker.pool)
        await worker.publisher.publish(KEY, version, no_report)
        await worker.pool.execute("VACUUM ANALYZE tier_current")


async def add_version(pool: asyncpg.Pool) -> int:
    """Write the preset as the newest version."""
    await pool.execute(_PROGRAMME, KEY)
    version: int = await pool.fetchval(_VERSION, KEY, DOCUMENT)
    return version
