"""One customer at a glance: worth, tiers, why, and what would change them."""

import asyncio
from typing import Final

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.customers.controls import give_grant, give_pin, held_controls
from services.console.pages.customers.rows import history_lines, in_force, seen_first
from services.console.pages.customers.shown import begin
from services.console.pages.customers.standing import Held, standing
from services.console.pages.customers.steps import course, course_lines
from services.console.pages.customers.supposing import supposing
from services.console.pages.customers.why import why
from services.console.parts.care import lifecycle_word, money
from services.console.parts.charts import AS_SHORT, chart, plain_table
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import page
from services.console.parts.pieces import action, empty, section, tile, tiles
from services.console.reading import customers as reading
from services.console.reading.programmes import list_programmes, one_version
from services.console.visiting.visit import Visit
from shared.contracts.explanation import ExplanationAnswer
from shared.contracts.programmes import ProgrammeSummary, VersionDetail
from shared.contracts.score_history import ScoreHistory
from shared.contracts.tier import ScoreAnswer
from shared.contracts.what_if import WhatIfAnswer

#: How far the page looks ahead for what would be missing then, without a purchase.
_AHEAD_DAYS: Final = 30


@page("/customers/{customer_id}", "customers")
async def glance(visit: Visit, customer_id: str) -> None:
    """Show what somebody is worth, holds, and why."""
    (profile, programmes, pins, grants), (score, explained, past) = await asyncio.gather(
        asyncio.gather(
            tried(reading.profile(visit, customer_id)),
            tried(list_programmes(visit)),
            tried(reading.pins(visit, customer_id)),
            tried(reading.grants(visit, customer_id)),
        ),
        asyncio.gather(
            tried(reading.score(visit, customer_id)),
            tried(reading.explanation(visit, customer_id)),
            tried(reading.score_history(visit, customer_id)),
        ),
    )
    begin(visit, customer_id, "")
    if isinstance(profile, Fault):
        fault_card(visit, profile)
    elif profile.customer_id != customer_id:
        ui.label(visit.say("customers.stands_for", winner=profile.customer_id)).classes("tl-note")
    if isinstance(programmes, Fault):
        fault_card(visit, programmes)
        return
    live = seen_first(in_force(programmes))
    of_model = explained.programme if isinstance(explained, ExplanationAnswer) else None
    held = await asyncio.gather(*(_held(visit, customer_id, each, of_model) for each in live))
    _figures(visit, score)
    _actions(visit, customer_id, live)
    for each in held:
        standing(visit, each, explained if each.programme.programme == of_model else None)
    why(visit, explained)
    supposing(visit, customer_id, live)
    _over_time(visit, past)
    _told(visit, held)
    held_controls(visit, customer_id, live, (pins, grants))


async def _held(
    visit: Visit, customer_id: str, programme: ProgrammeSummary, of_model: str | None
) -> Held:
    key = programme.programme
    (tier, history), (version, supposed) = await asyncio.gather(
        asyncio.gather(
            tried(reading.tier(visit, customer_id, key)),
            tried(reading.tier_history(visit, customer_id, key)),
        ),
        _rules(visit, customer_id, programme) if key != of_model else _untold(),
    )
    return Held(programme, tier, history, version, supposed)


async def _rules(
    visit: Visit, customer_id: str, programme: ProgrammeSummary
) -> tuple[VersionDetail | Fault, WhatIfAnswer | Fault]:
    asked = {"programme": programme.programme, "days_passed": _AHEAD_DAYS}
    return await asyncio.gather(
        tried(one_version(visit, programme.programme, programme.version)),
        tried(reading.what_if(visit, customer_id, asked)),
    )


async def _untold() -> tuple[None, None]:
    return None, None


def _figures(visit: Visit, score: ScoreAnswer | Fault) -> None:
    if isinstance(score, Fault):
        fault_card(visit, score)
        return
    write = visit.formats
    with tiles():
        interval = visit.say(
            "customers.between", low=money(visit, score.low), high=money(visit, score.high)
        )
        days = score.horizon_days
        label = visit.say("customers.value_in" if days else "customers.value", days=days)
        tile(label, money(visit, score.value), note=interval if score.value else "")
        chance = write.percent(score.probability_to_buy, digits=0)
        tile(visit.say("customers.chance"), chance, note=visit.say("customers.chance_note"))
        tile(visit.say("customers.lifecycle"), lifecycle_word(visit, score.lifecycle))
        if score.potential is not None:
            note = visit.say("customers.potential_note")
            tile(visit.say("customers.potential"), money(visit, score.potential), note=note)
    if score.confidence_reason is not None:
        ui.label(visit.local(score.confidence_reason.text)).classes("tl-note")
    if score.season is not None:
        ui.label(visit.local(score.season.text)).classes("tl-note")


def _actions(visit: Visit, customer_id: str, live: list[ProgrammeSummary]) -> None:
    if not (live and visit.may(Permission.CUSTOMERS_CHANGE)):
        return
    with ui.element("div").classes("tl-row tl-above"):
        action(
            visit.say("customers.pin"), lambda: give_pin(visit, customer_id, live), icon="push_pin"
        )
        action(
            visit.say("customers.grant"),
            lambda: give_grant(visit, customer_id, live),
            icon="card_giftcard",
        )


def _over_time(visit: Visit, past: ScoreHistory | Fault) -> None:
    with section(visit.say("customers.over_time"), note=visit.say("customers.over_time_note")):
        if isinstance(past, Fault):
            fault_card(visit, past)
            return
        known = [point for point in past.points if point.value is not None]
        if not known:
            empty(visit.say("customers.no_score_yet"))
            return
        options = course(visit, past)
        options["yAxis"] |= {"axisLabel": {":formatter": AS_SHORT}}
        first, last = known[0], known[-1]
        summary = visit.say(
            "customers.over_time_summary",
            first=money(visit, first.value),
            last=money(visit, last.value),
            since=visit.formats.date(first.on),
        )
        head = ("on", "value", "low", "high", "chance", "lifecycle", "tier")
        chart(
            visit,
            options,
            summary=summary,
            head=[visit.say(f"customers.{name}") for name in head],
            rows=course_lines(visit, past),
        )


def _told(visit: Visit, held: list[Held]) -> None:
    head = ("at", "programme", "tier_from", "tier_to", "because")
    with section(visit.say("customers.history")):
        lines = []
        for each in held:
            if isinstance(each.history, Fault):
                fault_card(visit, each.history)
            else:
                lines += history_lines(visit, each.programme, each.history)
        if lines:
            plain_table([visit.say(f"customers.{name}") for name in head], lines)
        else:
            empty(visit.say("customers.no_history"))
