"""Tasks: what is due, and how it went."""

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator
from starlette.responses import Response

from services.feedback.deps import IdempotencyKey, Reader, Running, Writer
from services.feedback.routes.replies import replied
from services.feedback.usecases.care.task_desk import cancel, claim, complete, create_task
from services.feedback.usecases.care.task_reading import Wanted, list_tasks, one_task
from shared.contracts.common import Page
from shared.contracts.playbooks import ContactChannel
from shared.contracts.tasks import (
    EXAMPLE_CANCEL,
    EXAMPLE_CLAIM,
    EXAMPLE_COMPLETION,
    EXAMPLE_TASK,
    CancelRequest,
    ClaimRequest,
    CompletionRequest,
    TaskAnswer,
    TaskRequest,
    TaskStateName,
)
from shared.fields import Instant, identifier
from shared.forms import KEY
from shared.idempotency import HEADER_PARAMETER
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/tasks", tags=["tasks"])
NewBody = Annotated[TaskRequest, Depends(json_body(TaskRequest))]
Claim = Annotated[ClaimRequest, Depends(json_body(ClaimRequest))]
Completion = Annotated[CompletionRequest, Depends(json_body(CompletionRequest))]
Cancel = Annotated[CancelRequest, Depends(json_body(CancelRequest))]
Name = Annotated[
    Annotated[str, AfterValidator(identifier)] | None, Query(min_length=1, max_length=128)
]
ASKING: Final = problem_responses(400, 401, 403, 404, 422, 503)
WRITING: Final = problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503)
_WITH_KEY: Final[dict[str, Any]] = {"parameters": [HEADER_PARAMETER]}


@dataclass(frozen=True, slots=True)
class Asking:
    """Which tasks, and which page; without a state those that are still to be done."""

    state: Annotated[TaskStateName | None, Query()] = None
    owner: Name = None
    queue: Name = None
    customer_id: Name = None
    playbook: Annotated[str | None, Query(pattern=KEY)] = None
    channel: Annotated[ContactChannel | None, Query()] = None
    due_before: Annotated[Instant | None, Query()] = None
    limit: Annotated[int, Query(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Query(min_length=1, max_length=80)] = None


@router.get("", responses=ASKING)
async def show_all(
    desk: Running, _: Reader, asked: Annotated[Asking, Depends(Asking)]
) -> Page[TaskAnswer]:
    """List tasks in the order in which they are due, the urgent first."""
    wanted = Wanted(
        state=asked.state,
        owner=asked.owner,
        queue=asked.queue,
        customer_id=asked.customer_id,
        playbook_key=asked.playbook,
        channel=asked.channel,
        due_before=asked.due_before,
    )
    return await list_tasks(desk, wanted, asked.cursor, asked.limit)


@router.post(
    "",
    status_code=201,
    response_model=TaskAnswer,
    responses=WRITING,
    openapi_extra=openapi_body(TaskRequest, EXAMPLE_TASK) | _WITH_KEY,
)
async def create(desk: Running, caller: Writer, key: IdempotencyKey, body: NewBody) -> Response:
    """Make a task by hand."""
    return replied(await create_task(desk, caller, body, key))


@router.get("/{task_id}", responses=ASKING)
async def show(desk: Running, _: Reader, task_id: UUID) -> TaskAnswer:
    """Give one task."""
    return await one_task(desk, task_id)


@router.post(
    "/{task_id}/claim",
    responses=WRITING,
    openapi_extra=openapi_body(ClaimRequest, EXAMPLE_CLAIM),
)
async def take_on(desk: Running, caller: Writer, task_id: UUID, body: Claim) -> TaskAnswer:
    """Take a task on; whoever has it already keeps it."""
    return await claim(desk, caller, task_id, body)


@router.post(
    "/{task_id}/complete",
    responses=WRITING,
    openapi_extra=openapi_body(CompletionRequest, EXAMPLE_COMPLETION),
)
async def finish(desk: Running, caller: Writer, task_id: UUID, body: Completion) -> TaskAnswer:
    """Say how a task went, once; the contact goes onto the customer's time line."""
    return await complete(desk, caller, task_id, body)


@router.post(
    "/{task_id}/cancel",
    responses=WRITING,
    openapi_extra=openapi_body(CancelRequest, EXAMPLE_CANCEL),
)
async def call_off(desk: Running, caller: Writer, task_id: UUID, body: Cancel) -> TaskAnswer:
    """Call a task off; nobody is contacted."""
    return await cancel(desk, caller, task_id, body)
