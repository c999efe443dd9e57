"""Say on /health/ready which model decides and whether it still fits, or why none can."""

from __future__ import annotations

import asyncpg

from services.scoring.errors import ReleaseBroken
from services.scoring.queries.models.drift import latest_report
from services.scoring.queries.releases.releases import live_value_release_ids
from services.scoring.usecases.releases.catalog import Catalog
from shared.away import is_away
from shared.health import Check, CheckState, Probe

NAME = "model"


def model_probe(pool: asyncpg.Pool, catalog: Catalog) -> Probe:
    """Probe the live releases: none yet is no fault, one that cannot be loaded is."""

    async def probe() -> Check:
        try:
            live = await live_value_release_ids(pool)
            versions = {(await catalog.value_release(release)).model_version for release in live}
            reports = [await latest_report(pool, version) for version in sorted(versions)]
        except ReleaseBroken as error:
            return Check(NAME, CheckState.FAILED, error.detail)
        except Exception as error:
            if is_away(error):
                return Check(NAME, CheckState.DEGRADED, "cannot be looked up just now")
            raise
        if not versions:
            return Check(NAME, CheckState.OK, "none yet: everybody has the entry tier")
        told = [report.document["sentence"]["en"] for report in reports if report is not None]
        return Check(NAME, CheckState.OK, ": ".join([", ".join(sorted(versions)), *told]))

    return probe
