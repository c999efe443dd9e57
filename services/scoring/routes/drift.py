"""Whether a model still fits, and a challenger beside it, over HTTP."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response

from services.scoring.deps import Drifting, Keys, Pool
from services.scoring.routes.contracts.drift_contracts import (
    EXAMPLE_DRIFT,
    DriftAnswer,
)
from services.scoring.usecases.fit.shadow import begin_shadow, end_shadow
from shared.auth import require
from shared.contracts.drift import ShadowNamed
from shared.keys import Caller
from shared.problem_handlers import problem_responses

router = APIRouter(prefix="/v1/models", tags=["models"])
READING: Final = [Depends(require("score:read"))]
Trainer = Annotated[Caller, Depends(require("models:write"))]
_OK: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/json": {"example": EXAMPLE_DRIFT}}}
}


@router.get(
    "/drift",
    dependencies=READING,
    responses={**_OK, **problem_responses(400, 401, 403, 503)},
)
async def drift(watch: Drifting) -> DriftAnswer:
    """Say whether the live model still fits: its newest report, and how a challenger compares."""
    return DriftAnswer.model_validate(await watch.told())


@router.post(
    "/{version}/shadow",
    responses=problem_responses(400, 401, 403, 404, 409, 422, 503),
)
async def begin(pool: Pool, keys: Keys, caller: Trainer, version: str) -> ShadowNamed:
    """Have a model scored beside the live one, in place of any other challenger."""
    key = keys.model_signing_key
    role = await begin_shadow(pool, version, key, actor=caller.name)
    return ShadowNamed(model_version=role.model_version, since=role.since)


@router.delete("/shadow", status_code=204, responses=problem_responses(400, 401, 403, 503))
async def end(pool: Pool, caller: Trainer) -> Response:
    """Have no challenger any more."""
    await end_shadow(pool, actor=caller.name)
    return Response(status_code=204)
