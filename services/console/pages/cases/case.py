"""One case: what was said, by whom, what was promised, done and decided."""

import asyncio

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.cases.beside import (
    Beside,
    promise,
    read_beside,
    show_beside,
    ways_to,
)
from services.console.pages.cases.rows import DISPUTE, event_line, tier_name, urgency
from services.console.pages.cases.steps import case_actions, decide, note_contact
from services.console.parts.actors import actor_name
from services.console.parts.care import (
    channel_word,
    customer_cells,
    customer_href,
    kind_word,
)
from services.console.parts.charts import plain_table
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import action, empty, fact, grid, section, tag
from services.console.reading.cases import one_case
from services.console.reading.contacts import list_interactions
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.cases import CaseAnswer, DecisionAnswer
from shared.contracts.common import Page
from shared.contracts.contacts import InteractionItem
from shared.contracts.customers import CustomerProfile


@page("/cases/{case_id}", "cases")
async def show_case(visit: Visit, case_id: str) -> None:
    """Show a case and what may be done about it."""
    case = await one_case(visit, case_id)
    who = case.customer_id or visit.say("care.nobody")
    retitle(visit.say("cases.one", kind=kind_word(visit, case.kind), who=who))
    known, contacts = await asyncio.gather(read_beside(visit, case), tried(_contacts(visit, case)))
    with ui.element("div").classes("tl-row tl-above"):
        ui.link(visit.say("cases.back"), "/cases")
        action(visit.say("cases.reload"), ui.navigate.reload, icon="refresh")
    with grid():
        with ui.element("div"):
            _said(visit, case, known)
            _standing(visit, case, known)
        if known is not None:
            show_beside(visit, case, known)
    if case.kind == DISPUTE:
        _dispute(visit, case)
    with grid():
        _history(visit, case)
        _contacted(visit, case, contacts)


async def _contacts(visit: Visit, case: CaseAnswer) -> Page[InteractionItem] | None:
    if case.customer_id is None:
        return None
    return await list_interactions(visit, case.customer_id)


def _said(visit: Visit, case: CaseAnswer, known: Beside | None) -> None:
    said, write = case.feedback, visit.formats
    with section(visit.say("cases.was_said")):
        if said is not None and said.text:
            ui.label(said.text).classes("tl-quote tl-lines")
        else:
            ui.label(visit.say("cases.no_words")).classes("tl-note")
        fact(visit.say("cases.column_kind"), kind_word(visit, case.kind))
        if said is not None and said.rating is not None:
            fact(visit.say("cases.rating"), write.number(said.rating))
        fact(visit.say("cases.column_channel"), channel_word(visit, case.channel))
        fact(visit.say("cases.when"), write.instant(said.occurred_at if said else case.opened_at))
        if said is not None and said.order_id:
            fact(visit.say("cases.order"), said.order_id)
        if said is not None and said.language:
            fact(visit.say("cases.language"), said.language)
        for name, text in (
            ("answer", case.answer),
            ("resolution", case.resolution),
            ("improvement", case.improvement),
        ):
            if text:
                fact(visit.say(f"cases.{name}"), text)
        if case.answer:
            ui.label(not_sent(visit, case, known)).classes("tl-note")


def not_sent(visit: Visit, case: CaseAnswer, known: Beside | None) -> str:
    """Say that an answer is told by people, and how they reach the customer."""
    profile = known.profile if known is not None else None
    ways = ways_to(visit, profile) if isinstance(profile, CustomerProfile) else ""
    return visit.say("cases.not_sent", ways=ways or channel_word(visit, case.channel))


def _standing(visit: Visit, case: CaseAnswer, known: Beside | None) -> None:
    left = urgency(visit, case, visit.now())
    with section(visit.say("cases.standing")):
        with ui.element("div").classes("tl-row"):
            tag(visit.local(case.state_name), "good" if case.state != "received" else "plain")
            tag(left.text, left.tone)
            if case.reopenings:
                tag(visit.say("cases.reopened_times", n=case.reopenings), "warn")
        if case.customer_id:
            _who(visit, case.customer_id)
        fact(visit.say("cases.tier_then"), tier_name(visit, case))
        fact(visit.say("cases.column_due"), visit.formats.minute(case.due_at))
        fact(visit.say("cases.promise"), promise(visit, case, known))
        fact(visit.say("cases.column_owner"), case.owner or visit.say("cases.no_owner"))
        priority = visit.say_or(f"care.priority_{case.priority}", str(case.priority))
        fact(visit.say("cases.column_priority"), priority)
        if visit.may(Permission.CASES_CHANGE):
            case_actions(visit, case)


def _who(visit: Visit, customer_id: str) -> None:
    with ui.element("div").classes("tl-fact"):
        ui.label(visit.say("cases.column_customer")).classes("tl-fact-label")
        ui.link(str(customer_cells(visit, customer_id)["customer"]), customer_href(customer_id))


def _dispute(visit: Visit, case: CaseAnswer) -> None:
    with section(visit.say("cases.dispute"), note=visit.say("cases.dispute_note")):
        if case.decisions:
            head = ("decision", "judged", "decided_by", "why", "until", "pin")
            plain_table(
                [visit.say(f"cases.{name}") for name in head],
                [decision_line(visit, each) for each in case.decisions],
            )
        if visit.may(Permission.CASES_CHANGE):
            action(visit.say("cases.decide"), lambda: decide(visit, case), icon="gavel")


def decision_line(visit: Visit, decided: DecisionAnswer) -> list[str]:
    """Write a decision as a line of a table."""
    until = decided.ends_at
    return [
        visit.say(f"cases.decision_{decided.decision}"),
        f"{decided.tier_held or NOTHING} → {decided.tier_judged} ({decided.programme})",
        f"{actor_name(visit, decided.decided_by)}, {visit.formats.instant(decided.decided_at)}",
        decided.reason,
        visit.formats.minute(until) if until else visit.say("cases.open_end"),
        "\n".join(filter(None, (visit.say(f"cases.pin_{decided.pin}"), decided.pin_detail))),
    ]


def _history(visit: Visit, case: CaseAnswer) -> None:
    with section(visit.say("cases.history")):
        for event in case.events:
            title, words = event_line(visit, event)
            with ui.element("div").classes("tl-event"):
                ui.label(title).classes("tl-strong")
                who = actor_name(visit, event.actor)
                ui.label(f"{visit.formats.instant(event.at)} · {who}").classes("tl-note")
                if words:
                    ui.label(words).classes("tl-lines")


def _contacted(
    visit: Visit, case: CaseAnswer, contacts: Page[InteractionItem] | Fault | None
) -> None:
    with section(visit.say("cases.contacts")):
        if isinstance(contacts, Fault):
            fault_card(visit, contacts)
        elif contacts is None or not contacts.items:
            empty(visit.say("cases.no_contacts"))
        else:
            head = ("when", "contact", "about", "outcome")
            plain_table(
                [visit.say(f"cases.{name}") for name in head],
                [contact_line(visit, each) for each in contacts.items],
            )
        if visit.may(Permission.CASES_CHANGE) and case.customer_id:
            action(visit.say("cases.note_contact"), lambda: note_contact(visit, case), icon="call")


def contact_line(visit: Visit, contact: InteractionItem) -> list[str]:
    """Write a contact as a line of a table."""
    way = visit.say(f"cases.direction_{contact.direction}")
    about = "\n".join(text for text in (contact.subject, contact.note) if text)
    return [
        visit.formats.instant(contact.at),
        f"{visit.say(f'cases.contact_{contact.kind}')}, {way}",
        about or NOTHING,
        contact.outcome or NOTHING,
    ]
