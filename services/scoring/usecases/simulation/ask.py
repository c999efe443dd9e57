"""Ask for a simulation, look at it, and call it off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.scoring.domain.life.job_kinds import SIMULATE
from services.scoring.domain.programmes.ladder import STATUS, kind_of
from services.scoring.errors import NoModelYet, SimulationsWaiting, UnknownSimulation
from services.scoring.queries.programmes import programmes, simulations
from services.scoring.usecases.programmes.look_up import require_version
from services.scoring.usecases.simulation.simulate import Order
from shared import jobs
from shared.idempotency import Answer, Asked, idempotently

#: One simulation takes minutes of all cores: nobody may fill the queue with them.
MOST_OPEN: Final = 5
#: The parts of a result that list customers; one kept from before may lack a part.
_NAMING: Final = (("losing", "largest"), ("rising", "largest"), ("more_hurts", "examples"))


async def ask_to_simulate(pool: asyncpg.Pool, order: Order, asked: Asked) -> Answer:
    """Queue a simulation, or name the one of the same order that waits or runs.

    Raises UnknownVersion, NoModelYet, SimulationsWaiting.
    """

    async def work(connection: asyncpg.Connection) -> Mapping[str, Any]:
        version = await require_version(connection, order.key, order.version)
        is_by_model = kind_of(version.document) != STATUS
        if is_by_model and await programmes.live_model(connection, order.key) is None:
            raise NoModelYet
        await simulations.hold_line(connection)
        job_id = await simulations.newest(connection, order.key, order.version)
        open_job = None if job_id is None else await jobs.find(connection, job_id)
        if open_job is None or open_job.finished_at or open_job.arguments != asdict(order):
            if await simulations.count_open(connection) >= MOST_OPEN:
                raise SimulationsWaiting
            job_id = await jobs.enqueue(connection, SIMULATE, asdict(order))
        return {"job_id": str(job_id)}

    return await idempotently(pool, asked, work)


async def find_simulation(
    pool: asyncpg.Pool, key: str, version: int
) -> tuple[jobs.Job, dict[str, Any] | None]:
    """Give the latest simulation of a version, with the customers' ids in its result.

    The result kept names nobody but by internal ids: who is erased is not in it any more.
    Raises UnknownSimulation.
    """
    job = await _newest(pool, key, version)
    return job, None if job.result is None else await named(pool, job.result)


async def named(pool: asyncpg.Pool, result: Mapping[str, Any]) -> dict[str, Any]:
    """Give a result with the ids that the shop knows its customers by, for those not erased."""
    listed = [each for part, name in _NAMING if part in result for each in result[part][name]]
    names = await simulations.names_of(pool, [UUID(each["profile_id"]) for each in listed])
    return {
        **result,
        **{
            part: result[part] | {name: _named(result[part][name], names)}
            for part, name in _NAMING
            if part in result
        },
    }


async def call_off(pool: asyncpg.Pool, key: str, version: int) -> jobs.Job:
    """Cancel the simulation of a version; one that is done stays; raises UnknownSimulation."""
    await simulations.cancel(pool, key, version)
    return await _newest(pool, key, version)


async def _newest(pool: asyncpg.Pool, key: str, version: int) -> jobs.Job:
    job_id = await simulations.newest(pool, key, version)
    job = None if job_id is None else await jobs.find(pool, job_id)
    if job is None:
        raise UnknownSimulation
    return job


def _named(listed: list[dict[str, Any]], names: Mapping[UUID, str]) -> list[dict[str, Any]]:
    return [
        {"customer_id": names.get(UUID(each["profile_id"]))}
        | {name: value for name, value in each.items() if name != "profile_id"}
        for each in listed
    ]
