"""API keys: who may call the services, made here and shown once, revoked with a reason."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.ops import KeyWish, make_key, revoke_key
from services.console.pages.ops import WAYS
from services.console.pages.ops.said import key_row
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.frame import heading, page
from services.console.parts.pieces import action, section
from services.console.parts.reasons import with_reason
from services.console.parts.subpages import ways
from services.console.parts.tables import Column, Fetched, PagedTable, Row
from services.console.reading.ops import list_keys
from services.console.visiting.visit import Visit
from shared.contracts.keys import KeyInfo, KeyMade
from shared.keys import OWN_KEYS, SCOPES, KeyKind

_WIDTHS: Final = {
    "name": 200, "state": 220, "kind": 100, "scopes": 170, "source": 110, "made": 180,
}  # fmt: skip


@page("/ops/keys", "ops", may=Permission.OPS_READ)
async def keys(visit: Visit) -> None:
    """Show the API keys; administrators make and revoke them."""
    ways(visit, "ops", "/ops/keys", WAYS)
    with section(visit.say("ops.keys"), note=visit.say("ops.keys_note")):
        await _Keys(visit).show()


class _Keys:
    """The list, and what is done from it."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        empty, label = visit.say("ops.no_keys"), visit.say("ops.keys")
        columns = [
            Column(key, visit.say(f"ops.column_{key}"), min_width=width)
            for key, width in _WIDTHS.items()
        ]
        may = visit.may(Permission.KEYS_CHANGE)
        self._table = PagedTable(
            visit, columns, self._fetch, empty, label, on_open=self._chosen if may else None
        )
        self._revoke: ui.select | None = None

    async def show(self) -> None:
        """Lay out the buttons and the list."""
        if self._visit.may(Permission.KEYS_CHANGE):
            with ui.element("div").classes("tl-row tl-above tl-below"):
                action(self._visit.say("ops.make_key"), self._make, icon="key", main=True)
                self._revoke = ui.select({}, label=self._visit.say("ops.which_key"))
                self._revoke.props("outlined dense options-dense").style("min-width: 240px")
                action(self._visit.say("ops.revoke_key"), self._ask_to_revoke, icon="block")
        await self._table.show()
        self._offer()

    async def _fetch(self, cursor: str | None, limit: int) -> Fetched:
        found = await list_keys(self._visit, cursor, limit)
        return [key_row(self._visit, key) for key in found.items], found.next_cursor

    def _offer(self) -> None:
        """Offer the active keys of the page that is shown."""
        if self._revoke is not None:
            self._revoke.set_options(revocable(self._table.rows))

    def _chosen(self, row: Row) -> None:
        if self._revoke is not None and str(row["id"]) in revocable([row]):
            self._offer()
            self._revoke.set_value(row["id"])

    async def _make(self) -> None:
        visit, asked, made = self._visit, DialogFields({"kind": KeyKind.SECRET.value}), []
        once = uuid4().hex

        async def make(reason: str) -> None:
            made.append(await visit.make(make_key(wish_of(asked), once), reason, KeyMade))

        is_made = await with_reason(
            visit,
            visit.say("ops.make_key"),
            make,
            text=visit.say("ops.make_key_text"),
            confirm=visit.say("ops.make_key"),
            fields=lambda: _fields(visit, asked),
        )
        if is_made:
            await _shown_once(visit, made[-1])
            await self._again()

    async def _ask_to_revoke(self) -> None:
        visit, chosen = self._visit, None if self._revoke is None else self._revoke.value
        if not chosen:
            ui.notify(visit.say("ops.choose_key"))
            return
        name = next(str(row["name"]) for row in self._table.rows if row["id"] == chosen)

        async def revoke(reason: str) -> None:
            await visit.make(revoke_key(UUID(str(chosen)), name, reason), reason, KeyInfo)

        title = visit.say("ops.revoke_of", name=name)
        if await with_reason(visit, title, revoke, text=visit.say("ops.revoke_text")):
            await self._again()

    async def _again(self) -> None:
        await self._table.restart()
        if self._revoke is not None:
            self._revoke.set_value(None)
        self._offer()


def revocable(rows: Sequence[Row]) -> dict[str, str]:
    """Name the keys that may be revoked here; those of the settings are changed there."""
    return {
        str(row["id"]): str(row["name"])
        for row in rows
        if row["is_active"] and row["name"] not in OWN_KEYS
    }


def _fields(visit: Visit, asked: DialogFields) -> None:
    asked.text("name", visit.say("ops.key_name"))
    kinds = {each.value: visit.say(f"ops.key_{each.value}") for each in KeyKind}
    asked.choose("kind", visit.say("ops.column_kind"), kinds)
    known = {scope: visit.say_or(f"ops.scope_{scope}", scope) for scope in sorted(SCOPES)}
    scopes = ui.select(known, label=visit.say("ops.column_scopes"), multiple=True, value=[])
    scopes.on_value_change(lambda event: asked.values.update({"scopes": list(event.value or [])}))
    scopes.props("outlined dense options-dense use-chips").classes("tl-fill")
    asked.text("source", visit.say("ops.key_source"))


def wish_of(asked: DialogFields) -> KeyWish:
    """Read the dialog: a publishable key has no scopes to choose."""
    given = asked.given()
    kind, scopes = str(given.get("kind", KeyKind.SECRET.value)), given.get("scopes", [])
    chosen = [str(each) for each in scopes] if isinstance(scopes, list) else []
    source = given.get("source")
    return KeyWish(
        name=str(given.get("name", "")),
        kind=kind,
        scopes=[] if kind == KeyKind.PUBLISHABLE.value else chosen,
        source=None if source is None else str(source),
    )


async def _shown_once(visit: Visit, made: KeyMade) -> None:
    """Show the key this once; it stays until it is put away by hand."""

    def copy() -> None:
        ui.clipboard.write(made.key)
        ui.notify(visit.say("ops.copied"), type="positive")

    with ui.dialog().props("persistent") as dialog, ui.card().classes("tl-dialog"):
        title = dialog.props["aria-label"] = visit.say("ops.key_made", name=made.name)
        heading(title)
        ui.label(visit.say("ops.key_once")).classes("tl-lines")
        ui.label(made.key).classes("tl-code").mark("made-key")
        with ui.element("div").classes("tl-buttons"):
            action(visit.say("ops.copy"), copy, icon="content_copy")
            action(visit.say("ops.key_kept"), lambda: dialog.submit(None), main=True)
    await dialog
    if not dialog.is_deleted:  # the page may have been left meanwhile
        dialog.delete()
