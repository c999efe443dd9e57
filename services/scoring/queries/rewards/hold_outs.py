"""Which running experiments hold benefits out, and who met one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import asyncpg

from services.scoring.domain.benefits.hold_out import HoldOut

# Few rows: marketers write them. The table is feedback's; everybody may read it.
_RUNNING: Final = """
SELECT experiment_key, salt, document -> 'arms' AS arms, about_kind, about_key, about_programme
FROM experiments
WHERE state = 'running' AND about_kind IN ('benefit', 'tier') AND about_programme IS NOT NULL
    AND ((document ->> 'starts_at') IS NULL OR (document ->> 'starts_at')::timestamptz <= $1)
    AND ((document ->> 'ends_at') IS NULL OR (document ->> 'ends_at')::timestamptz > $1)
ORDER BY experiment_key LIMIT 1000
"""


async def running_hold_outs(pool: asyncpg.Pool, now: datetime) -> Sequence[HoldOut]:
    """Read what is held out at an instant."""
    return [
        HoldOut(
            experiment_key=row["experiment_key"],
            salt=row["salt"],
            shares=tuple((arm["key"], arm["share"]) for arm in row["arms"]),
            kind=row["about_kind"],
            key=row["about_key"],
            programme=row["about_programme"],
        )
        for row in await pool.fetch(_RUNNING, now)
    ]
