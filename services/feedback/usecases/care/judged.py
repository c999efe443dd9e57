"""Judge candidates of a playbook: read what is known of them, and decide whom it reaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.care.due import Workday
from services.feedback.domain.care.holding import (
    Contact,
    Hold,
    Limits,
    Verdict,
    Wish,
    judge,
    longest_days,
)
from services.feedback.domain.care.playbook import Candidate, Cap, Playbook
from services.feedback.queries.care.audience import members_among
from services.feedback.queries.care.people import (
    Person,
    contacts_since,
    people_of,
    spent_since,
    there_already,
)
from services.feedback.usecases.care.holdout import Trial
from shared.clock import first_instant_of
from shared.money import parse_minor


@dataclass(frozen=True, slots=True)
class Care:
    """What judging rests on: the shop's zone and working days, its caps, and who is held out.

    `promised` is money that was granted but is stored nowhere, as in a preview; minor units.
    """

    zone: ZoneInfo
    caps: Sequence[Cap]
    is_workday: Workday
    trial: Trial
    promised: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate who may be contacted, as the customer they are now."""

    candidate: Candidate
    person: Person
    wish: Wish


@dataclass(frozen=True, slots=True)
class Judged:
    """Who gets a task, and who is held back why; all others had theirs, or are not meant."""

    granted: list[Chosen]
    verdict: Verdict
    held: dict[str, Hold]


async def judge_candidates(
    connection: asyncpg.Connection,
    playbook: Playbook,
    candidates: Sequence[Candidate],
    care: Care,
    now: datetime,
) -> Judged:
    """Decide who of the candidates is contacted; makes nothing but exposures to an experiment.

    Arms are drawn from all who can and may be contacted; exposures are logged of those only who
    are contacted, or would be were they not held out, within the same caps and budget.
    """
    meant = await meant_among(connection, playbook, candidates)
    held: dict[str, Hold] = {}
    able = [each for each in meant if not _is_unable(each, playbook, held)]
    units = sorted({str(each.person.profile_id) for each in able})
    drawn = await care.trial.draw(connection, playbook.playbook_key, units, now)
    limits, contacts = await _limits(connection, playbook, able, care, now)
    limits = replace(limits, held_out={UUID(unit) for unit in drawn.held_out})
    verdict = judge([each.wish for each in able], contacts, limits, now)
    await care.trial.log(connection, drawn, sorted(map(str, verdict.met)), now)
    granted = {wish.once_key for wish in verdict.granted}
    chosen = [each for each in able if each.wish.once_key in granted]
    return Judged(chosen, verdict, held | verdict.held)


def purpose_of(playbook: Playbook) -> str:
    """Name the purpose that consent is asked for."""
    purpose: str = playbook.document["purpose"]
    return purpose


async def meant_among(
    connection: asyncpg.Connection, playbook: Playbook, candidates: Sequence[Candidate]
) -> list[Chosen]:
    """Choose the candidates who are in the audience and had no task of the occasion yet."""
    programme = playbook.audience.programme
    asked = [each.profile_id for each in candidates]
    people = await people_of(connection, asked, programme=programme, purpose=purpose_of(playbook))
    roots = sorted({person.profile_id for person in people.values()})
    members = await members_among(connection, playbook.audience, roots)
    chosen: dict[str, Chosen] = {}
    for candidate in candidates:
        person = people.get(candidate.profile_id)
        if person is None or person.profile_id not in members:
            continue
        made = _chosen(playbook, candidate, person)
        chosen.setdefault(made.wish.once_key, made)
    causes = {key: each.person.profile_id for key, each in chosen.items()}
    there = await there_already(connection, causes)
    return [each for key, each in chosen.items() if key not in there]


def _chosen(playbook: Playbook, candidate: Candidate, person: Person) -> Chosen:
    channel = playbook.channel_for(person.tier)
    once_key = f"playbook:{playbook.playbook_key}:{candidate.occasion}:{person.profile_id.hex}"
    wish = Wish(person.profile_id, once_key, channel, cost_of(playbook, channel))
    return Chosen(candidate, person, wish)


def cost_of(playbook: Playbook, channel: str) -> int:
    """Give what one contact of a channel costs in minor units; 0 where nothing is given."""
    money = (playbook.action.get("costs") or {}).get(channel)
    return 0 if money is None else parse_minor(money["amount"], money["currency"])


def _is_unable(each: Chosen, playbook: Playbook, held: dict[str, Hold]) -> bool:
    """Note who cannot or may not be contacted at all."""
    if each.person.customer_id is None:
        held[each.wish.once_key] = Hold.NO_CUSTOMER_ID
    elif not may_contact(each.person, playbook.document.get("consent", "not_withdrawn")):
        held[each.wish.once_key] = Hold.CONSENT
    return each.wish.once_key in held


def may_contact(person: Person, rule: str) -> bool:
    """Tell whether the last word on the purpose allows it; `granted` asks for a yes."""
    return bool(person.is_granted) if rule == "granted" else person.is_granted is not False


async def _limits(
    connection: asyncpg.Connection,
    playbook: Playbook,
    able: Sequence[Chosen],
    care: Care,
    now: datetime,
) -> tuple[Limits, dict[UUID, list[Contact]]]:
    caps = [*care.caps, *playbook.caps]
    people = sorted({each.person.profile_id for each in able})
    since = now - timedelta(days=longest_days(caps))
    contacts = await contacts_since(connection, people, since) if caps and people else {}
    left = await budget_left(connection, playbook, care.zone, now)
    return Limits(caps, None if left is None else left - care.promised), contacts


async def budget_left(
    connection: asyncpg.Connection, playbook: Playbook, zone: ZoneInfo, now: datetime
) -> int | None:
    """Give what is left of this month's budget in minor units; None without a budget."""
    budget = playbook.document.get("budget")
    if not budget:
        return None
    since = first_instant_of(now.astimezone(zone).date().replace(day=1), zone)
    spent = await spent_since(connection, playbook.playbook_key, since)
    return parse_minor(budget["amount"], budget["currency"]) - spent


def currency_of(playbook: Playbook) -> str | None:
    """Name the currency a playbook counts in; None where it names no money."""
    budget = playbook.document.get("budget")
    some = [*(playbook.action.get("costs") or {}).values(), *([budget] if budget else [])]
    return some[0]["currency"] if some else None
