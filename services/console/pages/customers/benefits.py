"""What a customer's tiers entitle to, and their points; use a benefit, give or take points."""

import asyncio
from functools import partial
from typing import Final
from uuid import uuid4

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing import customers as changing
from services.console.pages.customers.rows import in_force
from services.console.pages.customers.shown import begin
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import heading, page
from services.console.parts.pieces import action, empty, grid, section, tag, tile, tiles
from services.console.parts.reasons import with_reason
from services.console.parts.tables import Column, Fetched, PagedTable, Row
from services.console.reading import customers as reading
from services.console.reading.programmes import list_programmes
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.entitlements import Entitlement, EntitlementsAnswer, ProgrammeEntitlements
from shared.contracts.points import PointsAnswer, PointsEntryAnswer
from shared.contracts.programmes import ProgrammeSummary

_PAGE: Final = 20


@page("/customers/{customer_id}/benefits", "customers")
async def benefits(visit: Visit, customer_id: str) -> None:
    """Show benefits with what is left of them, and points."""
    begin(visit, customer_id, "/benefits")
    found, programmes = await asyncio.gather(
        tried(reading.entitlements(visit, customer_id)), tried(list_programmes(visit))
    )
    if isinstance(found, Fault) or isinstance(programmes, Fault):
        for each in (found, programmes):
            if isinstance(each, Fault):
                fault_card(visit, each)
        return
    named = {each.programme: each for each in in_force(programmes)}
    _entitlements(visit, customer_id, found, named)
    wallets = await asyncio.gather(
        *(tried(reading.points(visit, customer_id, each)) for each in named)
    )
    for programme, wallet in zip(named.values(), wallets, strict=True):
        if isinstance(wallet, Fault):
            fault_card(visit, wallet)
        elif wallet is not None:
            await _points(visit, customer_id, programme, wallet)
    if all(each is None for each in wallets):
        with section(visit.say("customers.points")):
            empty(
                visit.say("customers.no_points"),
                label=visit.say("customers.to_programmes"),
                then="/programmes",
            )


def _entitlements(
    visit: Visit,
    customer_id: str,
    found: EntitlementsAnswer,
    named: dict[str, ProgrammeSummary],
) -> None:
    held = [each for each in found.programmes if each.benefits]
    if not held:
        with section(visit.say("customers.page_benefits")):
            empty(visit.say("customers.no_benefits"))
        return
    with grid():
        for each in held:
            name = visit.local(named[each.programme].name) if each.programme in named else ""
            _programme(visit, customer_id, each, name or each.programme)


def _programme(visit: Visit, customer_id: str, found: ProgrammeEntitlements, name: str) -> None:
    with section(name):
        tag(visit.local(found.tier.name))
        for benefit in found.benefits:
            with ui.element("div").classes("tl-row tl-event"):
                with ui.element("div").classes("tl-fill"):
                    ui.label(visit.local(benefit.name))
                    ui.label(left_of(visit, benefit)).classes("tl-note")
                is_countable = benefit.quota is not None and benefit.quota.left
                if is_countable and visit.may(Permission.CUSTOMERS_CHANGE):
                    use = partial(_redeem, visit, customer_id, found.programme, benefit)
                    action(visit.say("customers.redeem"), use)


def left_of(visit: Visit, benefit: Entitlement) -> str:
    """Say how often a benefit may still be used, or what it gives."""
    quota, level = benefit.quota, benefit.service_level
    if quota is not None:
        left = NOTHING if quota.left is None else visit.formats.number(quota.left)
        return visit.say(
            "customers.quota",
            left=left,
            count=visit.formats.number(quota.count),
            per=visit.say_or(f"customers.per_{quota.per}", quota.per),
            renews=visit.formats.instant(quota.renews_at),
        )
    if benefit.price is not None:
        return visit.say("customers.off_price", percent=benefit.price.percent)
    if level is not None and level.response_hours is not None:
        return visit.say("customers.answers_within", hours=level.response_hours)
    return visit.say_or(f"customers.benefit_{benefit.kind}", benefit.kind)


async def _redeem(visit: Visit, customer_id: str, programme: str, benefit: Entitlement) -> None:
    key = str(uuid4())

    async def make(reason: str) -> None:
        await visit.do(changing.redeem(customer_id, programme, benefit.key, key), reason)

    title = visit.say("customers.redeem_one", benefit=visit.local(benefit.name))
    if await with_reason(visit, title, make):
        ui.navigate.reload()


async def _points(
    visit: Visit, customer_id: str, programme: ProgrammeSummary, wallet: PointsAnswer
) -> None:
    write, key = visit.formats, programme.programme

    async def fetch(cursor: str | None, limit: int) -> Fetched:
        found = await reading.points_entries(visit, customer_id, key, cursor, limit)
        return [entry_row(visit, entry) for entry in found.items], found.next_cursor

    name = visit.local(programme.name)
    with section(visit.say("customers.points_of", programme=name)):
        with tiles():
            tile(visit.say("customers.balance"), write.number(wallet.balance))
            note = visit.say("customers.pending_note")
            tile(visit.say("customers.pending"), write.number(wallet.pending), note=note)
            if wallet.next_expiry is not None:
                on = write.instant(wallet.next_expiry.expires_at)
                tile(
                    visit.say("customers.expires"), write.number(wallet.next_expiry.points), note=on
                )
        if visit.may(Permission.CUSTOMERS_CHANGE):
            action(visit.say("customers.adjust"), lambda: _adjust(visit, customer_id, key))
        heading(visit.say("customers.entries"), level=3)
        columns = [
            Column("at", visit.say("customers.at"), min_width=180),
            Column("kind", visit.say("customers.what"), min_width=140),
            Column("points", visit.say("customers.points"), "number"),
            Column("expires", visit.say("customers.expires_at"), min_width=180),
        ]
        label, nothing = visit.say("customers.entries"), visit.say("customers.no_entries")
        await PagedTable(visit, columns, fetch, nothing, label, page_size=_PAGE).show()


def entry_row(visit: Visit, entry: PointsEntryAnswer) -> Row:
    """Show one change of the points."""
    sign = "+" if entry.points > 0 else ""
    return {
        "at": visit.formats.instant(entry.at),
        "kind": visit.say_or(f"customers.points_{entry.kind}", entry.kind),
        "points": f"{sign}{visit.formats.number(entry.points)}",
        "expires": visit.formats.instant(entry.expires_at) if entry.expires_at else NOTHING,
    }


async def _adjust(visit: Visit, customer_id: str, programme: str) -> None:
    fields, key = DialogFields(), str(uuid4())

    def show() -> None:
        fields.number("points", visit.say("customers.adjust_points"))

    async def make(reason: str) -> None:
        wanted = fields.values.get("points") or 0
        change = changing.adjust_points(customer_id, programme, wanted, reason, key)
        await visit.do(change, reason)

    if await with_reason(visit, visit.say("customers.adjust"), make, fields=show):
        ui.navigate.reload()
