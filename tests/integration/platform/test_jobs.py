import asyncio
from collections.abc import Mapping
from uuid import UUID

import asyncpg
import pytest

from shared import job_claims, job_runner, jobs
from shared.jobs import Job
from shared.logs import logger
from shared.problem import DomainError

KINDS = ["train"]
LOG = logger("tests")


class NoHistory(DomainError):
    """There is nothing to learn from."""


async def start(pool: asyncpg.Pool, arguments: Mapping[str, object] | None = None) -> UUID:
    return await jobs.enqueue(pool, "train", arguments or {})


async def require_job(pool: asyncpg.Pool, job_id: UUID) -> Job:
    job = await jobs.find(pool, job_id)
    assert job is not None
    return job


async def require_claim(pool: asyncpg.Pool) -> Job:
    job = await job_claims.claim(pool, KINDS)
    assert job is not None
    return job


async def silence(pool: asyncpg.Pool, seconds: float) -> None:
    await pool.execute(
        "UPDATE jobs SET heartbeat_at = heartbeat_at - make_interval(secs => $1)", seconds
    )


async def test_a_job_waits_with_its_arguments(pool: asyncpg.Pool) -> None:
    job = await require_job(pool, await start(pool, {"at": "2026-11-21"}))
    assert (job.status, job.arguments, job.progress) == ("queued", {"at": "2026-11-21"}, 0)


async def test_an_unknown_job_is_none(pool: asyncpg.Pool) -> None:
    assert await jobs.find(pool, UUID(int=1)) is None


async def test_the_newest_unfinished_job_of_a_kind_is_found(pool: asyncpg.Pool) -> None:
    await start(pool)
    newest = await start(pool)
    await jobs.enqueue(pool, "erase", {})
    found = await jobs.newest_open(pool, "train")
    assert found is not None
    assert found.job_id == newest


async def test_two_workers_never_hold_the_same_job(pool: asyncpg.Pool) -> None:
    await start(pool)
    claims = await asyncio.gather(*(job_claims.claim(pool, KINDS) for _ in range(4)))
    assert len([job for job in claims if job is not None]) == 1


async def test_a_job_of_another_kind_is_left_alone(pool: asyncpg.Pool) -> None:
    await jobs.enqueue(pool, "erase", {})
    assert await job_claims.claim(pool, KINDS) is None


async def test_progress_is_told(pool: asyncpg.Pool) -> None:
    job_id = await start(pool)
    assert await job_claims.report(pool, await require_claim(pool), 0.5, "reading")
    job = await require_job(pool, job_id)
    assert (job.status, job.progress, job.message) == ("running", 0.5, "reading")


async def test_a_job_whose_worker_is_silent_is_taken_over(pool: asyncpg.Pool) -> None:
    await start(pool)
    first = await require_claim(pool)
    await silence(pool, 31)
    second = await require_claim(pool)
    assert second.attempts == 2
    assert not await job_claims.finish(pool, first, {})
    assert await job_claims.finish(pool, second, {})


async def test_a_job_with_a_heartbeat_is_kept(pool: asyncpg.Pool) -> None:
    await start(pool)
    job = await require_claim(pool)
    await silence(pool, 31)
    await job_claims.heartbeat(pool, job)
    assert await job_claims.claim(pool, KINDS) is None


async def test_a_job_that_kills_every_worker_fails_after_three(pool: asyncpg.Pool) -> None:
    job_id = await start(pool)
    for _ in range(3):
        await require_claim(pool)
        await silence(pool, 31)
    assert await job_claims.claim(pool, KINDS) is None
    job = await require_job(pool, job_id)
    assert (job.status, job.message) == ("failed", job_claims.GAVE_UP)


async def test_a_run_stores_the_result(pool: asyncpg.Pool) -> None:
    async def train(job: Job, report: job_runner.Report) -> Mapping[str, object]:
        await report(0.5, "fitting")
        return {"model_version": "m-1", "at": job.arguments["at"]}

    job_id = await start(pool, {"at": "2026-11-21"})
    assert await job_runner.run_next(pool, {"train": train}, LOG)
    job = await require_job(pool, job_id)
    assert (job.status, job.result) == ("done", {"model_version": "m-1", "at": "2026-11-21"})
    assert job.finished_at is not None


async def test_without_a_job_nothing_runs(pool: asyncpg.Pool) -> None:
    assert not await job_runner.run_next(pool, {}, LOG)


@pytest.mark.parametrize(
    ("error", "message"),
    [(NoHistory(), "There is nothing to learn from."), (ValueError("?"), job_runner.UNEXPECTED)],
)
async def test_a_failing_job_says_why_without_internals(
    pool: asyncpg.Pool, error: Exception, message: str
) -> None:
    async def train(_: Job, __: job_runner.Report) -> Mapping[str, object]:
        raise error

    job_id = await start(pool)
    await job_runner.run_next(pool, {"train": train}, LOG)
    job = await require_job(pool, job_id)
    assert (job.status, job.message, job.result) == ("failed", message, None)


async def test_an_outage_is_tried_again_but_not_for_ever(pool: asyncpg.Pool) -> None:
    async def train(_: Job, __: job_runner.Report) -> Mapping[str, object]:
        raise ConnectionResetError

    job_id = await start(pool)
    states = []
    for _ in range(3):
        await job_runner.run_next(pool, {"train": train}, LOG)
        states.append((await require_job(pool, job_id)).status)
    assert states == ["queued", "queued", "failed"]


async def test_a_stopped_worker_gives_its_job_back_untried(pool: asyncpg.Pool) -> None:
    begun = asyncio.Event()

    async def train(_: Job, __: job_runner.Report) -> Mapping[str, object]:
        begun.set()
        await asyncio.sleep(60)
        return {}

    job_id = await start(pool)
    run = asyncio.create_task(job_runner.run_next(pool, {"train": train}, LOG))
    await begun.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    job = await require_job(pool, job_id)
    assert (job.status, job.attempts) == ("queued", 0)


async def test_a_long_job_keeps_its_heartbeat(pool: asyncpg.Pool) -> None:
    async def train(_: Job, __: job_runner.Report) -> Mapping[str, object]:
        await silence(pool, 31)
        await asyncio.sleep(0.3)
        assert await job_claims.claim(pool, KINDS) is None
        return {}

    job_id = await start(pool)
    await job_runner.run_next(pool, {"train": train}, LOG, heartbeat_s=0.05)
    assert (await require_job(pool, job_id)).status == "done"


async def test_a_worker_that_lost_its_job_leaves_the_row_alone(pool: asyncpg.Pool) -> None:
    async def train(_: Job, report: job_runner.Report) -> Mapping[str, object]:
        await silence(pool, 31)
        await require_claim(pool)
        await report(0.9, "too late")
        return {}

    job_id = await start(pool)
    await job_runner.run_next(pool, {"train": train}, LOG)
    job = await require_job(pool, job_id)
    assert (job.status, job.attempts, job.message) == ("running", 2, "")
