"""List who met an experiment."""

from __future__ import annotations

from typing import Any

import asyncpg

from services.feedback.queries.experiments.exposures import page_of_exposures
from services.feedback.usecases.experiments.define import require_experiment


async def list_exposures(
    pool: asyncpg.Pool, key: str, *, after: str | None, limit: int, arm: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """Give a page of who met an experiment, and where the next one begins.

    Raises UnknownExperiment.
    """
    await require_experiment(pool, key)
    found = await page_of_exposures(pool, key, after=after or "", limit=limit + 1, arm=arm)
    items = found[:limit]
    return items, items[-1]["unit"] if len(found) > limit else None
