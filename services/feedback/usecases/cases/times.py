"""How fast service answers and resolves, by tier."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.feedback.queries.cases.times import times_of
from services.feedback.usecases.desk import Desk
from shared.contracts.cases import CaseFigures, CaseTimes, TierFigures
from shared.problem import INVALID, FieldFault, Problem


async def case_times(desk: Desk, since: datetime, until: datetime) -> CaseTimes:
    """Give the figures of cases opened in `[since, until)`; raises Problem 422."""
    if until <= since:
        raise Problem(INVALID, errors=[FieldFault("/until", "out_of_range", "must be after since")])
    total, *tiers = await times_of(desk.pool, since, until, now=desk.clock.now())
    return CaseTimes(
        since=since,
        until=until,
        total=CaseFigures.model_validate(total),
        tiers=[_of_tier(each) for each in tiers],
    )


def _of_tier(row: Mapping[str, Any]) -> TierFigures:
    named = {"programme": "programme_key", "tier": "tier_key", "rank": "tier_rank"}
    names = {ours: row[column] for ours, column in named.items()}
    return TierFigures.model_validate({**row, **names, "name": row["tier_name"]})
