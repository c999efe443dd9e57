"""The value model over HTTP: train, list, promote."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from services.scoring.deps import Pool
from services.scoring.domain.job_kinds import PROMOTE, TRAIN
from services.scoring.errors import UnknownModel
from services.scoring.queries.models import find_artefact, list_models
from services.scoring.routes.contracts import ModelList, ModelSummary, TrainRequest
from shared import jobs
from shared.auth import require
from shared.contracts.jobs import JobAccepted
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/models", tags=["models"])
READING: Final = [Depends(require("score:read"))]
WRITING: Final = [Depends(require("models:write"))]
FAULTS: Final = problem_responses(400, 401, 403, 404, 413, 415, 422, 503)


@router.get("", dependencies=READING, responses=problem_responses(400, 401, 403, 503))
async def models(pool: Pool) -> ModelList:
    """List the models, the newest first, with what was measured of them."""
    return ModelList(
        items=[
            ModelSummary(
                model_version=row.version,
                kind=row.manifest["kind"],
                created_at=row.created_at,
                horizon_days=row.manifest["horizon_days"],
                customers=row.manifest["customers"],
                metrics=row.manifest["metrics"],
                warnings=row.manifest["warnings"],
                live_in=row.live_in,
            )
            for row in await list_models(pool)
        ]
    )


@router.post(
    "/train",
    status_code=202,
    response_model=JobAccepted,
    dependencies=WRITING,
    openapi_extra=openapi_body(TrainRequest, {}),
    responses=FAULTS,
)
async def train(
    pool: Pool, _: Annotated[TrainRequest, Depends(json_body(TrainRequest))]
) -> Response:
    """Train on everything before today in the background; a training under way is joined."""
    running = await jobs.newest_open(pool, TRAIN)
    job_id = running.job_id if running else await jobs.enqueue(pool, TRAIN, {})
    return _accepted(JobAccepted(job_id=job_id))


@router.post(
    "/{version}/promote",
    status_code=202,
    response_model=JobAccepted,
    dependencies=WRITING,
    responses=problem_responses(400, 401, 403, 404, 422, 503),
)
async def promote(pool: Pool, version: str) -> Response:
    """Put a model into force in the background: every customer is decided, then it is live."""
    if await find_artefact(pool, version) is None:
        raise UnknownModel
    return _accepted(
        JobAccepted(job_id=await jobs.enqueue(pool, PROMOTE, {"model_version": version}))
    )


def _accepted(job: JobAccepted) -> Response:
    return JSONResponse(
        job.model_dump(mode="json") | {"status": "queued"},
        status_code=202,
        headers={"Location": f"/v1/jobs/{job.job_id}"},
    )
