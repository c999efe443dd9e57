"""Ask for the reason of a change, make it, and keep what was typed until it is made."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from pydantic import BaseModel

from services.console.parts import faults
from services.console.parts.frame import heading
from services.console.parts.pieces import action
from services.console.visiting.changes import MAX_REASON, Change, SessionOver
from services.console.visiting.visit import Visit

Make = Callable[[str], Awaitable[None]]


async def with_reason(
    visit: Visit,
    title: str,
    make: Make,
    *,
    text: str = "",
    confirm: str = "",
    type_this: str | None = None,
    fields: Callable[[], None] | None = None,
) -> bool:
    """Open a dialog that asks why and calls `make(reason)`; tell whether it was made.

    Refused, the dialog stays as it is, says why, and may be tried again. `type_this` must be typed
    for what cannot be undone; `fields` adds inputs above the reason.
    """
    with ui.dialog().props("persistent") as dialog, ui.card().classes("tl-dialog"):
        dialog.props["aria-label"] = title
        heading(title)
        if text:
            ui.label(text).classes("tl-lines")
        if fields is not None:
            fields()
        asked = _Asked(visit, dialog, make, type_this)
        with ui.element("div").classes("tl-buttons"):
            action(visit.say("parts.cancel"), dialog.close)
            asked.button = action(confirm or visit.say("parts.confirm"), asked.run, main=True)
    is_made = bool(await dialog)
    if not dialog.is_deleted:  # the page may have been left meanwhile
        dialog.delete()
    if is_made:
        ui.notify(visit.say("parts.done"), type="positive")
    return is_made


async def change_then(
    visit: Visit, title: str, change: Change, reply: type[BaseModel], *, then: str, text: str = ""
) -> None:
    """Ask why, make a change that needs no more words, and open where it shows."""

    async def make(reason: str) -> None:
        await visit.make(change, reason, reply)

    if await with_reason(visit, title, make, text=text):
        ui.navigate.to(then)


class _Asked:
    """The fields of one open dialog, and what its main button does."""

    def __init__(self, visit: Visit, dialog: ui.dialog, make: Make, type_this: str | None) -> None:
        self._visit, self._dialog, self._make, self._type_this = visit, dialog, make, type_this
        self.button: ui.button | None = None
        self._demand = visit.say("parts.type_this", text=type_this) if type_this else ""
        self._typed = ui.input(self._demand) if type_this else None
        self._reason = ui.textarea(visit.say("parts.reason")).classes("tl-fill")
        self._reason.props(f"autogrow outlined maxlength={MAX_REASON}")
        self._fault = ui.label().classes("tl-fault-text tl-lines").props("role=alert")
        self._fault.set_visibility(False)

    async def run(self) -> None:
        """Make the change; close the dialog when it is made."""
        if self._typed is not None and self._typed.value != self._type_this:
            self._refuse(self._demand)
            return
        self._wait(is_waiting=True)
        try:
            await self._make(self._reason.value or "")
        except faults.EXPECTED as error:
            self._refuse(faults.words_of(self._visit, error))
            if isinstance(error, SessionOver):
                faults.tell(self._visit, error)  # a way to sign in; this dialog waits below
        else:
            self._dialog.submit(True)  # noqa: FBT003 - what the dialog was for is done
        finally:
            self._wait(is_waiting=False)

    def _refuse(self, words: str) -> None:
        self._fault.set_text(words)
        self._fault.set_visibility(True)

    def _wait(self, *, is_waiting: bool) -> None:
        if self.button is not None:
            self.button.set_enabled(not is_waiting)
