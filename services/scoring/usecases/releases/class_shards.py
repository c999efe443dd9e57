"""The two steps of a release of classes on one shard: gauge its customers, then decide them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from services.scoring.domain.conditions.tree import Rank
from services.scoring.domain.tiers.class_cuts import Gauged, gauge
from services.scoring.domain.tiers.decide import Grid
from services.scoring.domain.tiers.decision import Decision
from services.scoring.domain.tiers.first_decisions import AsOf
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.release import Release
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.bases.whole_base import Chunk, Span, read_range
from services.scoring.queries.bases.whole_days import IdRange
from services.scoring.queries.releases.bulk_decisions import store_unread
from services.scoring.queries.tiers.decisions import Frame
from services.scoring.usecases.releases.bulk import decide_all, without_collection
from services.scoring.usecases.releases.shards import Site


@dataclass(frozen=True, slots=True)
class ToGauge:
    """A range of customers, and what is cut of them."""

    site: Site
    ids: IdRange
    chunk: int
    span: Span
    model: ValueModel
    history_start: int
    ranks: Sequence[Rank]


@dataclass(frozen=True, slots=True)
class ToClass:
    """A range of customers to decide for a release that nobody reads yet."""

    site: Site
    ids: IdRange
    chunk: int
    span: Span
    release: Release
    levels: Levels
    frame: Frame


def gauge_shard(task: ToGauge) -> list[Gauged]:
    """Read and gauge a range of customers, in any process."""
    with without_collection():
        return asyncio.run(_gauge(task))


def class_shard(task: ToClass) -> int:
    """Decide and store a range of customers, in any process; give their number."""
    return asyncio.run(_class(task))


async def _gauge(task: ToGauge) -> list[Gauged]:
    as_of = AsOf(task.model, task.history_start, task.span.today, task.site.midnights())
    async with (
        task.site.pool() as pool,
        pool.acquire() as connection,
        aclosing(read_range(connection, task.ids, task.span, chunk=task.chunk)) as base,
    ):
        return [gauge(chunk.customers, chunk.days, as_of, task.ranks) async for chunk in base]


async def _class(task: ToClass) -> int:
    midnights, now = task.site.midnights(), task.frame.decided_at
    grid = Grid(task.release, task.levels, task.release.reference_date, midnights, now)
    # One connection reads a snapshot, one writes beside it.
    async with task.site.pool(size=2) as pool, pool.acquire() as connection:

        async def store(_: Chunk, decisions: list[Decision]) -> None:
            await store_unread(pool, decisions, task.frame)

        async with aclosing(read_range(connection, task.ids, task.span, chunk=task.chunk)) as base:
            return await decide_all(base, grid, store)
