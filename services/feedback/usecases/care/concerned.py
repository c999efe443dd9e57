"""How many people a playbook would concern within so many days, before it is worked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.care.playbook import Audience, Playbook
from services.feedback.queries.care.audience import allow_time, count_audience
from services.feedback.queries.care.lately import count_entered, count_said
from services.feedback.usecases.care.rhythm import count_less
from shared.clock import business_date

_YEAR_DAYS: Final = 365
#: Whom the trigger `win_back` asks for, as lifecycles of the default programme.
_LOST: Final = ("at_risk", "churned")


async def count_concerned(
    connection: asyncpg.Connection, playbook: Playbook, days: int, now: datetime, zone: ZoneInfo
) -> int:
    """Count the audience, and of it whom the trigger would let the playbook meet in some days.

    What cannot be counted ahead is taken from the past: as many enter or say something as did in
    as many days before. Where that finds nobody, nothing is known and the whole audience counts.
    Inside the caller's transaction, whose statements may take longer from then on.
    """
    await allow_time(connection)
    everybody = await count_audience(connection, playbook.audience)
    met = await _met(connection, playbook, days, now, zone, everybody)
    return min(everybody, met or everybody)


async def _met(  # noqa: PLR0913, PLR0917 - what the triggers ask for
    connection: asyncpg.Connection,
    playbook: Playbook,
    days: int,
    now: datetime,
    zone: ZoneInfo,
    everybody: int,
) -> int:
    trigger, since = playbook.trigger, now - timedelta(days=days)
    match trigger["kind"]:
        case "birthday":
            return ceil(everybody * days / _YEAR_DAYS)
        case "win_back":
            return await _count_lost(connection, playbook.audience)
        case "frequency_drop":
            return await count_less(connection, business_date(now, zone))
        case "entered":
            tiers = (trigger.get("programme"), trigger.get("tiers") or ())
            segment = trigger.get("segment")
            return await count_entered(connection, since, segment=segment, tiers=tiers)
        case "feedback":
            said = trigger["feedback_kind"], trigger.get("at_most")
            return await count_said(connection, since, *said)
        case _:
            return everybody


async def _count_lost(connection: asyncpg.Connection, audience: Audience) -> int:
    lost = [each for each in _LOST if not audience.lifecycles or each in audience.lifecycles]
    return await count_audience(connection, replace(audience, lifecycles=lost)) if lost else 0
