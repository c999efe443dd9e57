"""Experiments: who is held out, and what it changes."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AfterValidator
from starlette.responses import JSONResponse, Response

from services.feedback.deps import IdempotencyKey, Reader, Reporter, Running, Writer
from services.feedback.domain.experiments.experiment import Experiment
from services.feedback.domain.experiments.metrics import Metric
from services.feedback.domain.experiments.planning import Wish
from services.feedback.routes.answers.experiments import (
    experiment_answer,
    plan_answer,
    result_answer,
)
from services.feedback.routes.replies import replied_with_version
from services.feedback.usecases.experiments import define
from services.feedback.usecases.experiments.assign import assign
from services.feedback.usecases.experiments.define import Draft
from services.feedback.usecases.experiments.exposed import list_exposures
from services.feedback.usecases.experiments.plan import Question, currency_of, plan
from services.feedback.usecases.experiments.result import result_of
from shared.contracts.common import Page
from shared.contracts.experiments import (
    EXAMPLE_BODY,
    EXAMPLE_EXPERIMENT,
    EXAMPLE_PLAN,
    AssignmentAnswer,
    ExperimentAnswer,
    ExperimentBody,
    ExperimentRequest,
    ExposureItem,
    PlanAnswer,
    PlanRequest,
    ResultAnswer,
)
from shared.fields import identifier
from shared.forms import KEY
from shared.idempotency import HEADER_PARAMETER, Asked, idempotently
from shared.if_match import IF_MATCH_PARAMETER, Version, etag
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/experiments", tags=["experiments"])
NewBody = Annotated[ExperimentRequest, Depends(json_body(ExperimentRequest))]
Body = Annotated[ExperimentBody, Depends(json_body(ExperimentBody))]
PlanBody = Annotated[PlanRequest, Depends(json_body(PlanRequest))]
Key = Annotated[str, Path(pattern=KEY)]
KeyCursor = Annotated[str | None, Query(pattern=KEY)]
Cursor = Annotated[str | None, Query(min_length=1, max_length=128)]
Limit = Annotated[int, Query(ge=1, le=200)]
ManyLimit = Annotated[int, Query(ge=1, le=1000)]
CustomerId = Annotated[
    Annotated[str, AfterValidator(identifier)], Query(min_length=1, max_length=128)
]
ASKING: Final = problem_responses(400, 401, 403, 404, 422, 503)
CHANGING: Final = problem_responses(400, 401, 403, 404, 409, 422, 503)
WRITING: Final = problem_responses(400, 401, 403, 409, 412, 413, 415, 422, 503)


@router.post(
    "",
    status_code=201,
    response_model=ExperimentAnswer,
    responses=WRITING,
    openapi_extra=openapi_body(ExperimentRequest, EXAMPLE_EXPERIMENT)
    | {"parameters": [HEADER_PARAMETER]},
)
async def create(desk: Running, caller: Writer, key: IdempotencyKey, body: NewBody) -> Response:
    """Write a new experiment, a draft: nobody is shared out before it is started."""
    draft = Draft(body.key, _document(body), caller.name)

    async def work(connection: Any) -> dict[str, Any]:
        made = await define.create_experiment(connection, draft, desk.clock.now())
        return experiment_answer(made).model_dump(mode="json")

    asked = Asked(caller, "POST /v1/experiments", body, key, status=201)
    return replied_with_version(await idempotently(desk.pool, asked, work))


@router.post("/plan", openapi_extra=openapi_body(PlanRequest, EXAMPLE_PLAN), responses=CHANGING)
async def make_plan(desk: Running, _: Reporter, body: PlanBody) -> PlanAnswer:
    """Tell how small an effect is seen in how many days, or how many customers one takes."""
    wish = Wish(
        held_out=body.held_out_permille / 1000,
        alpha=body.alpha,
        power=body.power,
        is_sequential=body.design == "sequential",
        customers=body.customers,
    )
    question = Question(body.metric, body.segment, body.pre_period_days, wish, body.effect_percent)
    found = await plan(desk, question)
    return plan_answer(found, Metric(body.metric), await currency_of(desk), body.customers)


@router.get("", responses=ASKING)
async def show_all(
    desk: Running, _: Reader, limit: Limit = 50, cursor: KeyCursor = None
) -> Page[ExperimentAnswer]:
    """List experiments by their keys."""
    found, after = await define.list_experiments(desk.pool, cursor, limit)
    return Page(items=[experiment_answer(each) for each in found], next_cursor=after)


@router.get("/{key}", response_model=ExperimentAnswer, responses=ASKING)
async def show(desk: Running, _: Reader, key: Key) -> Response:
    """Give one experiment; its ETag is the version."""
    return _answered(await define.require_experiment(desk.pool, key))


@router.put(
    "/{key}",
    response_model=ExperimentAnswer,
    responses={201: {"model": ExperimentAnswer, "description": "A new draft"}, **WRITING},
    openapi_extra=openapi_body(ExperimentBody, EXAMPLE_BODY) | {"parameters": [IF_MATCH_PARAMETER]},
)
async def change(
    desk: Running, caller: Writer, *, key: Key, body: Body, version: Version
) -> Response:
    """Write an experiment, new or anew (If-Match); while it runs only its hold-out may grow."""
    draft = Draft(key, _document(body), caller.name, version)
    made, is_new = await define.change_experiment(desk, draft)
    return _answered(made, status=201 if is_new else 200)


@router.post("/{key}/start", response_model=ExperimentAnswer, responses=CHANGING)
async def begin(desk: Running, caller: Writer, key: Key) -> Response:
    """Share people out from now on; starting again changes nothing."""
    return _answered(await define.start(desk, key, caller.name))


@router.post("/{key}/stop", response_model=ExperimentAnswer, responses=CHANGING)
async def end(desk: Running, caller: Writer, key: Key) -> Response:
    """Hold nobody out any more; stopping again changes nothing."""
    return _answered(await define.stop(desk, key, caller.name))


@router.get("/{key}/assignment", responses=problem_responses(400, 401, 403, 404, 410, 422, 503))
async def assignment(
    desk: Running, _: Writer, key: Key, customer_id: CustomerId
) -> AssignmentAnswer:
    """Tell a customer's arm, the same every time; only of `other` it logs that they met."""
    found = await assign(desk, key, customer_id)
    return AssignmentAnswer(
        experiment=key,
        customer_id=customer_id,
        arm=found.arm,
        is_held_out=found.is_held_out,
        reason=found.reason,
    )


@router.get("/{key}/exposures", responses=ASKING)
async def exposures(
    desk: Running,
    _: Reader,
    *,
    key: Key,
    arm: Annotated[str | None, Query(pattern=KEY)] = None,
    limit: ManyLimit = 100,
    cursor: Cursor = None,
) -> Page[ExposureItem]:
    """List who met the experiment first when, in the order of what their arm is drawn from."""
    found, after = await list_exposures(desk.pool, key, after=cursor, limit=limit, arm=arm)
    return Page(items=[ExposureItem(**each) for each in found], next_cursor=after)


@router.get("/{key}/result", responses=ASKING)
async def result(desk: Running, _: Reporter, key: Key) -> ResultAnswer:
    """Compare the arms as of the end of yesterday, or say why that cannot be done yet."""
    return result_answer(await result_of(desk, key), await currency_of(desk))


def _answered(found: Experiment, *, status: int = 200) -> Response:
    body = experiment_answer(found).model_dump(mode="json")
    return JSONResponse(body, status, etag(found.version))


def _document(body: ExperimentBody) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude={"key"})
