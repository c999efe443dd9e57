"""Compare a new model, and the live one, with what people decided about disputed tiers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg

from services.scoring.domain.days import CustomerDays, day_number, join_days
from services.scoring.domain.life.judgements import judgements_of
from services.scoring.domain.tiers.programme import value_programme
from services.scoring.model.disputed import Disputed, agreement_with
from services.scoring.model.value_model import ValueModel
from services.scoring.queries.models.judgements import judged_before, programme_in_force
from services.scoring.queries.tiers.facts import read_snapshot
from services.scoring.usecases.releases.base_days import LEARNT_COLUMNS
from shared.contracts.backtest import Agreement, Judgements

#: More disputes than that are no disputes any more.
MOST_JUDGED: Final = 5_000
_CHUNK: Final = 1_000


@dataclass(frozen=True, slots=True)
class Heard:
    """What people decided by an instant, and of whom."""

    programme: str
    disputed: Disputed


async def hear_people(
    pool: asyncpg.Pool, base: CustomerDays, today: date, now: datetime
) -> Heard | None:
    """Read the decisions that hold now, and their customers before today; None without any.

    `base` are the days of everybody before today.
    """
    found = await programme_in_force(pool)
    if found is None:
        return None
    programme = value_programme(found[0], 0, found[1])
    rows = await judged_before(pool, programme.key, now, most=MOST_JUDGED)
    judgements = judgements_of(rows, [tier.key for tier in programme.tiers])
    if not judgements:
        return None
    ids = [each.profile_id for each in judgements]
    disputed = Disputed(
        judgements=judgements,
        days=await _days_of(pool, ids, today - timedelta(days=1)),
        base=base,
        cutoff=day_number(today),
        enter_shares=[tier.enter_share for tier in programme.tiers[1:]],
    )
    return Heard(programme.key, disputed)


async def agreement(
    heard: Heard | None, candidate: ValueModel, live: tuple[str, ValueModel | None] | None
) -> Judgements | None:
    """Say how a candidate and the live model agree with people; None where nobody was judged."""
    if heard is None:
        return None
    version, model = live or (None, None)
    ours = await asyncio.to_thread(agreement_with, candidate, heard.disputed)
    theirs = (
        None if model is None else await asyncio.to_thread(agreement_with, model, heard.disputed)
    )
    return Judgements(
        programme=heard.programme,
        customers=ours.customers,
        model=Agreement.model_validate(ours, from_attributes=True),
        live_version=version if theirs is not None else None,
        live=None if theirs is None else Agreement.model_validate(theirs, from_attributes=True),
    )


async def _days_of(pool: asyncpg.Pool, profile_ids: list[UUID], until: date) -> CustomerDays:
    parts = []
    for start in range(0, len(profile_ids), _CHUNK):
        some = profile_ids[start : start + _CHUNK]
        parts.append((await read_snapshot(pool, some, "", until, columns=LEARNT_COLUMNS)).days)
    return join_days(parts)
