"""Who a customer is: attributes, identifiers, consents, merges; and their right to their data."""

import asyncio
from functools import partial
from typing import Final
from urllib.parse import quote

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.customers import correcting
from services.console.pages.customers.rows import (
    MASK,
    leaf_lines,
    merge_line,
    names_nobody,
    shown_identifier,
)
from services.console.pages.customers.shown import begin
from services.console.parts.charts import plain_table
from services.console.parts.downloads import File, begun, download
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import page
from services.console.parts.pieces import action, empty, fact, grid, section, tag
from services.console.reading import customers as reading
from services.console.visiting.visit import Visit
from shared.contracts.customers import CustomerProfile
from shared.contracts.merges import MergeAnswer
from shared.contracts.privacy import Consents

_NEWEST: Final = 10


@page("/customers/{customer_id}/profile", "customers")
async def profile(visit: Visit, customer_id: str) -> None:
    """Show a profile and what may be corrected about it."""
    begin(visit, customer_id, "/profile")
    found, consents, merges = await asyncio.gather(
        tried(reading.profile(visit, customer_id)),
        tried(reading.consents(visit, customer_id)),
        tried(reading.merges_of(visit, customer_id)),
    )
    if isinstance(found, Fault):
        fault_card(visit, found)
        return
    with grid():
        _attributes(visit, found)
        _identity(visit, found)
        _consents(visit, found.customer_id, consents)
    _merges(visit, found, merges)
    _rights(visit, found.customer_id)


def _attributes(visit: Visit, found: CustomerProfile) -> None:
    may_see = visit.may(Permission.PEOPLE_READ)
    note = "" if may_see else visit.say("customers.masked")
    with section(visit.say("customers.attributes"), note=note):
        for name, value in leaf_lines(found.attributes):
            shown = value if may_see or names_nobody(name) else MASK
            fact(visit.say_or(f"customers.attribute_{name}", name), shown)
        if not found.attributes:
            empty(visit.say("customers.no_attributes"))
        fact(visit.say("customers.known_since"), visit.formats.instant(found.created_at))
        if visit.may(Permission.CUSTOMERS_CHANGE):
            action(
                visit.say("customers.correct"),
                lambda: correcting.correct_attributes(visit, found),
                icon="edit",
            )


def _identity(visit: Visit, found: CustomerProfile) -> None:
    may_see = visit.may(Permission.PEOPLE_READ)
    note = "" if may_see else visit.say("customers.masked")
    with section(visit.say("customers.identity"), note=note):
        fact(visit.say("customers.customer"), found.customer_id)
        for each in found.identifiers:
            label = visit.say_or(f"customers.by_{each.kind}", each.kind)
            fact(label, shown_identifier(visit, each))
        if found.merged_from:
            fact(visit.say("customers.merged_from"), ", ".join(found.merged_from))
        ui.link(visit.say("customers.to_conflicts"), "/data/conflicts")


def _consents(visit: Visit, customer_id: str, found: Consents | Fault) -> None:
    with section(visit.say("customers.consents"), note=visit.say("customers.consents_note")):
        if isinstance(found, Fault):
            fault_card(visit, found)
            return
        for purpose in correcting.PURPOSES:
            state = found.consents.get(purpose)
            word = "unknown" if state is None else "given" if state else "withdrawn"
            fact(visit.say(f"customers.purpose_{purpose}"), visit.say(f"customers.consent_{word}"))
        for change in found.history[-_NEWEST:][::-1]:
            word = "given" if change.granted else "withdrawn"
            ui.label(
                visit.say(
                    "customers.consent_changed",
                    at=visit.formats.instant(change.changed_at),
                    purpose=visit.say_or(f"customers.purpose_{change.purpose}", change.purpose),
                    state=visit.say(f"customers.consent_{word}"),
                )
            ).classes("tl-note")
        if visit.may(Permission.CUSTOMERS_CHANGE):
            action(
                visit.say("customers.set_consents"),
                lambda: correcting.set_consents(visit, customer_id, found.consents),
                icon="edit",
            )


def _merges(visit: Visit, found: CustomerProfile, merges: list[MergeAnswer] | Fault) -> None:
    may_change = visit.may(Permission.CUSTOMERS_CHANGE)
    with section(visit.say("customers.merges"), note=visit.say("customers.merges_note")):
        if isinstance(merges, Fault):
            fault_card(visit, merges)
            return
        if merges:
            head = ("at", "merged", "into", "because", "state")
            lines = [merge_line(visit, each) for each in merges]
            plain_table([visit.say(f"customers.{name}") for name in head], lines)
        else:
            tag(visit.say("customers.no_merges"))
        if not may_change:
            return
        with ui.element("div").classes("tl-row"):
            action(
                visit.say("customers.merge"),
                lambda: correcting.merge(visit, found.customer_id),
                icon="merge",
            )
            for each in merges:
                if each.undone_at is None:
                    label = visit.say("customers.undo", loser=each.loser.customer_id or "")
                    take_back = partial(correcting.undo, visit, found.customer_id, each)
                    action(label, take_back, icon="undo")


def _rights(visit: Visit, customer_id: str) -> None:
    if not visit.may(Permission.CUSTOMERS_ERASE):
        return
    with (
        section(visit.say("customers.rights"), note=visit.say("customers.rights_note")),
        ui.element("div").classes("tl-row"),
    ):
        path = f"/customers/{quote(customer_id, safe='')}/export.json"
        ui.link(visit.say("customers.export_one"), path).props("download")
        action(
            visit.say("customers.erase"),
            lambda: correcting.erase(visit, customer_id),
            icon="delete_forever",
        ).props("color=negative")


@download(
    "/customers/{customer_id}/export.json",
    may=Permission.CUSTOMERS_ERASE,
    subject="customer:{customer_id}",
)
async def export(visit: Visit, customer_id: str) -> File:
    """Give everything that is held of somebody as a file."""
    pieces = await begun(reading.everything_of(visit, customer_id))
    return File(f"{customer_id}.json", "application/json", pieces)
