"""One process's part of a simulation: read a range of customers, replay and tally them."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from services.scoring.domain.status.deciding import Instant
from services.scoring.domain.status.publication import Publication
from services.scoring.domain.status.release import StatusRelease
from services.scoring.domain.status.simulation import Question, Tally, tally, together
from services.scoring.queries.bases.whole_days import IdRange
from services.scoring.queries.programmes.simulations import Asked, Snapshot, read_members
from services.scoring.usecases.releases.bulk import without_collection
from services.scoring.usecases.releases.shards import Site


@dataclass(frozen=True, slots=True)
class Draft:
    """What is simulated: the parts of a question that travel between processes."""

    draft: StatusRelease
    former: StatusRelease | None
    as_of: datetime
    months: tuple[datetime, ...]
    since: datetime
    seed: int
    published: Publication | None = None

    def question(self, site: Site) -> Question:
        """Ask it with the midnights of the shop's zone."""
        instant = Instant(self.as_of, self.as_of.astimezone(site.zone).date(), site.midnights())
        return Question(
            self.draft,
            self.former,
            instant,
            self.months,
            self.since,
            self.seed,
            self.published,
        )


@dataclass(frozen=True, slots=True)
class ToSimulate:
    """A range of customers of a snapshot, and the draft to replay them by."""

    site: Site
    ids: IdRange
    snapshot: Snapshot
    asked: Asked
    draft: Draft


def simulate_shard(task: ToSimulate) -> Tally:
    """Replay a range of customers, in any process; writes nothing."""
    with without_collection():
        return asyncio.run(_simulate(task))


async def _simulate(task: ToSimulate) -> Tally:
    question = task.draft.question(task.site)
    async with (
        task.site.pool() as pool,
        pool.acquire() as connection,
        aclosing(read_members(connection, task.ids, task.snapshot, task.asked)) as base,
    ):
        parts = [tally(chunk, question) async for chunk in base]
    return together(parts, question)
