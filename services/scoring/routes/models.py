"""The value model over HTTP: train, list, promote."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from services.scoring.deps import Pool
from services.scoring.routes.contracts import ModelList, ModelSummary, TrainRequest
from services.scoring.usecases.model_registry import (
    all_models,
    ask_for_promotion,
    ask_for_training,
)
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
            for row in await all_models(pool)
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
    return _accepted(await ask_for_training(pool))


@router.post(
    "/{version}/promote",
    status_code=202,
    response_model=JobAccepted,
    dependencies=WRITING,
    responses=problem_responses(400, 401, 403, 404, 422, 503),
)
async def promote(pool: Pool, version: str) -> Response:
    """Put a model into force in the background: every customer is decided, then it is live."""
    return _accepted(await ask_for_promotion(pool, version))


def _accepted(job_id: UUID) -> Response:
    job = JobAccepted(job_id=job_id)
    return JSONResponse(
        job.model_dump(mode="json") | {"status": "queued"},
        status_code=202,
        headers={"Location": f"/v1/jobs/{job.job_id}"},
    )
