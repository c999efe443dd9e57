"""Word the tasks of those whom a playbook reaches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import asyncpg

from services.feedback.domain.care.due import after_workdays, out_of_quiet
from services.feedback.domain.care.message import filled, placeholders_in
from services.feedback.domain.care.playbook import Playbook
from services.feedback.domain.care.task import NewTask
from services.feedback.queries.care.people import Person, last_orders, points_of, tier_names
from services.feedback.queries.care.shop import benefit_names, offer_name
from services.feedback.usecases.care.judged import Care, Chosen, currency_of, purpose_of

_LIFECYCLES: Final[Mapping[str, Mapping[str, str]]] = {
    "prospect": {"en": "prospect", "zh": "潜在顾客"},
    "new": {"en": "new customer", "zh": "新顾客"},
    "active": {"en": "active", "zh": "活跃"},
    "at_risk": {"en": "at risk", "zh": "流失风险"},
    "churned": {"en": "churned", "zh": "已流失"},
    "reactivated": {"en": "back again", "zh": "已回归"},
}


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
    given = await _given_words(connection, playbook, used)
    return {
        each.wish.once_key: {
            **given,
            **_tier_words(names, each.person),
            **_both("points", points.get(each.person.profile_id)),
            **_date_words(orders.get(each.person.profile_id)),
            **each.candidate.words,
        }
        for each in chosen
    }


async def _given_words(
    connection: asyncpg.Connection, playbook: Playbook, used: Collection[str]
) -> Words:
    """Name what is given to all: the offer and the benefit, by their keys where they have none."""
    offer, benefit = playbook.action.get("offer_key"), playbook.action.get("benefit_key")
    words: dict[str, Mapping[str, str]] = {}
    if offer and "offer" in used:
        words["offer"] = await offer_name(connection, offer) or _same(offer)
    if benefit and "benefit" in used:
        names = await benefit_names(connection, playbook.audience.programme)
        words["benefit"] = names.get(benefit) or _same(benefit)
    return words


def _tier_words(names: Mapping[str, Mapping[str, Mapping[str, str]]], person: Person) -> Words:
    name = names.get(person.programme or "", {}).get(person.tier or "")
    lifecycle = _LIFECYCLES.get(person.lifecycle or "")
    return ({"tier": name} if name else {}) | ({"lifecycle": lifecycle} if lifecycle else {})


def _both(name: str, value: object) -> Words:
    return {} if value is None else {name: _same(value)}


def _same(value: object) -> Mapping[str, str]:
    return {"en": str(value), "zh": str(value)}


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
        purpose=purpose_of(playbook),
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


def _details(playbook: Playbook, each: Chosen, not_before: datetime) -> dict[str, Any]:
    action = playbook.action
    kept = {name: action[name] for name in ("offer_key", "benefit_key") if action.get(name)}
    return {
        **each.candidate.details,
        **kept,
        "consent": playbook.document.get("consent", "not_withdrawn"),
        "not_before": not_before.isoformat(),
    }
