"""Decide the whole base: one chunk is stored while the next is decided, off the event loop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterable, Awaitable, Callable, Iterator
from contextlib import contextmanager

from services.scoring.domain.tiers.decide import Grid, decide
from services.scoring.domain.tiers.decision import Decision
from services.scoring.queries.bases.whole_base import Chunk

Store = Callable[[Chunk, list[Decision]], Awaitable[None]]


async def decide_all(chunks: AsyncIterable[Chunk], grid: Grid, store: Store) -> int:
    """Decide and store every chunk; give the number of decisions."""
    storing: asyncio.Task[None] | None = None
    count = 0
    try:
        async for chunk in chunks:
            decisions = await asyncio.to_thread(_decide, chunk, grid)
            if storing is not None:
                await storing
            storing = asyncio.create_task(_stored(store, chunk, decisions))
            count += len(decisions)
    finally:
        if storing is not None:
            await storing
    return count


async def _stored(store: Store, chunk: Chunk, decisions: list[Decision]) -> None:
    await store(chunk, decisions)


def _decide(chunk: Chunk, grid: Grid) -> list[Decision]:
    with without_collection():
        return decide(chunk.customers, chunk.days, grid)


@contextmanager
def without_collection() -> Iterator[None]:
    """Put off garbage collection: nothing here is cyclic, and the search took half the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
