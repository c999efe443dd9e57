"""Identifiers that two customers claim: who shall have each."""

from typing import Literal
from uuid import UUID

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.data import settle_conflict
from services.console.pages.data.ways import customer_href, identifier_word, show_ways
from services.console.parts.faults import told
from services.console.parts.filters import Filters
from services.console.parts.frame import heading, page
from services.console.parts.pieces import action, empty, section
from services.console.parts.reasons import with_reason
from services.console.reading import data
from services.console.visiting.visit import Visit
from shared.contracts.common import Page
from shared.contracts.merges import CustomerName, IdentityConflict

#: Shown at once: each has its buttons.
_AT_ONCE = 20


@page("/data/conflicts", "data")
async def show_conflicts(visit: Visit, settled: bool = False) -> None:  # noqa: FBT001, FBT002 - of the address
    """Show contested identifiers, and let somebody say whose they are."""
    show_ways(visit, "/data/conflicts")
    found = await data.conflicts(visit, is_open=not settled, cursor=None, limit=_AT_ONCE)
    with section(visit.say("data.identity_conflicts"), note=visit.say("data.conflicts_note")):
        await _Conflicts(visit, settled=settled).show(found)


class _Conflicts:
    """The list, page below page, and what is decided in it."""

    def __init__(self, visit: Visit, *, settled: bool) -> None:
        self._visit = visit
        self._filters = Filters(visit, self.restart, {"settled": settled})
        self._list: ui.element | None = None

    async def show(self, found: Page[IdentityConflict]) -> None:
        """Lay the list out."""
        self._filters.flag("settled", self._visit.say("data.settled"))
        self._list = ui.element("div")
        self._add(found)

    async def restart(self) -> None:
        """Ask for the first page again."""
        found = await self._fetch(None)
        if self._list is not None:
            self._list.clear()
        self._add(found)

    async def _fetch(self, cursor: str | None) -> Page[IdentityConflict]:
        is_open = "settled" not in self._filters.given()
        return await data.conflicts(self._visit, is_open=is_open, cursor=cursor, limit=_AT_ONCE)

    def _add(self, found: Page[IdentityConflict]) -> None:
        if self._list is None:
            return
        with self._list:
            if not found.items and not self._list.default_slot.children:
                empty(self._visit.say("data.no_conflicts"))
            for conflict in found.items:
                self._one(conflict)
            if found.next_cursor is not None:
                self._more(found.next_cursor)

    def _more(self, cursor: str) -> None:
        async def more() -> None:
            async with told(self._visit):
                found = await self._fetch(cursor)
                button.delete()
                self._add(found)

        button = action(self._visit.say("data.more"), more)

    def _one(self, conflict: IdentityConflict) -> None:
        say, write = self._visit.say, self._visit.formats
        with ui.element("div").classes("tl-event"):
            heading(identifier_word(self._visit, conflict.kind), level=3)
            with ui.element("div").classes("tl-row"):
                ui.label(say("data.held_by"))
                customer(self._visit, conflict.holder)
                ui.label(say("data.claimed_by"))
                customer(self._visit, conflict.claimant)
                ui.label(write.instant(conflict.seen_at)).classes("tl-note")
            if conflict.resolved_at is not None:
                ui.label(say("data.settled_at", at=write.instant(conflict.resolved_at)))
            elif self._visit.may(Permission.CUSTOMERS_CHANGE):
                with ui.element("div").classes("tl-row"):
                    self._choice(conflict.conflict_id, "holder")
                    self._choice(conflict.conflict_id, "claimant")

    def _choice(self, conflict_id: UUID, keep: Literal["holder", "claimant"]) -> None:
        title = self._visit.say(f"data.keep_{keep}")

        async def make(reason: str) -> None:
            change = settle_conflict(conflict_id, keep)
            await self._visit.make(change, reason, IdentityConflict)

        async def ask() -> None:
            text = self._visit.say("data.keep_text")
            if await with_reason(self._visit, title, make, text=text):
                async with told(self._visit):
                    await self.restart()

        action(title, ask)


def customer(visit: Visit, name: CustomerName) -> None:
    """Lead to a customer; one without an id of the shop's is named by ours."""
    if name.customer_id is None:
        ui.label(visit.say("data.nameless", id=str(name.profile_id)[:8]))
    else:
        ui.link(name.customer_id, customer_href(name.customer_id))
