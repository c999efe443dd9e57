"""Say on /health/ready which model decides, or why none can."""

from __future__ import annotations

import asyncpg

from services.scoring.errors import ReleaseBroken
from services.scoring.queries.releases import live_release_ids
from services.scoring.usecases.catalog import Catalog
from shared.away import is_away
from shared.health import Check, CheckState, Probe

NAME = "model"


def model_probe(pool: asyncpg.Pool, catalog: Catalog) -> Probe:
    """Probe the live releases: none yet is no fault, one that cannot be loaded is."""

    async def probe() -> Check:
        try:
            live = await live_release_ids(pool)
            versions = [(await catalog.release(release)).model_version for release in live]
        except ReleaseBroken as error:
            return Check(NAME, CheckState.FAILED, error.detail)
        except Exception as error:
            if is_away(error):
                return Check(NAME, CheckState.DEGRADED, "cannot be looked up just now")
            raise
        if not versions:
            return Check(NAME, CheckState.OK, "none yet: everybody has the entry tier")
        return Check(NAME, CheckState.OK, ", ".join(sorted(set(versions))))

    return probe
