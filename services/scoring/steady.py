"""Stand without the database: start on the last known tiers, go on with them, come back from them.

What asks the database at start (schema level, durability, the first programme) is asked once it
can be reached, however long after the start that is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import asyncpg

from services.scoring.queries.tiers.last_known import reach
from services.scoring.settings import ScoringSettings
from services.scoring.usecases.steady.keeper import SnapshotKeeper, Writing
from services.scoring.usecases.steady.last_known import LastKnown
from services.scoring.usecases.steady.outage import Outage
from services.scoring.usecases.steady.places import snapshot_key, snapshot_path
from shared.away import is_away
from shared.health import Check, CheckState, Probe, database_probe
from shared.loops import Loop
from shared.settings import PlatformSettings

_PROBE_S: Final = 1.5
_LOOKED_EVERY_S: Final = 5.0
Prepare = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Steady:
    """What answers are given from while the database is away, and who knows whether it is."""

    outage: Outage
    last_known: LastKnown


async def start_steadily(
    pool: asyncpg.Pool, prepare: Prepare, settings: ScoringSettings, platform: PlatformSettings
) -> Steady:
    """Prepare the database, or begin without it where there is a file to answer from."""
    last_known = last_known_of(settings, platform)
    last_known.refresh()
    started = _Started(pool, prepare)
    outage = Outage(started.reach)
    try:
        await started.reach()
    except Exception as error:
        if not is_away(error) or last_known.header is None:
            raise
        outage.begin()
    return Steady(outage, last_known)


def last_known_of(settings: ScoringSettings, platform: PlatformSettings) -> LastKnown:
    """Give the reader of this host's file."""
    path = snapshot_path(settings.snapshot_file, platform.tierline_home)
    return LastKnown(path, snapshot_key(platform.secrets), max_stale_s=settings.max_stale_s)


def snapshot_loop(
    pool: asyncpg.Pool, steady: Steady, settings: ScoringSettings, platform: PlatformSettings
) -> Loop:
    """Give the loop that keeps this host's file young."""
    path = snapshot_path(settings.snapshot_file, platform.tierline_home)
    writing = Writing(path, settings.snapshot_every_s)
    keeper = SnapshotKeeper(pool, writing, steady.last_known, steady.outage)
    return Loop("scoring.snapshot", _LOOKED_EVERY_S, keeper.run_once)


class _Started:
    """Reaches the database; the first time it also prepares it."""

    __slots__ = ("_is_prepared", "_pool", "_prepare")

    def __init__(self, pool: asyncpg.Pool, prepare: Prepare) -> None:
        self._pool = pool
        self._prepare = prepare
        self._is_prepared = False

    async def reach(self) -> None:
        if self._is_prepared:
            await reach(self._pool)
            return
        await self._prepare()
        self._is_prepared = True


def steady_probe(
    pool: asyncpg.Pool, last_known: LastKnown, *, head: str, is_unsafe_allowed: bool
) -> Probe:
    """Probe the database; away is degraded only, as long as last known tiers can be told."""

    async def probe() -> Check:
        is_there = last_known.header is not None
        away = CheckState.DEGRADED if is_there else CheckState.FAILED
        asked = database_probe(pool, head=head, is_unsafe_allowed=is_unsafe_allowed, when_away=away)
        return await bounded(asked, "database", away)()

    return probe


def bounded(probe: Probe, name: str, late: CheckState) -> Probe:
    """Give a probe that says so when it gets no answer: balancers wait for a second or two."""

    async def asked() -> Check:
        try:
            async with asyncio.timeout(_PROBE_S):
                return await probe()
        except TimeoutError:
            return Check(name, late, "does not answer")

    return asked
