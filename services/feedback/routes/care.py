"""Whom to care for: who comes less often, whom to win back, which festivals come."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator
from starlette.requests import Request
from starlette.responses import Response

from services.feedback.deps import Reader, Running
from services.feedback.routes.answers.care import (
    drop_answer,
    festival_answers,
    win_back_answer,
)
from services.feedback.usecases.care.places import dated_place, place_of
from services.feedback.usecases.care.rhythm import list_drops
from services.feedback.usecases.care.win_back import Asked, WinBackList, list_to_win_back
from shared.clock import business_date
from shared.contracts.care import FestivalItem, FrequencyDrop, WinBackPage
from shared.contracts.common import Page
from shared.contracts.triggers import Key
from shared.csv_cells import csv_row
from shared.problem_handlers import problem_responses

router = APIRouter(
    prefix="/v1/care", tags=["care"], responses=problem_responses(400, 401, 403, 422, 503)
)
CSV: Final = "text/csv"
#: Rows of a CSV: one statement ranks a million customers, however many of them it gives.
MOST: Final = 10_000
_HEADINGS: Final = (
    "customer_id", "tier", "lifecycle", "last_order", "quiet_days", "usual_gap_days", "value",
    "recoverability", "expected_gain", "season_free_score", "currency", "why_en", "why_zh",
)  # fmt: skip


def _checked(cursor: str) -> str:
    place_of(cursor)
    return cursor


def _checked_with_day(cursor: str) -> str:
    dated_place(cursor, date.max)
    return cursor


Cursor = Annotated[Annotated[str, AfterValidator(_checked)] | None, Query(max_length=80)]
DatedCursor = Annotated[
    Annotated[str, AfterValidator(_checked_with_day)] | None, Query(max_length=80)
]
Segment = Annotated[Key | None, Query()]
Limit = Annotated[int, Query(ge=1, le=200)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page of the ranking, of a segment or of all.

    Tiers shown are of the programme named, else the default one.
    """

    programme: Annotated[str | None, Query(min_length=1, max_length=128)] = None
    limit: Annotated[int | None, Query(ge=1, le=MOST)] = None
    cursor: DatedCursor = None
    segment: Segment = None
    format: Annotated[Literal["json", "csv"] | None, Query()] = None


@router.get("/frequency-drops", responses=problem_responses(404))
async def frequency_drops(
    desk: Running,
    _: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    segment: Segment = None,
) -> Page[FrequencyDrop]:
    """List who orders less often than they used to, by their own rhythm, best customers first."""
    today = business_date(desk.clock.now(), desk.zone)
    found = await list_drops(desk.pool, today, cursor, limit, segment=segment)
    items = [drop_answer(each, found.currency) for each in found.items]
    return Page(items=items, next_cursor=found.cursor)


@router.get(
    "/win-back",
    response_model=WinBackPage,
    responses={200: {"content": {CSV: {}}}, **problem_responses(404)},
)
async def win_back(
    request: Request, desk: Running, _: Reader, asked: Annotated[Wanted, Depends(Wanted)]
) -> Response | WinBackPage:
    """Rank who is at risk or gone by value x recoverability; `Accept: text/csv` gives a table.

    A table that ends before the list does names the next one in `Link` (RFC 8288).
    """
    accepts_csv = request.headers.get("accept", "").startswith(CSV)
    is_csv = asked.format == "csv" or (asked.format is None and accepts_csv)
    limit = asked.limit or (MOST if is_csv else 50)
    now, programme, segment = desk.clock.now(), asked.programme, asked.segment
    page = Asked(now, desk.zone, limit, asked.cursor, programme, segment)
    found = await list_to_win_back(desk.pool, page)
    if is_csv:
        headers = {"Content-Disposition": 'attachment; filename="win-back.csv"'}
        if found.cursor is not None:
            after = request.url.include_query_params(cursor=found.cursor, format="csv")
            headers["Link"] = f'<{after.path}?{after.query}>; rel="next"'
        return Response(_table(found), media_type=CSV, headers=headers)
    items = [win_back_answer(each, found.currency) for each in found.items]
    return WinBackPage(programme=found.programme, items=items, next_cursor=found.cursor)


@router.get("/festivals")
async def festivals(desk: Running, _: Reader) -> list[FestivalItem]:
    """List the festivals that greetings may be sent on, and when each comes next."""
    return festival_answers(business_date(desk.clock.now(), desk.zone))


def _table(found: WinBackList) -> str:
    rows = [csv_row(_HEADINGS)]
    for item in (win_back_answer(each, found.currency) for each in found.items):
        score = item.season_free_score
        rows.append(
            csv_row(
                (
                    item.customer_id,
                    item.tier,
                    item.lifecycle,
                    item.last_order,
                    item.quiet_days,
                    Decimal(str(item.usual_gap_days)),
                    Decimal(item.value.amount),
                    Decimal(str(item.recoverability)),
                    Decimal(item.expected_gain.amount),
                    None if score is None else Decimal(str(score)),
                    found.currency,
                    " ".join(reason.text.en for reason in item.reasons),
                    "".join(reason.text.zh for reason in item.reasons),
                )
            )
        )
    return "".join(rows)
