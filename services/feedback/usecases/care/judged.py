"""Judge candidates of a playbook: read what is known of them, decide, and word their tasks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from services.feedback.domain.care.due import Workday, after_workdays, out_of_quiet
from services.feedback.domain.care.holding import (
    Contact,
    Hold,
    Limits,
    Verdict,
    Wish,
    judge,
    longest_days,
)
from services.feedback.domain.care.message import filled, placeholders_in
from services.feedback.domain.care.playbook import Candidate, Cap, Playbook
from services.feedback.domain.care.task import NewTask
from services.feedback.queries.care.audience import members_among
from services.feedback.queries.care.people import (
    Person,
    contacts_since,
    last_orders,
    people_of,
    points_of,
    spent_since,
    there_already,
    tier_names,
)
from shared.clock import first_instant_of
from shared.money import parse_minor

#: Names those of some units (profile ids as text) who are held out of a playbook now.
HeldOut = Callable[[asyncpg.Connection, str, Sequence[str], datetime], Awaitable[set[str]]]
_LIFECYCLES: Final[Mapping[str, Mapping[str, str]]] = {
    "prospect": {"en": "prospect", "zh": "潜在顾客"},
    "new": {"en": "new customer", "zh": "新顾客"},
    "active": {"en": "active", "zh": "活跃"},
    "at_risk": {"en": "at risk", "zh": "流失风险"},
    "churned": {"en": "churned", "zh": "已流失"},
    "reactivated": {"en": "back again", "zh": "已回归"},
}


@dataclass(frozen=True, slots=True)
class Care:
    """What judging rests on: the shop's zone and working days, its caps, and who is held out.

    `promised` is money that was granted but is stored nowhere, as in a preview; minor units.
    """

    zone: ZoneInfo
    caps: Sequence[Cap]
    is_workday: Workday
    held_out: HeldOut
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
    """Decide who of the candidates is contacted; makes nothing but exposures to a hold-out.

    Audience, id, consent and hold-out come before caps and budget: whoever is held out is drawn
    from all whom the playbook means, not from those that other playbooks left over.
    """
    programme = playbook.audience.programme
    asked = [each.profile_id for each in candidates]
    people = await people_of(connection, asked, programme=programme, purpose=_purpose(playbook))
    meant = await _meant(connection, playbook, candidates, people)
    held: dict[str, Hold] = {}
    able = [each for each in meant if not _is_unable(each, playbook, held)]
    units = sorted({str(each.person.profile_id) for each in able})
    out = await care.held_out(connection, playbook.playbook_key, units, now) if units else set()
    for each in able:
        if str(each.person.profile_id) in out:
            held[each.wish.once_key] = Hold.HOLD_OUT
    free = [each for each in able if each.wish.once_key not in held]
    limits, contacts = await _limits(connection, playbook, free, care, now)
    verdict = judge([each.wish for each in free], contacts, limits, now)
    granted = {wish.once_key for wish in verdict.granted}
    chosen = [each for each in free if each.wish.once_key in granted]
    return Judged(chosen, verdict, held | verdict.held)


def _purpose(playbook: Playbook) -> str:
    purpose: str = playbook.document["purpose"]
    return purpose


async def _meant(
    connection: asyncpg.Connection,
    playbook: Playbook,
    candidates: Sequence[Candidate],
    people: Mapping[UUID, Person],
) -> list[Chosen]:
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
    free: Sequence[Chosen],
    care: Care,
    now: datetime,
) -> tuple[Limits, dict[UUID, list[Contact]]]:
    caps = [*care.caps, *playbook.caps]
    people = sorted({each.person.profile_id for each in free})
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


async def new_tasks(
    connection: asyncpg.Connection,
    playbook: Playbook,
    chosen: Sequence[Chosen],
    care: Care,
    now: datetime,
) -> list[NewTask]:
    """Word the tasks of those who were chosen."""
    words = await _words(connection, playbook, chosen)
    return [_task(playbook, each, words[each.wish.once_key], care, now) for each in chosen]


Words = Mapping[str, Mapping[str, str]]


async def _words(
    connection: asyncpg.Connection, playbook: Playbook, chosen: Sequence[Chosen]
) -> dict[str, Words]:
    action = playbook.action
    used = placeholders_in(action["title"]) | placeholders_in(action["message"])
    people = [each.person.profile_id for each in chosen]
    names = await tier_names(connection) if "tier" in used else {}
    programme = playbook.audience.programme
    points = await points_of(connection, people, programme) if "points" in used else {}
    orders = await last_orders(connection, people) if "last_order" in used else {}
    return {
        each.wish.once_key: {
            **_tier_words(names, each.person),
            **_both("points", points.get(each.person.profile_id)),
            **_date_words(orders.get(each.person.profile_id)),
            **_both("offer", action.get("offer_key")),
            **_both("benefit", action.get("benefit_key")),
            **each.candidate.words,
        }
        for each in chosen
    }


def _tier_words(names: Mapping[str, Mapping[str, Mapping[str, str]]], person: Person) -> Words:
    name = names.get(person.programme or "", {}).get(person.tier or "")
    lifecycle = _LIFECYCLES.get(person.lifecycle or "")
    return ({"tier": name} if name else {}) | ({"lifecycle": lifecycle} if lifecycle else {})


def _both(name: str, value: object) -> Words:
    return {} if value is None else {name: {"en": str(value), "zh": str(value)}}


def _date_words(day: date | None) -> Words:
    if day is None:
        return {}
    return {"last_order": {"en": day.isoformat(), "zh": f"{day.year}年{day.month}月{day.day}日"}}


def _task(playbook: Playbook, each: Chosen, words: Words, care: Care, now: datetime) -> NewTask:
    action, person = playbook.action, each.person
    start = each.candidate.due_at or now
    not_before = out_of_quiet(max(start, now), playbook.quiet, care.zone)
    planned = after_workdays(start, action["due_in_days"], care.zone, care.is_workday)
    due_at = out_of_quiet(max(planned, not_before), playbook.quiet, care.zone).astimezone(UTC)
    return NewTask(
        once_key=each.wish.once_key,
        customer_id=str(person.customer_id),
        profile_id=person.profile_id,
        playbook_key=playbook.playbook_key,
        playbook_version=playbook.version,
        kind=playbook.trigger["kind"],
        purpose=_purpose(playbook),
        channel=each.wish.channel,
        title=filled(action["title"], words),
        message=filled(action["message"], words),
        details=_details(playbook, each, not_before.astimezone(UTC)),
        segment_at={
            "programme": person.programme,
            "tier": person.tier,
            "lifecycle": person.lifecycle,
        },
        priority=action["priority"],
        owner=action.get("owner"),
        queue=action.get("queue"),
        cost=each.wish.cost,
        currency=currency_of(playbook),
        due_at=due_at,
        expires_at=due_at + timedelta(days=action["expires_in_days"]),
    )


def currency_of(playbook: Playbook) -> str | None:
    """Name the currency a playbook counts in; None where it names no money."""
    budget = playbook.document.get("budget")
    some = [*(playbook.action.get("costs") or {}).values(), *([budget] if budget else [])]
    return some[0]["currency"] if some else None


def _details(playbook: Playbook, each: Chosen, not_before: datetime) -> dict[str, Any]:
    action = playbook.action
    kept = {name: action[name] for name in ("offer_key", "benefit_key") if action.get(name)}
    return {
        **each.candidate.details,
        **kept,
        "consent": playbook.document.get("consent", "not_withdrawn"),
        "not_before": not_before.isoformat(),
    }
