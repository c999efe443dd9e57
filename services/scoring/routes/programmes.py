"""Programmes, and what they told about a customer."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.scoring.deps import Known, Pool
from services.scoring.domain.programmes.ladder import kind_of, rungs_of
from services.scoring.domain.records import ProgrammeRow, ToldTier
from services.scoring.routes.contracts import (
    HistoryItem,
    HistoryList,
    ProgrammeList,
    ProgrammeSummary,
    ProgrammeTier,
)
from services.scoring.routes.hot_tier import customer_id_of
from services.scoring.usecases.asking.look_up import HistoryQuestion, all_programmes, history_of
from shared.auth import require
from shared.contracts.common import LocalText
from shared.fields import Instant
from shared.problem_handlers import problem_responses

router = APIRouter(tags=["programmes"], dependencies=[Depends(require("tier:read"))])


@dataclass(frozen=True, slots=True)
class Asked:
    """Which history: of a programme, up to a business instant, as we knew it at an instant."""

    programme: Annotated[str | None, Query(max_length=128)] = None
    as_of: Annotated[Instant | None, Query()] = None
    known_at: Annotated[Instant | None, Query()] = None


@router.get("/v1/programmes", responses=problem_responses(400, 401, 403, 503))
async def list_programmes(pool: Pool) -> ProgrammeList:
    """List the published programmes with their tiers."""
    return ProgrammeList(items=[_summary(row) for row in await all_programmes(pool)])


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


def _summary(row: ProgrammeRow) -> ProgrammeSummary:
    return ProgrammeSummary(
        programme=row.programme_key,
        version=row.version,
        kind=kind_of(row.document),
        audience=row.audience,
        is_default=row.is_default,
        release=None if row.release_id is None else f"r-{row.release_id}",
        tiers=[
            ProgrammeTier(key=rung.key, rank=rung.rank, name=LocalText(**rung.name))
            for rung in sorted(rungs_of(row.document), key=lambda rung: rung.rank)
        ],
    )
