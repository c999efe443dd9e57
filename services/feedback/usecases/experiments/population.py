"""Count at the start whom an experiment can meet: what its progress is measured against."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.care.playbook import Audience, Playbook
from services.feedback.domain.experiments.experiment import Experiment
from services.feedback.domain.experiments.population import Purse, met_beside, payable, run_of
from services.feedback.queries.care.audience import allow_time, count_audience
from services.feedback.queries.care.playbooks import find_playbook
from services.feedback.queries.experiments import documents
from services.feedback.usecases.care.concerned import count_concerned
from services.feedback.usecases.care.judged import budget_left, cost_of
from shared.clock import business_date
from shared.money import parse_minor


async def population_of(
    connection: asyncpg.Connection, found: Experiment, now: datetime, zone: ZoneInfo
) -> int:
    """Count whom an experiment that starts now can meet within its days.

    About a playbook, only who would be contacted is logged: its audience, at most those whom its
    trigger and its budget let be reached in these days, and those held out beside them. About a
    benefit or a tier, who holds it; about anything else the segment, or everybody. What it refers
    to must be there. Inside the caller's transaction.
    """
    about = found.document["about"]
    if about["kind"] in {"benefit", "tier"}:
        await allow_time(connection)
        tiers = await _tiers_of(connection, about)
        return await count_audience(connection, Audience(programme=about["programme"], tiers=tiers))
    playbook = None
    if about["kind"] == "playbook":
        playbook = await find_playbook(connection, about["key"])
    if playbook is None:
        return await documents.audience_size(connection, found.segment)
    reach = await _reach(connection, found.document, playbook, now, zone)
    if found.segment is None:
        return reach
    return min(reach, await documents.audience_size(connection, found.segment))


async def _reach(
    connection: asyncpg.Connection,
    document: Mapping[str, Any],
    playbook: Playbook,
    now: datetime,
    zone: ZoneInfo,
) -> int:
    first, last = run_of(document, now, zone)
    days = (last - first).days + 1
    reach = await count_concerned(connection, playbook, days, now, zone)
    purse = await _purse(connection, playbook, now, zone)
    paid = None if purse is None else payable(purse, business_date(now, zone), (first, last))
    # no money now is money another month, or after a change: it says nothing of whom is met then
    return min(reach, met_beside(paid, document)) if paid else reach


async def _purse(
    connection: asyncpg.Connection, playbook: Playbook, now: datetime, zone: ZoneInfo
) -> Purse | None:
    left = await budget_left(connection, playbook, zone, now)
    if left is None:
        return None
    budget, action = playbook.document["budget"], playbook.action
    channels = {action["channel"], *(action.get("channel_by_tier") or {}).values()}
    cheapest = min(cost_of(playbook, channel) for channel in channels)
    return Purse(parse_minor(budget["amount"], budget["currency"]), left, cheapest)


async def _tiers_of(connection: asyncpg.Connection, about: Mapping[str, Any]) -> list[str]:
    """Name the tiers an experiment about a tier, or about a benefit of theirs, speaks of."""
    if about["kind"] == "tier":
        return [about["key"]]
    live = await documents.live_programme(connection, about["programme"]) or {}
    return [
        tier
        for benefit in live.get("benefits", ())
        if benefit["key"] == about["key"]
        for tier in benefit["tiers"]
    ]
