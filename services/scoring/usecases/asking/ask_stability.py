"""Say how steady the tiers of a programme were: the flap rate."""

from __future__ import annotations

from dataclasses import dataclass

import asyncpg

from services.scoring.domain.overview.steadiness import Span, Steadiness, looked_at
from services.scoring.domain.programmes.ladder import rungs_of
from services.scoring.queries.tiers.stability import (
    kept_steadiness,
    steadiness,
    while_somebody_waits,
)
from services.scoring.usecases.business_day import BusinessDay
from services.scoring.usecases.releases.catalog import Catalog


@dataclass(frozen=True, slots=True)
class StabilityReport:
    """How steady a programme's tiers were over a span of business time."""

    programme: str
    span: Span
    found: Steadiness


async def ask_stability(
    pool: asyncpg.Pool, catalog: Catalog, day: BusinessDay, programme: str
) -> StabilityReport:
    """Give who moved in the 90 days before today's count, and who fell and rose again.

    Counted now where the worker has not counted today; raises UnknownProgramme.
    """
    row = await catalog.programme_row(programme)
    moment = day.moment()
    kept = await kept_steadiness(pool, programme, moment.today)
    if kept is None:
        ranks = {rung.key: rung.rank for rung in rungs_of(row.document)}
        span = looked_at(moment.now)
        async with while_somebody_waits(pool) as connection:
            kept = span, await steadiness(connection, programme, ranks, span)
    return StabilityReport(programme, *kept)
