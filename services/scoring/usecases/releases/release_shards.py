"""The two steps of a release on one shard: appraise its customers, then decide and store them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from services.scoring.domain.tiers.decide import Grid
from services.scoring.domain.tiers.first_decisions import (
    Appraised,
    AsOf,
    appraise,
    controlled_decisions,
    first_decisions,
)
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.release import Release
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.bases.whole_base import Span, read_range
from services.scoring.queries.bases.whole_days import IdRange
from services.scoring.queries.releases.bulk_decisions import store_new_release, store_unread
from services.scoring.queries.tiers.decisions import Frame
from services.scoring.usecases.releases.bulk import without_collection
from services.scoring.usecases.releases.shards import Site


@dataclass(frozen=True, slots=True)
class ToAppraise:
    """A range of customers and the model to appraise them by."""

    site: Site
    ids: IdRange
    chunk: int
    span: Span
    model: ValueModel
    history_start: int


@dataclass(frozen=True, slots=True)
class ToStore:
    """Appraised customers and the release to decide them for."""

    site: Site
    appraised: Sequence[Appraised]
    release: Release
    levels: Levels
    frame: Frame


def appraise_shard(task: ToAppraise) -> list[Appraised]:
    """Read and score a range of customers, in any process."""
    with without_collection():
        return asyncio.run(_appraise(task))


def store_shard(task: ToStore) -> int:
    """Decide and store appraised customers, in any process; give their number."""
    with without_collection():
        return asyncio.run(_store(task))


async def _appraise(task: ToAppraise) -> list[Appraised]:
    as_of = AsOf(task.model, task.history_start, task.span.today, task.site.midnights())
    async with (
        task.site.pool() as pool,
        pool.acquire() as connection,
        aclosing(read_range(connection, task.ids, task.span, chunk=task.chunk)) as base,
    ):
        return [appraise(chunk.customers, chunk.days, as_of) async for chunk in base]


async def _store(task: ToStore) -> int:
    reference, now = task.release.reference_date, task.frame.decided_at
    grid = Grid(task.release, task.levels, reference, task.site.midnights(), now)
    async with task.site.pool() as pool:
        for some in task.appraised:
            await store_new_release(pool, list(first_decisions(some, grid)), task.frame)
            if some.controlled:
                await store_unread(pool, controlled_decisions(some, grid), task.frame)
    return sum(map(len, task.appraised))
