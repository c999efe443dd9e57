"""Cases: answer, resolve, improve."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator
from starlette.responses import Response

from services.feedback.deps import IdempotencyKey, Reader, Reporter, Running, Writer
from services.feedback.domain.cases.change import Change
from services.feedback.domain.cases.listing import Wanted, place_at
from services.feedback.domain.cases.states import State
from services.feedback.routes.replies import replied_with_version
from services.feedback.usecases.capture.give import Counter
from services.feedback.usecases.cases import read
from services.feedback.usecases.cases.decide import decide_dispute
from services.feedback.usecases.cases.report import report_case
from services.feedback.usecases.cases.times import case_times
from services.feedback.usecases.cases.work import change_case, reopen_case
from services.feedback.usecases.cases.write_calendar import show_calendar, write_calendar
from shared.contracts.cases import (
    EXAMPLE_CASE,
    EXAMPLE_CASE_CHANGE,
    EXAMPLE_DECISION,
    EXAMPLE_REOPEN,
    CaseAnswer,
    CaseChange,
    CaseItem,
    CaseRequest,
    CaseState,
    CaseTimes,
    DecisionRequest,
    ReopenRequest,
)
from shared.contracts.common import Page
from shared.contracts.feedback import FeedbackKind
from shared.contracts.service_calendar import EXAMPLE_CALENDAR, CalendarAnswer, ServiceCalendar
from shared.fields import Instant, identifier
from shared.forms import NO_CURSOR, form
from shared.idempotency import HEADER_PARAMETER, Asked
from shared.if_match import (
    IF_MATCH_PARAMETER,
    Version,
    etag,
    required,
)
from shared.problem_handlers import problem_responses
from shared.wire import json_body, openapi_body

router = APIRouter(prefix="/v1/cases", tags=["cases"])
CaseBody = Annotated[CaseRequest, Depends(json_body(CaseRequest))]
ChangeBody = Annotated[CaseChange, Depends(json_body(CaseChange))]
ReopenBody = Annotated[ReopenRequest, Depends(json_body(ReopenRequest))]
DecisionBody = Annotated[DecisionRequest, Depends(json_body(DecisionRequest))]
CalendarBody = Annotated[ServiceCalendar, Depends(json_body(ServiceCalendar))]
ASKING: Final = problem_responses(400, 401, 403, 404, 422, 503)
POSTED: Final = problem_responses(400, 401, 403, 404, 409, 413, 415, 422, 503)
CHANGED: Final = problem_responses(400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 503)
_CURSOR: Final = form("^[0-9]{1,17}-[1-5]-[0-9]{1,9}-[0-9]{1,17}-[0-9a-f]{32}$", NO_CURSOR)
_NAME = Query(min_length=1, max_length=128)
Name = Annotated[Annotated[str, AfterValidator(identifier)] | None, _NAME]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases, and which page of them."""

    state: Annotated[CaseState | None, Query()] = None
    kind: Annotated[FeedbackKind | None, Query()] = None
    owner: Name = None
    tier: Name = None
    priority: Annotated[int | None, Query(ge=1, le=5)] = None
    customer_id: Name = None
    feedback_id: UUID | None = None
    overdue: Annotated[bool, Query(description="Only those whose answer or solution is late")] = (
        False
    )
    limit: Annotated[int, Query(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Query(pattern=_CURSOR)] = None

    def asked(self) -> read.Asked:
        """Say which page of which cases."""
        wanted = Wanted(
            state=self.state,
            owner=self.owner,
            tier_key=self.tier,
            priority=self.priority,
            kind=self.kind,
            feedback_id=self.feedback_id,
        )
        after = place_at(self.cursor) if self.cursor is not None else None
        return read.Asked(wanted, self.customer_id, self.overdue, after, self.limit)


def counter_of(request: Request) -> Counter:
    """Return where feedback is taken in."""
    counter: Counter = request.app.state.counter
    return counter


@router.get("", responses=ASKING)
async def show_all(
    desk: Running, _: Reader, filters: Annotated[Filters, Depends(Filters)]
) -> Page[CaseItem]:
    """List cases by when their answer is due, then priority and tier; `owner=` lists one's own."""
    return await read.page_of_cases(desk, filters.asked())


@router.post(
    "",
    status_code=201,
    response_model=CaseAnswer,
    openapi_extra=openapi_body(CaseRequest, EXAMPLE_CASE) | {"parameters": [HEADER_PARAMETER]},
    responses=POSTED | problem_responses(410),
)
async def report(
    counter: Annotated[Counter, Depends(counter_of)],
    caller: Writer,
    key: IdempotencyKey,
    body: CaseBody,
) -> Response:
    """Open a case for something told to staff, which counts as feedback, or for what was given."""
    asked = Asked(caller, "POST /v1/cases", body, key, status=201)
    return replied_with_version(await report_case(counter, body, asked))


@router.get("/calendar", responses=ASKING)
async def calendar(desk: Running, _: Reader, response: Response) -> CalendarAnswer:
    """Give the hours of service that due times go by."""
    found = await show_calendar(desk)
    response.headers.update(etag(found.version))
    return found


@router.put(
    "/calendar",
    openapi_extra=openapi_body(ServiceCalendar, EXAMPLE_CALENDAR)
    | {"parameters": [IF_MATCH_PARAMETER]},
    responses=CHANGED,
)
async def put_calendar(
    desk: Running, caller: Writer, body: CalendarBody, version: Version, response: Response
) -> CalendarAnswer:
    """Write the hours of service; cases that are open keep the due time they have."""
    written = await write_calendar(desk, caller, body, over=version)
    response.headers.update(etag(written.version))
    return written


@router.get("/times", responses=ASKING)
async def times(desk: Running, _: Reporter, since: Instant, until: Instant) -> CaseTimes:
    """Tell how fast the cases opened in a time were answered and resolved, by tier."""
    return await case_times(desk, since, until)


@router.get("/{case_id}", responses=ASKING)
async def show(desk: Running, _: Reader, case_id: UUID, response: Response) -> CaseAnswer:
    """Give one case with what was said, decided and done."""
    found = await read.show_case(desk, case_id)
    response.headers.update(etag(found.version))
    return found


@router.patch(
    "/{case_id}",
    openapi_extra=openapi_body(CaseChange, EXAMPLE_CASE_CHANGE)
    | {"parameters": [IF_MATCH_PARAMETER]},
    responses=CHANGED,
)
async def change(
    desk: Running,
    caller: Writer,
    *,
    case_id: UUID,
    body: ChangeBody,
    version: Version,
    response: Response,
) -> CaseAnswer:
    """Change a case that nobody changed since it was read; states go one step at a time."""
    changed = await change_case(desk, caller, case_id, _change(body), version=required(version))
    response.headers.update(etag(changed.version))
    return changed


@router.post(
    "/{case_id}/reopen",
    response_model=CaseAnswer,
    openapi_extra=openapi_body(ReopenRequest, EXAMPLE_REOPEN) | {"parameters": [HEADER_PARAMETER]},
    responses=POSTED,
)
async def reopen(
    desk: Running, caller: Writer, case_id: UUID, key: IdempotencyKey, body: ReopenBody
) -> Response:
    """Begin a case again, with a new time to answer."""
    asked = Asked(caller, f"POST /v1/cases/{case_id}/reopen", body, key)
    return replied_with_version(await reopen_case(desk, case_id, body.reason, asked))


@router.post(
    "/{case_id}/decision",
    response_model=CaseAnswer,
    openapi_extra=openapi_body(DecisionRequest, EXAMPLE_DECISION)
    | {"parameters": [HEADER_PARAMETER]},
    responses=POSTED,
)
async def decide(
    desk: Running, caller: Writer, case_id: UUID, key: IdempotencyKey, body: DecisionBody
) -> Response:
    """Judge a disputed tier: kept as a label to train on, made true by a pin at scoring."""
    asked = Asked(caller, f"POST /v1/cases/{case_id}/decision", body, key)
    return replied_with_version(await decide_dispute(desk, case_id, body, asked))


def _change(body: CaseChange) -> Change:
    return Change(
        state=State(body.state) if body.state is not None else None,
        priority=body.priority,
        owner=body.owner,
        is_owner_given="owner" in body.model_fields_set,
        note=body.note,
        answer=body.answer,
        resolution=body.resolution,
        improvement=body.improvement,
    )
