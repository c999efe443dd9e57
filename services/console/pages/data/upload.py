"""Send a file: choose it, say what its columns mean, judge it or take it in."""

from collections.abc import AsyncGenerator
from typing import Any

from nicegui import events, ui
from nicegui.elements.upload_files import FileUpload

from services.console.changing.data import Upload, upload_file
from services.console.pages.data.mapping import (
    BY_HAND,
    HEAD_BYTES,
    IDENTIFIERS,
    OPTIONAL,
    OWN,
    REQUIRED,
    columns_in,
    guessed,
    kind_of,
    lacks_currency,
    mapping_of,
    missing_in,
)
from services.console.pages.data.ways import identifier_word
from services.console.parts.pieces import action
from services.console.parts.reasons import with_reason
from services.console.visiting.visit import Visit
from shared.contracts.imports import ImportAccepted

#: As ingest takes them.
_MAX_BYTES = 4 * 1024**3


class UploadForm:
    """One file on its way; what was chosen stays until it is sent."""

    def __init__(self, visit: Visit, mappings: list[str]) -> None:
        self._visit, self._mappings = visit, mappings
        self._file: Any = None
        self._columns: list[str] = []
        self._chosen: dict[str, str | None] = {}
        self._form, self._identifier = OWN, IDENTIFIERS[0]
        self._currency, self._source = visit.house.currency or "", ""
        self._chooser: ui.upload | None = None
        self._moving: ui.spinner | None = None
        self._told: ui.label | None = None
        self._below: ui.element | None = None
        self._by_hand: ui.element | None = None

    def show(self) -> None:
        """Lay out where a file is chosen; the rest appears below once there is one."""
        say = self._visit.say
        # Hidden: its own button has no name and an input within; ours opens it by name.
        self._chooser = ui.upload(
            on_begin_upload=self._begun,
            on_upload=self._uploaded,
            on_rejected=self._rejected,
            max_file_size=_MAX_BYTES,
            auto_upload=True,
        )
        self._chooser.props("accept=.csv,.txt,.ndjson,.jsonl,.parquet").style("display: none")
        with ui.element("div").classes("tl-row"):
            action(say("data.choose_file"), self._pick, icon="attach_file")
            self._moving = ui.spinner(size="sm").props("aria-hidden=true")
            self._told = ui.label().props("role=status").classes("tl-strong")
        self._moving.set_visibility(False)
        self._below = ui.element("div").classes("tl-below")
        ui.context.client.on_delete(self._forget)

    def _forget(self) -> None:
        """Let the file go with its page: NiceGUI deletes it from the disk when nobody holds it."""
        self._file = None

    def _pick(self) -> None:
        if self._chooser is not None:
            self._chooser.run_method("pickFiles")

    def _begun(self, _: events.UiEventArguments) -> None:
        self._tell(self._visit.say("data.uploading"), is_moving=True)

    def _rejected(self, _: events.UiEventArguments) -> None:
        self._tell(self._visit.say("data.not_taken"), is_moving=False)

    def _tell(self, text: str, *, is_moving: bool) -> None:
        if self._told is not None and self._moving is not None:
            self._told.set_text(text)
            self._moving.set_visibility(is_moving)

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        await self.take(event.file)

    async def take(self, file: FileUpload) -> None:
        """Look at the head of a file that has come, and ask what its columns mean."""
        self._file = file
        self._columns = columns_in(await _head_of(file), kind_of(file.name))
        self._chosen = dict(guessed(self._columns))
        needs_hand = self._columns and not set(REQUIRED) <= set(self._columns)
        self._form = BY_HAND if needs_hand else OWN
        if self._chooser is not None:
            self._chooser.reset()  # another one may be chosen in its place
        self._tell(self._visit.say("data.chosen", name=file.name), is_moving=False)
        self._ask()

    def _ask(self) -> None:
        if self._below is None:
            return
        say = self._visit.say
        self._below.clear()
        with self._below:
            with ui.element("div").classes("tl-form tl-below"):
                self._choose_form()
                self._text("currency", say("data.currency"), 3)
                self._text("source", say("data.source_optional"), 128)
            self._by_hand = ui.element("div")
            self._lay_columns()
            with ui.element("div").classes("tl-row"):
                action(say("data.judge"), lambda: self._send(is_dry_run=True), icon="rule")
                action(
                    say("data.take_in"),
                    lambda: self._send(is_dry_run=False),
                    icon="upload",
                    main=True,
                )

    def _choose_form(self) -> None:
        say = self._visit.say
        options = {OWN: say("data.form_own")}
        if self._columns:
            options[BY_HAND] = say("data.form_by_hand")
        options |= {name: say("data.form_ready", name=name) for name in self._mappings}
        made = ui.select(options, label=say("data.form"), value=self._form)

        def chosen(event: events.ValueChangeEventArguments[str]) -> None:
            self._form = event.value
            self._lay_columns()

        made.on_value_change(chosen)
        made.props("outlined dense options-dense")

    def _text(self, name: str, label: str, longest: int) -> None:
        made = ui.input(label, value=getattr(self, f"_{name}"))
        made.on_value_change(lambda event: setattr(self, f"_{name}", (event.value or "").strip()))
        made.props(f"outlined dense maxlength={longest}")

    def _lay_columns(self) -> None:
        if self._by_hand is None:
            return
        self._by_hand.clear()
        if self._form != BY_HAND:
            return
        say = self._visit.say
        with self._by_hand, ui.element("div").classes("tl-form"):
            for name in (*REQUIRED, *OPTIONAL):
                self._column(name)
            kinds = {kind: identifier_word(self._visit, kind) for kind in IDENTIFIERS}
            made = ui.select(kinds, label=say("data.named_by"), value=self._identifier)
            made.on_value_change(lambda event: setattr(self, "_identifier", event.value))
            made.props("outlined dense options-dense")

    def _column(self, name: str) -> None:
        label = self._visit.say(f"data.column_{name}")
        star = " *" if name in REQUIRED else ""
        value = self._chosen.get(name)
        made = ui.select(self._columns, label=label + star, value=value, clearable=True)
        made.on_value_change(lambda event: self._chosen.update({name: event.value}))
        made.props("outlined dense options-dense")

    def _lack(self) -> str | None:
        """Say what must be chosen or typed before the file can be sent."""
        say = self._visit.say
        if self._form == BY_HAND and (missing := missing_in(self._chosen)):
            words = ", ".join(say(f"data.column_{name}") for name in missing)
            return say("data.missing_columns", names=words)
        if not self._currency and lacks_currency(self._form, self._columns, self._chosen):
            return say("data.missing_currency")
        return None

    async def _send(self, *, is_dry_run: bool) -> None:
        say = self._visit.say
        if (lack := self._lack()) is not None:
            ui.notify(lack, type="warning")
            return
        upload = Upload(
            file_name=self._file.name,
            content_type=kind_of(self._file.name),
            read=self._file.iterate,
            mapping=mapping_of(self._form, self._chosen, self._identifier),
            currency=self._currency.upper() or None,
            source=self._source or None,
            is_dry_run=is_dry_run,
        )
        accepted: list[ImportAccepted] = []

        async def make(reason: str) -> None:
            accepted.append(await self._visit.make(upload_file(upload), reason, ImportAccepted))

        title = say("data.judge") if is_dry_run else say("data.take_in")
        text = say("data.judge_text") if is_dry_run else say("data.take_in_text")
        if await with_reason(self._visit, title, make, text=text) and accepted:
            ui.navigate.to(f"/data/imports/{accepted[0].import_id}")


async def _head_of(file: FileUpload) -> bytes:
    pieces = file.iterate(chunk_size=HEAD_BYTES)
    try:
        return await anext(pieces, b"")
    finally:  # what is left open would hold the file
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()
