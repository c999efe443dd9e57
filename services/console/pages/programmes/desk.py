"""A document on the desk: a form and its JSON beside it, kept in step and checked as one types."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from services.console.pages.programmes.documents import (
    Document,
    Path,
    line_of,
    lines_of,
    pointer_of,
    put,
    text_of,
)
from services.console.pages.programmes.marking import field_for
from services.console.parts import faults
from services.console.parts.cursor import select_line
from services.console.parts.documents import is_readable
from services.console.parts.frame import heading
from services.console.visiting.changes import SessionOver
from services.console.visiting.visit import Visit


class Found(Protocol):
    """One fault of a document as a service tells it."""

    @property
    def pointer(self) -> str:
        """Where."""
        ...

    @property
    def code(self) -> str:
        """Which rule."""
        ...

    @property
    def message(self) -> str:
        """What to write."""
        ...


Check = Callable[[Document], Awaitable[Sequence[Found]]]


@dataclass(slots=True)
class Desk:
    """Holds the document; `draw` lays out the form, `check` asks the service what is wrong."""

    visit: Visit
    document: Document
    draw: Callable[["Desk"], None]
    check: Check
    fault_words: Callable[[Visit, Found], str]
    changed: Callable[[Document], Awaitable[None]] | None = None
    inputs: dict[str, ValidationElement[Any]] = field(default_factory=dict)
    asked: int = 0
    _form: ui.element | None = None
    _text: ui.textarea | None = None
    _told: ui.element | None = None
    _is_unread: bool = False

    async def show(self) -> None:
        """Lay the form and the JSON out side by side, and check what is there."""
        with ui.element("div").classes("tl-desk"):
            self._form = ui.element("div")
            with ui.element("div"):
                heading("JSON", level=3)
                self._told = ui.element("div").props("role=status")
                self._text = ui.textarea(
                    self.visit.say("programmes.json"),
                    value=text_of(self.document),
                    on_change=self._typed,
                )
                self._text.classes("tl-fill tl-code").props(
                    "outlined autogrow debounce=500 spellcheck=false"
                )
        self.rebuild()
        # Once the browser is there: counting a large base takes seconds, the form is usable now.
        ui.context.client.on_connect(self._check_first)

    async def _check_first(self) -> None:
        """Check what was laid out; a browser that comes back asks nothing anew."""
        if self.asked == 0:
            await self._check()

    async def check_again(self) -> None:
        """Ask anew of the same document; what is typed and cannot be read stays told of."""
        if not self._is_unread:
            await self._check()

    def may_be_saved(self) -> bool:
        """Tell whether the document is what its JSON says; somebody is told where it is not."""
        return is_readable(self.visit, self._text)

    def rebuild(self) -> None:
        """Draw the form anew: the document has other parts now."""
        if self._form is None:
            return
        self.inputs.clear()
        self._form.clear()
        with self._form:
            self.draw(self)

    async def set(self, path: Path, value: Any, *, redraw: bool = False) -> None:
        """Write a value from the form into the document, and into its JSON."""
        await self.replace(put(self.document, path, value), redraw=redraw)

    async def replace(self, document: Document, *, redraw: bool = True) -> None:
        """Take another document; the JSON follows."""
        if document == self.document:
            return
        self.document = document
        self._is_unread = False  # what could not be read is written over
        if self._text is not None:
            self._text.set_value(text_of(document))
        if redraw:
            self.rebuild()
        await self._check()

    async def _typed(self) -> None:
        """Take what was typed as JSON; what cannot be read stays as it was typed."""
        text = "" if self._text is None else str(self._text.value or "")
        try:
            typed = json.loads(text)
        except ValueError as error:
            self._leave_unread(getattr(error, "lineno", 1), "programmes.json_unreadable")
            return
        if not isinstance(typed, dict):
            self._leave_unread(1, "programmes.json_object")
        elif typed != self.document:
            self.document = typed
            self.rebuild()
            await self._check()
        elif self._is_unread:  # typed back: what was said of the document went with the note
            await self._check()

    def _leave_unread(self, line: int, key: str) -> None:
        """Say that what was typed is no document; no answer about the last one covers it."""
        self.asked += 1
        self._is_unread = True
        self._tell([(line, self.visit.say(key))])

    async def _check(self) -> None:
        """Ask what is wrong; an answer that was overtaken by a later question is dropped."""
        self.asked += 1
        self._is_unread = False
        mine, document = self.asked, self.document
        try:
            found = list(await self.check(document))
        except faults.EXPECTED as error:
            self._tell([(0, faults.words_of(self.visit, error))])
            if isinstance(error, SessionOver):
                faults.tell(self.visit, error)
            return
        if mine == self.asked:
            self._mark(found)
            if self.changed is not None and not found:
                await self.changed(document)

    def _mark(self, found: Sequence[Found]) -> None:
        for field_ in self.inputs.values():
            field_.error = None
        text = "" if self._text is None else str(self._text.value or "")
        lines = _lines(text)
        told = []
        for fault in found:
            words = self.fault_words(self.visit, fault)
            pointer = field_for(self.inputs, fault.pointer)
            if pointer is not None:
                self.inputs[pointer].error = words
            told.append((line_of(lines, fault.pointer), f"{fault.pointer or '/'} · {words}"))
        self._tell(told)

    def _tell(self, told: Sequence[tuple[int, str]]) -> None:
        if self._told is None:
            return
        self._told.clear()
        with self._told:
            if not told:
                ui.label(self.visit.say("programmes.no_faults")).classes("tl-note")
            for line, words in told:
                text = self.visit.say("programmes.line", n=line) + " · " + words if line else words
                label = ui.label(text).classes("tl-fault-text")
                if line:
                    label.classes("tl-to-line").props("tabindex=0 role=button")
                    label.on("click", lambda _, n=line: self._go_to(n))
                    label.on("keydown.enter", lambda _, n=line: self._go_to(n))

    def _go_to(self, line: int) -> None:
        if self._text is not None:
            select_line(self._text, line)

    def register(self, path: Path, made: ValidationElement[Any]) -> None:
        """Remember which field shows a place of the document."""
        self.inputs[pointer_of(path)] = made


def _lines(text: str) -> dict[str, int]:
    try:
        json.loads(text)
    except ValueError:
        return {}
    return lines_of(text)
