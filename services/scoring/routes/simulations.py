"""What a draft would do."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import JsonValue
from starlette.responses import JSONResponse, Response

from services.scoring.deps import Pool
from services.scoring.routes.programme_versions import IdempotencyKey, Number, Writer
from services.scoring.routes.programmes import Key
from services.scoring.usecases.simulation.ask import ask_to_simulate, call_off, find_simulation
from services.scoring.usecases.simulation.simulate import Order
from shared.auth import require
from shared.contracts.jobs import JobAccepted
from shared.contracts.simulations import (
    EXAMPLE_SIMULATION,
    SimulationAnswer,
    SimulationRequest,
)
from shared.idempotency import HEADER_PARAMETER, REPLAYED, Asked
from shared.jobs import Job
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/programmes", tags=["programmes"])
_FAULTS: Final = problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)


Body = Annotated[SimulationRequest, Depends(json_body(SimulationRequest))]


@router.post(
    "/{programme}/versions/{version}/simulate",
    status_code=202,
    response_model=JobAccepted,
    openapi_extra=openapi_body(SimulationRequest, EXAMPLE_SIMULATION)
    | {"parameters": [HEADER_PARAMETER]},
    responses=_FAULTS,
)
async def simulate(
    pool: Pool, caller: Writer, *, programme: Key, version: Number, key: IdempotencyKey, body: Body
) -> Response:
    """Replay the whole base by a version in the background; nobody's tier changes."""
    route = f"POST /v1/programmes/{programme}/versions/{version}/simulate"
    order = Order(programme, version, body.months, body.seed)
    answer = await ask_to_simulate(pool, order, Asked(caller, route, body, key, status=202))
    response = JSONResponse(answer.body, answer.status, REPLAYED if answer.is_replayed else None)
    response.headers["Location"] = f"/v1/jobs/{answer.body['job_id']}"
    return response


@router.get(
    "/{programme}/versions/{version}/simulation",
    dependencies=[Depends(require("programmes:write"))],
    responses=problem_responses(400, 401, 403, 404, 422, 503),
)
async def simulation(pool: Pool, programme: Key, version: Number) -> SimulationAnswer:
    """Tell the latest simulation of a version, with the customers it would cost a tier."""
    job, result = await find_simulation(pool, programme, version)
    return _answer(job, result)


@router.delete(
    "/{programme}/versions/{version}/simulation",
    dependencies=[Depends(require("programmes:write"))],
    responses=problem_responses(400, 401, 403, 404, 422, 503),
)
async def cancel(pool: Pool, programme: Key, version: Number) -> SimulationAnswer:
    """Call off the simulation of a version that waits or runs; one that is done stays."""
    return _answer(await call_off(pool, programme, version), None)


def _answer(job: Job, result: dict[str, JsonValue] | None) -> SimulationAnswer:
    return SimulationAnswer(
        job_id=str(job.job_id),
        status=job.status,
        progress=job.progress,
        message=job.message,
        result=result,
    )
