"""Run one waiting job: heartbeat beside it, result or failure after it, given back on a stop."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from time import perf_counter
from typing import Any, Final

import asyncpg

from shared import job_claims
from shared.away import is_away
from shared.jobs import Job
from shared.logs import JOB_DONE, JOB_FAILED
from shared.problem import DomainError

HEARTBEAT_S: Final = 5.0
UNEXPECTED: Final = "It failed unexpectedly; the worker's log says why"


class JobLost(Exception):
    """Another worker has taken this job over."""


#: Tells how far the job is (0..1) and what it does; raises JobLost.
Report = Callable[[float, str], Awaitable[None]]
#: Does a job and returns its result as JSON values; a DomainError's detail is shown to people.
JobHandler = Callable[[Job, Report], Awaitable[Mapping[str, object]]]


async def run_next(
    pool: asyncpg.Pool,
    handlers: Mapping[str, JobHandler],
    log: Any,
    *,
    heartbeat_s: float = HEARTBEAT_S,
) -> bool:
    """Do the oldest waiting job the handlers know, if there is one; tell whether there was."""
    job = await job_claims.claim(pool, list(handlers))
    if job is None:
        return False
    beating = asyncio.create_task(_beat(pool, job, heartbeat_s))
    started = perf_counter()
    try:
        await _do(pool, job, handlers[job.kind])
    except asyncio.CancelledError:
        await asyncio.shield(job_claims.release(pool, job, is_tried=False))
        raise
    except Exception as error:
        await _close(pool, job, error)
        log.exception(JOB_FAILED, job_id=str(job.job_id), kind=job.kind, ms=_ms_since(started))
    else:
        log.info(JOB_DONE, job_id=str(job.job_id), kind=job.kind, ms=_ms_since(started))
    finally:
        beating.cancel()
    return True


async def _do(pool: asyncpg.Pool, job: Job, handler: JobHandler) -> None:
    async def report(progress: float, message: str) -> None:
        if not await job_claims.report(pool, job, progress, message):
            raise JobLost

    result = await handler(job, report)
    if not await job_claims.finish(pool, job, result):
        raise JobLost


async def _close(pool: asyncpg.Pool, job: Job, error: Exception) -> None:
    if is_away(error) and job.attempts < job_claims.MAX_ATTEMPTS:
        # The row stays as it is when even this fails: it is taken over when its heartbeat is old.
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await job_claims.release(pool, job, is_tried=True)
        return
    await job_claims.fail(pool, job, error.detail if isinstance(error, DomainError) else UNEXPECTED)


async def _beat(pool: asyncpg.Pool, job: Job, every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await job_claims.heartbeat(pool, job)


def _ms_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 1)
