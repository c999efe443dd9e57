"""Say how steady the tiers of a programme were: the flap rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg

from services.scoring.domain.programmes.ladder import rungs_of
from services.scoring.queries.tiers.stability import Span, Steadiness, steadiness
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog

LOOKED_AT_DAYS: Final = 90
WITHIN_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class StabilityReport:
    """How steady a programme's tiers were over a span of business time."""

    programme: str
    span: Span
    found: Steadiness


async def ask_stability(
    pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay, programme: str
) -> StabilityReport:
    """Count who moved in the last 90 days, and who fell and rose again; raises UnknownProgramme."""
    row = await catalog.programme_row(programme)
    ranks = {rung.key: rung.rank for rung in rungs_of(row.document)}
    now = day.moment().now
    span = Span(now - timedelta(days=LOOKED_AT_DAYS), now, WITHIN_DAYS)
    found = await steadiness(pool, programme, ranks, span)
    return StabilityReport(programme, span, found)
