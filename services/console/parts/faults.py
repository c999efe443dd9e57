"""What went wrong, in words; what was typed stays where it is."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from nicegui import ElementFilter, ui

from services.console.accounts.coming_back import BACK_PATH, HANDLE_PATH
from services.console.accounts.person import Language
from services.console.visiting.changes import NotAccepted, NotAllowed, ReasonMissing, SessionOver
from services.console.visiting.services import ServiceAway, ServiceRefused
from services.console.visiting.visit import Visit
from shared.clients.transport import FieldFault
from shared.problem import INVALID

Found = TypeVar("Found")
#: What a visitor may meet; everything else is a fault of ours and goes to the log.
EXPECTED: Final = (ServiceAway, ServiceRefused, NotAccepted, NotAllowed, ReasonMissing, SessionOver)
_FAULTS_SHOWN: Final = 5
_SIGN_IN: Final = "sign-in"
#: Timers that end with the session, and run again with the next.
LIVE: Final = "live"
_SENTENCES: Final[Mapping[type[Exception], str]] = {
    NotAllowed: "faults.not_allowed",
    ReasonMissing: "faults.reason",
    SessionOver: "faults.session",
}
#: The browser's newest session, shown to the page that is open in it.
_HANDLE: Final = f"fetch('{HANDLE_PATH}').then(a => a.ok ? a.text() : '')"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that could not be read."""

    error: Exception


class Coded(Protocol):
    """A fault with a stable code and an English sentence."""

    @property
    def code(self) -> str:
        """Which rule."""
        ...

    @property
    def message(self) -> str:
        """What to write."""
        ...


def fault_words(visit: Visit, fault: Coded) -> str:
    """Say what is wrong in the reader's language; the services themselves speak English."""
    if visit.language is Language.ENGLISH:
        return fault.message
    return visit.say_or(f"faults.code_{fault.code}", fault.message)


def words_of(visit: Visit, error: Exception) -> str:
    """Say what happened and what to do."""
    match error:
        case ServiceAway():
            return visit.say("faults.away", service=visit.say(f"faults.{error.service.value}"))
        case ServiceRefused():
            return _refusal(visit, error)
        case NotAccepted():
            return visit.say(error.key, **error.parts)
        case _:
            return visit.say(_SENTENCES.get(type(error), "faults.unexpected"))


def _refusal(visit: Visit, error: ServiceRefused) -> str:
    problem = error.problem
    known = visit.say_or(f"faults.status_{problem.status}", visit.say("faults.refused"))
    shown = problem.faults[:_FAULTS_SHOWN]
    # each fault says more than that there are some
    lines = [known, "" if shown and problem.code == INVALID.slug else problem.detail]
    for fault in shown:
        lines += [_told_of(visit, fault), visit.say_or(f"faults.hint_{fault.code}", "")]
    return "\n".join(line for line in lines if line)


def _told_of(visit: Visit, fault: FieldFault) -> str:
    place, words = place_of(visit, fault.pointer), fault_words(visit, fault)
    if place:
        return visit.say("faults.at", place=place, words=words)
    # of the whole: what the service says itself names the part, and what may stand there
    is_same = words == fault.message
    return words if is_same else visit.say("faults.whole", words=words, message=fault.message)


def place_of(visit: Visit, pointer: str) -> str:
    """Name the field a pointer leads to, with its number in a list; else the pointer itself."""
    steps = [step for step in pointer.split("/") if step]
    if not steps or steps == ["body"]:
        return ""
    named = [step for step in steps if not step.isdigit()]
    field = visit.say_or(f"faults.field_{named[-1]}", "") if named else ""
    if not field:
        return pointer
    number = next((int(step) + 1 for step in reversed(steps) if step.isdigit()), None)
    return field if number is None else visit.say("faults.field_number", field=field, n=number)


async def tried(reading: Awaitable[Found]) -> Found | Fault:
    """Read something; a service that is away or refuses gives a Fault to show in its place."""
    try:
        return await reading
    except (ServiceAway, ServiceRefused) as error:
        return Fault(error)


async def tried_all(*readings: Awaitable[Found]) -> list[Found | Fault]:
    """Read several things at once, each on its own."""
    return await asyncio.gather(*(tried(reading) for reading in readings))


def fault_card(visit: Visit, fault: Fault) -> None:
    """Show what could not be read, where it would have stood."""
    with ui.element("div").classes("tl-fault").props("role=alert"):
        ui.icon("cloud_off").props("aria-hidden=true")
        ui.label(words_of(visit, fault.error)).classes("tl-lines")


@asynccontextmanager
async def told(visit: Visit) -> AsyncIterator[None]:
    """Tell of what goes wrong inside by a message that stays until it is closed."""
    try:
        yield
    except EXPECTED as error:
        tell(visit, error)


def tell(visit: Visit, error: Exception) -> None:
    """Tell of something that went wrong; an ended session gets a way to sign in again.

    What no handler of a page expects ends here too, after NiceGUI has logged it.
    """
    if isinstance(error, SessionOver):
        _session_over(visit)
        return
    ui.notify(
        words_of(visit, error),
        type="negative",
        multi_line=True,
        close_button=visit.say("parts.close"),
        timeout=0,
        classes="tl-lines",
    )


def _session_over(visit: Visit) -> None:
    """Let somebody sign in in another tab, and go on here with what they typed.

    Once a page, however many of its parts find the session over.
    """
    if list(ElementFilter(kind=ui.dialog, marker=_SIGN_IN)):
        return

    async def go_on() -> None:
        handle = await ui.run_javascript(_HANDLE, timeout=10)
        person = visit.house.returning.redeem(str(handle), visit.person)
        if person is None:
            said.set_text(visit.say("faults.not_yet"))
            return
        visit.seat.person = person
        for timer in ElementFilter(kind=ui.timer, marker=LIVE):
            timer.active = True
        dialog.close()
        if not dialog.is_deleted:
            dialog.delete()

    # the page's own: what asked may be laid out anew, or be a dialog that closes
    with (
        ui.context.client.content,
        ui.dialog(value=True).props("persistent").mark(_SIGN_IN) as dialog,
        ui.card().classes("tl-dialog"),
    ):
        dialog.props["aria-label"] = visit.say("faults.sign_in")
        said = ui.label(visit.say("faults.session")).props("role=alert")
        ui.link(visit.say("faults.sign_in"), f"/login?next={BACK_PATH}", new_tab=True)
        ui.button(visit.say("faults.go_on"), on_click=go_on).props("unelevated no-caps")
