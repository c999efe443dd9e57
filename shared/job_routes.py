"""GET /v1/jobs and /v1/jobs/{id}, the same in every service that has jobs."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends, Query, Request

from shared import jobs
from shared.auth import require
from shared.contracts.common import Page
from shared.contracts.jobs import Job, JobStatus
from shared.forms import form
from shared.problem import NOT_FOUND, Problem
from shared.problem_handlers import problem_responses

KIND = form(r"^[a-z_]+$", "must be lower-case letters and _, such as train_model")
Kind = Annotated[str | None, Query(min_length=1, max_length=64, pattern=KIND)]
Limit = Annotated[int, Query(ge=1, le=200)]


def jobs_router(
    scope: str, kinds: frozenset[str], pool_of: Callable[[Request], asyncpg.Pool], *others: str
) -> APIRouter:
    """Make the routes for a service's kinds of job; a job of another kind is as good as unknown.

    A key with `scope` or one of the `others` may ask.
    """
    router = APIRouter(prefix="/v1/jobs", tags=["jobs"])
    guarded = [Depends(require(scope, *others))]
    faults = problem_responses(400, 401, 403, 404, 422, 503)

    @router.get("", dependencies=guarded, responses=problem_responses(400, 401, 403, 422, 503))
    async def jobs_by_age(
        request: Request,
        kind: Kind = None,
        status: JobStatus | None = None,
        limit: Limit = 50,
        cursor: UUID | None = None,
    ) -> Page[Job]:
        """List background jobs, newest first: of one kind, of one status, or all."""
        wanted = kinds if kind is None else kinds & {kind}
        found = await jobs.newest(
            pool_of(request), wanted, status=status, before=cursor, limit=limit + 1
        )
        items = [reply(each) for each in found[:limit]]
        return Page(items=items, next_cursor=str(items[-1].id) if len(found) > limit else None)

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
