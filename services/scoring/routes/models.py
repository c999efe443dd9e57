"""The value model over HTTP: train, list, look at, promote, roll back."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.scoring.deps import Keys, Pool
from services.scoring.domain.life.promotion import Order
from services.scoring.domain.records import ModelRow
from services.scoring.usecases.models.model_registry import (
    all_models,
    ask_for_promotion,
    ask_for_training,
    one_model,
)
from services.scoring.usecases.models.rollback import roll_back
from shared.auth import require
from shared.contracts.jobs import JobAccepted
from shared.contracts.models import (
    ModelDetail,
    ModelHappening,
    ModelList,
    ModelSummary,
    PromoteRequest,
    RollbackAnswer,
    RollbackRequest,
    TrainRequest,
)
from shared.idempotency import HEADER_PARAMETER, REPLAYED, Answer, Asked, key_of
from shared.keys import Caller
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body, read_json, validated

router = APIRouter(prefix="/v1/models", tags=["models"])
READING: Final = [Depends(require("score:read"))]
Writer = Annotated[Caller, Depends(require("models:write"))]
IdempotencyKey = Annotated[str | None, Depends(key_of)]
TrainBody = Annotated[TrainRequest, Depends(json_body(TrainRequest))]
RollbackBody = Annotated[RollbackRequest, Depends(json_body(RollbackRequest))]
EXAMPLE_OVERRIDE: Final = {"override": True, "reason": "The hold-out fell into a closed month."}
EXAMPLE_ROLLBACK: Final = {"reason": "The new model puts bulk buyers too low."}
FAULTS: Final = problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503)


def _with_key(body: dict[str, Any], *, is_required: bool = True) -> dict[str, Any]:
    """Declare a body and the Idempotency-Key beside it."""
    body["requestBody"]["required"] = is_required
    return body | {"parameters": [HEADER_PARAMETER]}


async def _promotion(request: Request) -> PromoteRequest:
    """Read the body of a promotion; none asks for nothing special."""
    if request.headers.get("content-length", "0") == "0" and (
        "transfer-encoding" not in request.headers
    ):
        return PromoteRequest()
    return validated(PromoteRequest, await read_json(request))


PromoteBody = Annotated[PromoteRequest, Depends(_promotion)]


@router.get("", dependencies=READING, responses=problem_responses(400, 401, 403, 503))
async def models(pool: Pool) -> ModelList:
    """List the models, the newest first, with what was measured of them."""
    return ModelList(items=[ModelSummary(**_summary(row)) for row in await all_models(pool)])


@router.post(
    "/train",
    status_code=202,
    response_model=JobAccepted,
    openapi_extra=_with_key(openapi_body(TrainRequest, {})),
    responses=FAULTS,
)
async def train(pool: Pool, caller: Writer, key: IdempotencyKey, body: TrainBody) -> Response:
    """Train on everything before today in the background; a training under way is joined.

    What passes the promotion gate goes live, unless promotion is manual.
    """
    asked = Asked(caller, "POST /v1/models/train", body, key, status=202)
    return _accepted(await ask_for_training(pool, asked))


@router.post(
    "/rollback",
    response_model=RollbackAnswer,
    openapi_extra=_with_key(openapi_body(RollbackRequest, EXAMPLE_ROLLBACK)),
    responses=FAULTS,
)
async def rollback(
    pool: Pool, keys: Keys, caller: Writer, key: IdempotencyKey, body: RollbackBody
) -> Response:
    """Go back to the release before, at once; the last three releases are kept."""
    asked = Asked(caller, "POST /v1/models/rollback", body, key, body.reason)
    return _replied(await roll_back(pool, keys.model_signing_key, asked))


@router.get(
    "/{version}", dependencies=READING, responses=problem_responses(400, 401, 403, 404, 422, 503)
)
async def model(pool: Pool, version: str) -> ModelDetail:
    """Tell everything about a model: manifest, the gate's verdict, and what happened to it."""
    found = await one_model(pool, version)
    manifest = found.row.manifest
    return ModelDetail(
        **_summary(found.row),
        **{name: manifest[name] for name in ("trained_from", "trained_until", "cutoffs")},
        **{name: manifest[name] for name in ("rows", "parity", "feature_hash")},
        # models older than these fields lack them
        **{name: manifest.get(name, "") for name in ("code_version", "sha256")},
        log=[
            ModelHappening(
                at=event.at,
                what=event.what,
                actor=event.actor,
                reason=event.reason,
                details=event.details,
            )
            for event in found.events
        ],
    )


@router.post(
    "/{version}/promote",
    status_code=202,
    response_model=JobAccepted,
    openapi_extra=_with_key(openapi_body(PromoteRequest, EXAMPLE_OVERRIDE), is_required=False),
    responses=FAULTS,
)
async def promote(
    pool: Pool, keys: Keys, caller: Writer, *, version: str, key: IdempotencyKey, body: PromoteBody
) -> Response:
    """Put a model into force in the background: every customer is decided, then it is live."""
    order = Order(caller.name, body.reason or "", overrides=body.override)
    asked = Asked(caller, f"POST /v1/models/{version}/promote", body, key, status=202)
    answer = await ask_for_promotion(pool, version, order, asked, key=keys.model_signing_key)
    return _accepted(answer)


def _summary(row: ModelRow) -> dict[str, Any]:
    copied = ("kind", "horizon_days", "customers", "metrics", "warnings")
    return {
        "model_version": row.version,
        "status": row.status,
        "created_at": row.created_at,
        "live_in": row.live_in,
        "gate": row.gate,
        **{name: row.manifest[name] for name in copied},
    }


def _replied(answer: Answer) -> Response:
    return JSONResponse(answer.body, answer.status, REPLAYED if answer.is_replayed else None)


def _accepted(answer: Answer) -> Response:
    response = _replied(answer)
    response.headers["Location"] = f"/v1/jobs/{answer.body['job_id']}"
    return response
