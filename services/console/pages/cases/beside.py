"""What is known of the customer of a case, for whoever answers it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nicegui import ui

from services.console.pages.cases.rows import OPEN, urgency
from services.console.parts.care import customer_href, kind_word, lifecycle_word, money
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.pieces import fact, section
from services.console.reading import customers as reading
from services.console.reading.cases import list_cases
from services.console.reading.programmes import list_programmes
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.cases import CaseAnswer, CaseItem
from shared.contracts.common import Page
from shared.contracts.contacts import TimelineItem
from shared.contracts.customers import CustomerProfile
from shared.contracts.programmes import ProgrammeSummary
from shared.contracts.tier import ScoreAnswer, TierAnswer
from shared.contracts.tier_history import HistoryItem

_PURCHASES: Final = 3
_MOST_CASES: Final = 50
#: Identifiers that somebody can be written to or called by.
REACHED_BY: Final = ("phone", "email", "wechat_openid")
_PURPOSES: Final = ("service", "marketing")


@dataclass(frozen=True, slots=True)
class Held:
    """A programme that decides tiers, and the tier held in it now."""

    programme: ProgrammeSummary
    tier: TierAnswer | Fault


@dataclass(frozen=True, slots=True)
class Beside:
    """What could be read of somebody; what is away is a fault in its own place."""

    customer_id: str
    score: ScoreAnswer | Fault
    held: Sequence[Held] | Fault
    purchases: Page[TimelineItem] | Fault
    cases: Page[CaseItem] | Fault
    profile: CustomerProfile | Fault
    #: what they were told of the tier of the programme that promised
    told: Sequence[HistoryItem] | Fault


async def read_beside(visit: Visit, case: CaseAnswer) -> Beside | None:
    """Read what is known of whose case it is; None where nobody knows who it was."""
    if case.customer_id is None:
        return None
    who, level = case.customer_id, case.service_level
    promising = level.programme if level else None
    score, held, purchases, cases, profile, told = await asyncio.gather(
        tried(reading.score(visit, who)),
        _held(visit, who),
        tried(reading.purchases(visit, who, _PURCHASES)),
        tried(list_cases(visit, {"customer_id": who}, None, _MOST_CASES)),
        tried(reading.profile(visit, who)),
        _told(visit, who, promising),
    )
    return Beside(who, score, held, purchases, cases, profile, told)


async def _held(visit: Visit, who: str) -> Sequence[Held] | Fault:
    programmes = await tried(list_programmes(visit))
    if isinstance(programmes, Fault):
        return programmes
    live = sorted(
        (each for each in programmes if each.release is not None),
        key=lambda each: not each.is_default,
    )
    tiers = await asyncio.gather(*(tried(reading.tier(visit, who, p.programme)) for p in live))
    return [Held(programme, tier) for programme, tier in zip(live, tiers, strict=True)]


async def _told(visit: Visit, who: str, programme: str | None) -> Sequence[HistoryItem] | Fault:
    return await tried(reading.tier_history(visit, who, programme)) if programme else []


def show_beside(visit: Visit, case: CaseAnswer, known: Beside) -> None:
    """Show the customer: worth, tiers, last purchases, other open cases, how to reach them."""
    with section(visit.say("cases.beside")):
        ui.link(visit.say("cases.beside_more"), customer_href(known.customer_id))
        _worth(visit, known.score)
        if isinstance(known.held, Fault):
            if not isinstance(known.score, Fault):  # one service away is told once
                fault_card(visit, known.held)
        else:
            for each in known.held:
                _tier(visit, each)
        _bought(visit, known.purchases)
        _others(visit, case, known.cases)
        _reached(visit, known.profile)


def _worth(visit: Visit, score: ScoreAnswer | Fault) -> None:
    if isinstance(score, Fault):
        fault_card(visit, score)
        return
    days = score.horizon_days
    label = visit.say("customers.value_in", days=days) if days else visit.say("customers.value")
    fact(label, money(visit, score.value))
    fact(visit.say("customers.chance"), visit.formats.percent(score.probability_to_buy, digits=0))
    fact(visit.say("customers.lifecycle"), lifecycle_word(visit, score.lifecycle))


def _tier(visit: Visit, held: Held) -> None:
    if isinstance(held.tier, Fault):
        fault_card(visit, held.tier)
    else:
        fact(visit.local(held.programme.name), visit.local(held.tier.tier.name))


def _bought(visit: Visit, found: Page[TimelineItem] | Fault) -> None:
    if isinstance(found, Fault):
        fault_card(visit, found)
        return
    lines = [bought_line(visit, item) for item in found.items]
    fact(visit.say("cases.bought"), "\n".join(lines) or visit.say("cases.bought_nothing"))


def bought_line(visit: Visit, item: TimelineItem) -> str:
    """Write a purchase: its day, and what was paid."""
    day = visit.formats.date(item.at.astimezone(visit.house.zone).date())
    net = item.details.get("net")
    if not isinstance(net, dict):
        return day
    return f"{day} · {visit.formats.money(str(net['amount']), str(net['currency']))}"


def _others(visit: Visit, case: CaseAnswer, found: Page[CaseItem] | Fault) -> None:
    if isinstance(found, Fault):
        fault_card(visit, found)
        return
    others = [each for each in found.items if each.state in OPEN and each.case_id != case.case_id]
    with ui.element("div").classes("tl-fact"):
        ui.label(visit.say("cases.others")).classes("tl-fact-label")
        with ui.element("div").classes("tl-fact-value"):
            if not others:
                ui.label(visit.say("cases.others_none"))
            for each in others:
                text = f"{kind_word(visit, each.kind)} · {urgency(visit, each, visit.now()).text}"
                with ui.element("div"):
                    ui.link(text, f"/cases/{each.case_id}")


def _reached(visit: Visit, profile: CustomerProfile | Fault) -> None:
    if isinstance(profile, Fault):
        fault_card(visit, profile)
        return
    fact(visit.say("cases.reached_by"), ways_to(visit, profile) or visit.say("cases.reached_not"))
    for purpose in _PURPOSES:
        state = profile.consents.get(purpose)
        word = "unknown" if state is None else "given" if state else "withdrawn"
        label = visit.say("cases.consent_to", purpose=visit.say(f"care.purpose_{purpose}"))
        fact(label, visit.say(f"customers.consent_{word}"))


def ways_to(visit: Visit, profile: CustomerProfile) -> str:
    """Name the ways to reach somebody that ingest knows of; none where service may not."""
    if profile.consents.get("service") is False:
        return ""
    kinds = {each.kind for each in profile.identifiers}
    return visit.say("cases.comma").join(
        visit.say(f"customers.by_{kind}") for kind in REACHED_BY if kind in kinds
    )


def promise(visit: Visit, case: CaseAnswer, known: Beside | None = None) -> str:
    """Say what was promised, and to which tier of which programme."""
    level = case.service_level
    if level is None or level.response_hours is None:
        word = "cases.no_promise" if case.is_service_level_known else "cases.promise_unknown"
        return visit.say(word)
    hours = visit.formats.number(level.response_hours)
    programme = _programme_of(known, level.programme)
    if programme is None:
        name = level.programme or NOTHING
        return visit.say("cases.promised", hours=hours, programme=name)
    name, tier = visit.local(programme.name), _promised_to(visit, case, programme, known)
    if not tier:
        return visit.say("cases.promised", hours=hours, programme=name)
    return visit.say("cases.promised_to", hours=hours, programme=name, tier=tier)


def _programme_of(known: Beside | None, key: str | None) -> ProgrammeSummary | None:
    if known is None or isinstance(known.held, Fault):
        return None
    return next((e.programme for e in known.held if e.programme.programme == key), None)


def _promised_to(
    visit: Visit, case: CaseAnswer, programme: ProgrammeSummary, known: Beside | None
) -> str:
    """Name the tier that was held when the case was opened; nothing where it is not known."""
    if case.tier is not None and case.tier.programme == programme.programme:
        return visit.local(case.tier.name)
    told = [] if known is None or isinstance(known.told, Fault) else known.told
    key = next((each.tier_to for each in told if each.at <= case.opened_at), None)
    return next((visit.local(tier.name) for tier in programme.tiers if tier.key == key), "")
