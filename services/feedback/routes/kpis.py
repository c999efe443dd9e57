"""KPIs: how the shop does, against its targets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from services.feedback.deps import Running, Writer
from services.feedback.domain.fault import DocumentFault
from services.feedback.domain.kpis.definition import ALL, FORMS, is_slice
from services.feedback.domain.kpis.definitions import BY_KEY, DEFINITIONS
from services.feedback.domain.kpis.periods import EARLIEST, LATEST, Grain, Period
from services.feedback.domain.kpis.targets import faults_in
from services.feedback.routes.answers.kpis import (
    csv_of,
    definition_answer,
    report_answer,
    target_answer,
)
from services.feedback.usecases.kpis.read import Question, read_kpis
from services.feedback.usecases.kpis.rebuild import ask_for_rebuild
from services.feedback.usecases.kpis.targets import Wish, list_targets, set_target
from services.feedback.usecases.refuse import refuse
from shared.auth import require
from shared.clock import business_date
from shared.contracts.common import Page
from shared.contracts.jobs import JobAccepted
from shared.contracts.kpis import (
    EXAMPLE_TARGET,
    KpiDefinition,
    KpiDefinitions,
    KpiReport,
    TargetAnswer,
    TargetRequest,
)
from shared.if_match import IF_MATCH_PARAMETER, Version, etag
from shared.problem import NOT_FOUND, Problem
from shared.problem_handlers import problem_responses
from shared.wire import BusinessDate, json_body, openapi_body

router = APIRouter(prefix="/v1/kpis", tags=["kpis"])
READING: Final = [Depends(require("reports:read"))]
ASKING: Final = problem_responses(400, 401, 403, 404, 422, 503)
GIVING: Final = problem_responses(400, 401, 403, 409, 412, 413, 415, 422, 428, 503)
CSV: Final = "text/csv"
MOST_DAYS: Final = 3660
#: Points of one answer: years of days of every tier are fine, those of a thousand stores are not.
MOST_POINTS: Final = 200_000
_SLICE: Final = f"^({ALL}|({'|'.join(FORMS)})(:[^\\x00-\\x1f]{{1,150}})?)$"
Body = Annotated[TargetRequest, Depends(json_body(TargetRequest))]


@dataclass(frozen=True, slots=True)
class Asking:
    """Which KPIs of which slice (`tier`: every tier) over which dates; 30 days up to today."""

    first: Annotated[BusinessDate | None, Query(alias="from")] = None
    last: Annotated[BusinessDate | None, Query(alias="to")] = None
    keys: Annotated[str | None, Query(max_length=1000)] = None
    slice: Annotated[str, Query(max_length=200, json_schema_extra={"pattern": _SLICE})] = ALL
    grain: Annotated[Grain, Query()] = Grain.DAY
    format: Annotated[Literal["json", "csv"] | None, Query()] = None


@router.get(
    "",
    dependencies=READING,
    response_model=KpiReport,
    responses={200: {"content": {CSV: {}}}, **ASKING},
)
async def show(
    request: Request, desk: Running, asked: Annotated[Asking, Depends(Asking)]
) -> Response | KpiReport:
    """Tell values, those before, targets and points; as CSV with `format=csv`."""
    today = business_date(desk.clock.now(), desk.zone)
    question = _question(asked, Period(today - timedelta(days=29), today))
    report = await read_kpis(desk, question)
    is_csv = asked.format == "csv" or request.headers.get("accept", "").startswith(CSV)
    if asked.format != "json" and is_csv:
        disposition = {"Content-Disposition": 'attachment; filename="kpis.csv"'}
        return StreamingResponse(
            csv_of(report), media_type=f"{CSV}; charset=utf-8", headers=disposition
        )
    return report_answer(report, asked.grain.value)


@router.get("/definitions", dependencies=READING, responses=ASKING)
async def definitions() -> KpiDefinitions:
    """Say what every KPI is."""
    return KpiDefinitions(items=[definition_answer(kpi) for kpi in DEFINITIONS])


@router.get("/definitions/{kpi_key}", dependencies=READING, responses=ASKING)
async def definition(kpi_key: Annotated[str, Path(max_length=64)]) -> KpiDefinition:
    """Say what one KPI is."""
    if kpi_key not in BY_KEY:
        raise Problem(NOT_FOUND)
    return definition_answer(BY_KEY[kpi_key])


@router.get("/targets", dependencies=READING, responses=ASKING)
async def targets(
    desk: Running,
    kpi: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
) -> Page[TargetAnswer]:
    """List targets by KPI, slice and period."""
    if kpi is not None and kpi not in BY_KEY:
        text = "must be a KPI of GET /v1/kpis/definitions"
        refuse([DocumentFault("/query/kpi", "unknown_kpi", text)])
    found, following = await list_targets(desk.pool, kpi, cursor=cursor, limit=limit)
    return Page(items=[target_answer(each) for each in found], next_cursor=following)


@router.put(
    "/targets",
    response_model=TargetAnswer,
    responses={201: {"model": TargetAnswer, "description": "New"}, **GIVING},
    openapi_extra=openapi_body(TargetRequest, EXAMPLE_TARGET)
    | {"parameters": [IF_MATCH_PARAMETER]},
)
async def put_target(desk: Running, caller: Writer, body: Body, version: Version) -> Response:
    """Set out what a KPI should be; one that stands is changed with its ETag as If-Match."""
    refuse(list(faults_in(body.kpi, body.slice, body.period, body.value)))
    wish = Wish(body.kpi, body.slice, body.period, body.value, body.owner, body.note or "", version)
    target, is_new = await set_target(desk, caller.name, wish)
    answer = target_answer(target).model_dump(mode="json")
    return JSONResponse(answer, 201 if is_new else 200, etag(target.version))


@router.post("/rebuild", status_code=202, responses=problem_responses(401, 403, 503))
async def rebuild(desk: Running, caller: Writer, response: Response) -> JobAccepted:
    """Roll all dates up anew, in the background; asked again while it runs, it is the same job."""
    job_id = await ask_for_rebuild(desk.pool, caller.name, desk.clock.now())
    response.headers["Location"] = f"/v1/jobs/{job_id}"
    return JobAccepted(job_id=job_id)


def _question(asked: Asking, usual: Period) -> Question:
    refuse(list(_faults(asked)))
    last = asked.last or max(usual.last, asked.first or usual.last)
    first = asked.first or last - timedelta(days=usual.days - 1)
    if not first <= last or (last - first).days >= MOST_DAYS:
        text = f"must not be after to, and at most {MOST_DAYS} days before it"
        refuse([DocumentFault("/query/from", "out_of_range", text)])
    keys = tuple(dict.fromkeys(asked.keys.split(","))) if asked.keys else tuple(BY_KEY)
    if not BY_KEY.keys() >= set(keys):
        text = "must name KPIs of GET /v1/kpis/definitions, with commas between them"
        refuse([DocumentFault("/query/keys", "unknown_kpi", text)])
    return Question(keys, asked.slice, Period(first, last), asked.grain)


def _faults(asked: Asking) -> Iterator[DocumentFault]:
    for name, day in (("from", asked.first), ("to", asked.last)):
        if day is not None and not EARLIEST <= day <= LATEST:
            text = f"must be a date from {EARLIEST} to {LATEST}"
            yield DocumentFault(f"/query/{name}", "out_of_range", text)
    if not is_slice(asked.slice):
        text = f"must be all or {', '.join(FORMS.values())}; tier alone asks for every tier"
        yield DocumentFault("/query/slice", "unknown_slice", text)
