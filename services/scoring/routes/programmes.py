"""Programmes, presets to start from, and what programmes told about a customer."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query
from pydantic import JsonValue

from services.scoring.deps import Day, Known, Pool
from services.scoring.domain.programmes.ladder import kind_of, rungs_of
from services.scoring.domain.programmes.schema import document_schema
from services.scoring.domain.records import ToldTier
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.asking.look_up import HistoryQuestion, history_of
from services.scoring.usecases.programmes.look_up import (
    Programme,
    list_programmes,
    require_programme,
)
from services.scoring.usecases.programmes.presets import presets_for, require_preset
from shared.auth import require
from shared.contracts.common import LocalText, Page
from shared.contracts.programmes import (
    Preset,
    PresetList,
    ProgrammeSummary,
    ProgrammeTier,
)
from shared.contracts.tier_history import HistoryItem, HistoryList
from shared.fields import Instant
from shared.problem import INVALID, FieldFault, Problem
from shared.problem_handlers import problem_responses

router = APIRouter(tags=["programmes"], dependencies=[Depends(require("tier:read"))])
READING: Final = [Depends(require("tier:read"))]
Key = Annotated[str, Path(min_length=1, max_length=64)]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which history: of a programme, up to a business instant, as we knew it at an instant."""

    programme: Annotated[str | None, Query(max_length=128)] = None
    as_of: Annotated[Instant | None, Query()] = None
    known_at: Annotated[Instant | None, Query()] = None


@dataclass(frozen=True, slots=True)
class Asking:
    """Which page of a list."""

    limit: Annotated[int, Query(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Query(max_length=64)] = None

    def number(self) -> int | None:
        """Read a cursor that is a number; raises Problem 422."""
        if self.cursor is None:
            return None
        if not (self.cursor.isascii() and self.cursor.isdigit() and len(self.cursor) <= 18):
            words = "must be the next_cursor of a page"
            raise Problem(INVALID, errors=[FieldFault("/query/cursor", "bad_cursor", words)])
        return int(self.cursor)


AskedPage = Annotated[Asking, Depends(Asking)]


@router.get("/v1/presets", responses=problem_responses(400, 401, 403, 503))
async def presets(pool: Pool, day: Day) -> PresetList:
    """List the programmes to start from, in the shop's currency and time zone."""
    found = await presets_for(pool, day.zone.key)
    return PresetList(
        items=[
            Preset(key=key, name=LocalText(**document["name"]), document=document)
            for key, document in found.items()
        ]
    )


@router.get("/v1/presets/{preset}", responses=problem_responses(400, 401, 403, 404, 422, 503))
async def preset_document(pool: Pool, day: Day, preset: Key) -> dict[str, JsonValue]:
    """Give the document of one preset alone, to edit and to begin a programme with."""
    return await require_preset(pool, preset, day.zone.key)


@router.get("/v1/programmes", responses=problem_responses(400, 401, 403, 422, 503))
async def list_them(
    pool: Pool,
    page: AskedPage,
    drafts: bool = False,  # noqa: FBT001, FBT002 - a query parameter
) -> Page[ProgrammeSummary]:
    """List the programmes with their tiers; `drafts` shows those that were never published too."""
    found, cursor = await list_programmes(
        pool, after=page.cursor, limit=page.limit, with_drafts=drafts
    )
    return Page(items=[_summary(one) for one in found], next_cursor=cursor)


# before /v1/programmes/{programme}: no programme has this key
@router.get("/v1/programmes/schema", responses=problem_responses(400, 401, 403, 503))
async def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of programme documents."""
    return document_schema()


@router.get("/v1/programmes/{programme}", responses=problem_responses(400, 401, 403, 404, 422, 503))
async def show(pool: Pool, programme: Key) -> ProgrammeSummary:
    """Tell about a programme: the version in force, or the newest draft where there is none."""
    return _summary(await require_programme(pool, programme))


@router.get(
    "/v1/customers/{customer_id}/tier/history",
    responses=problem_responses(400, 401, 403, 404, 422, 503),
)
async def history(
    pool: Pool,
    catalog: Known,
    customer_id: str,
    asked: Annotated[Asked, Depends(Asked)],
) -> HistoryList:
    """List every change of what was answered with its reason, the newest first."""
    question = HistoryQuestion(
        customer_id_of(customer_id), asked.programme, asked.as_of, asked.known_at
    )
    return HistoryList(items=[_item(told) for told in await history_of(pool, catalog, question)])


def _item(told: ToldTier) -> HistoryItem:
    return HistoryItem(
        history_id=told.history_id,
        programme=told.programme_key,
        tier_from=told.tier_from,
        tier_to=told.tier_to,
        reason=told.reason,
        at=told.business_instant,
        known_at=told.decided_at,
        release=f"r-{told.release_id}",
        customer_version=told.customer_version,
    )


def _summary(found: Programme) -> ProgrammeSummary:
    head, document = found.head, found.shown.document
    rungs = sorted(rungs_of(document), key=lambda rung: rung.rank)
    return ProgrammeSummary(
        programme=head.key,
        version=found.shown.version,
        newest_version=head.newest_version,
        kind=kind_of(document),
        name=LocalText(**document["name"]),
        audience=head.audience,
        is_default=head.is_default,
        release=None if head.release_id is None else f"r-{head.release_id}",
        tiers=[
            ProgrammeTier(key=rung.key, rank=rung.rank, name=LocalText(**rung.name))
            for rung in rungs
        ],
    )
