"""GET /v1/jobs/{id}, the same in every service that has jobs."""

from collections.abc import Callable
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Request

from shared import jobs
from shared.auth import require
from shared.contracts.jobs import Job
from shared.problem import NOT_FOUND, Problem
from shared.problem_handlers import problem_responses


def jobs_router(
    scope: str, kinds: frozenset[str], pool_of: Callable[[Request], asyncpg.Pool], *others: str
) -> APIRouter:
    """Make the route for a service's kinds of job; a job of another kind is as good as unknown.

    A key with `scope` or one of the `others` may ask.
    """
    router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
    guarded = [Depends(require(scope, *others))]
    faults = problem_responses(400, 401, 403, 404, 422, 503)

    @router.get("/{job_id}", dependencies=guarded, responses=faults)
    async def job(request: Request, job_id: UUID) -> Job:
        """Tell how far a background job is."""
        found = await jobs.find(pool_of(request), job_id)
        if found is None or found.kind not in kinds:
            raise Problem(NOT_FOUND)
        return reply(found)

    return router


def reply(job: jobs.Job) -> Job:
    """Give a job as it is answered; its arguments stay inside."""
    return Job(
        id=job.job_id,
        kind=job.kind,
        status=job.status,
        progress=job.progress,
        message=job.message,
        result=job.result,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )
