"""The two steps of a sweep on one shard: sum the missing levels, then decide and store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from services.scoring.domain.days import CustomerDays, day_number
from services.scoring.domain.features import features
from services.scoring.domain.tiers.decide import Grid
from services.scoring.domain.tiers.decision import Decision
from services.scoring.domain.tiers.levels import Levels
from services.scoring.domain.tiers.release import Release
from services.scoring.queries.bases.whole_base import Chunk, Span, read_range
from services.scoring.queries.bases.whole_days import IdRange
from services.scoring.queries.releases.bulk_decisions import store_swept
from services.scoring.queries.tiers.decisions import Frame
from services.scoring.usecases.releases.bulk import decide_all, without_collection
from services.scoring.usecases.releases.shards import Site


@dataclass(frozen=True, slots=True)
class ToSum:
    """A range of customers and the dates whose raw scores are to be summed."""

    site: Site
    ids: IdRange
    chunk: int
    span: Span
    release: Release
    dates: Sequence[date]


@dataclass(frozen=True, slots=True)
class ToSweep:
    """A range of customers to decide for the span's date."""

    site: Site
    ids: IdRange
    chunk: int
    span: Span
    release: Release
    levels: Levels
    frame: Frame


def sum_shard(task: ToSum) -> list[NDArray[np.float64]]:
    """Sum and count a range's raw scores at each date, chunk by chunk, in any process."""
    with without_collection():
        return asyncio.run(_sum(task))


def sweep_shard(task: ToSweep) -> int:
    """Decide and store a range of customers, in any process; give the number of decisions."""
    return asyncio.run(_sweep(task))


async def _sum(task: ToSum) -> list[NDArray[np.float64]]:
    async with (
        task.site.pool() as pool,
        pool.acquire() as connection,
        aclosing(read_range(connection, task.ids, task.span, chunk=task.chunk)) as base,
    ):
        return [_sums(chunk.days, task.dates, task.release) async for chunk in base]


async def _sweep(task: ToSweep) -> int:
    midnights, now = task.site.midnights(), task.frame.decided_at
    grid = Grid(task.release, task.levels, task.span.today, midnights, now)
    # One connection reads a snapshot, one writes beside it.
    async with task.site.pool(size=2) as pool, pool.acquire() as connection:

        async def store(chunk: Chunk, decisions: list[Decision]) -> None:
            sums = [customer.stored_sum for customer in chunk.customers]
            await store_swept(pool, decisions, task.frame, sums)

        async with aclosing(read_range(connection, task.ids, task.span, chunk=task.chunk)) as base:
            return await decide_all(_stale(base), grid, store)


async def _stale(base: AsyncIterator[Chunk]) -> AsyncIterator[Chunk]:
    """Leave out chunks in which everybody is decided already."""
    async for chunk in base:
        if not all(chunk.is_current):
            yield chunk


def _sums(days: CustomerDays, dates: Sequence[date], release: Release) -> NDArray[np.float64]:
    """Sum and count the raw scores of a chunk's buyers at each date: (n_dates, 2)."""
    found = [raw_of_buyers(days, day_number(day), release) for day in dates]
    return np.array([(raw.sum(), len(raw)) for raw in found])


def raw_of_buyers(days: CustomerDays, today: int, release: Release) -> NDArray[np.float64]:
    """Score the customers with an order on or before a day number, with all its facts."""
    ordered = np.where(days.date <= today, days.orders, 0)
    sums = np.concatenate(([0], np.cumsum(ordered)))[days.offsets]
    buyers = np.flatnonzero(np.diff(sums) > 0)
    model, start = release.model, release.history_start
    X = features(
        days, today + 1, start, customers=buyers, columns=model.columns, months=model.months
    )
    return model.raw_score(X)
