"""One version: its document as a form with the JSON beside it, saved anew, simulated, published."""

from collections.abc import Sequence
from functools import partial

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing import programmes as changing
from services.console.pages.programmes.desk import Desk, Found
from services.console.pages.programmes.documents import Document
from services.console.pages.programmes.form import draw
from services.console.pages.programmes.publishing import ask_to_publish
from services.console.pages.programmes.simulating import Once, show_last, simulate_here
from services.console.pages.programmes.versions import drafts_ahead
from services.console.parts import faults
from services.console.parts.faults import fault_words
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import action, section, tag
from services.console.parts.reasons import with_reason
from services.console.reading import programmes as reading
from services.console.visiting.visit import Visit
from shared.contracts.programmes import DraftAnswer, ProgrammeSummary, VersionDetail
from shared.ids import uuid7


@page("/programmes/{key}/versions/{version}", "programmes")
async def show(visit: Visit, key: str, version: int) -> None:
    """Show a version to be read, changed into another draft, simulated and published."""
    found = await reading.one_programme(visit, key)
    shown = await reading.one_version(visit, key, version)
    retitle(visit.say("programmes.version_of", name=visit.local(found.name), n=version))
    _head(visit, found, shown)
    await _simulation(visit, shown)
    await _edit(visit, found, shown)


def _head(visit: Visit, found: ProgrammeSummary, shown: VersionDetail) -> None:
    is_live = found.release is not None and found.version == shown.version
    with ui.element("div").classes("tl-row"):
        words = visit.say("programmes.back_to", name=visit.local(found.name))
        ui.link(words, f"/programmes/{found.programme}")
        status = "live" if is_live else shown.status
        tag(visit.say_or(f"programmes.status_{status}", status), "good" if is_live else "plain")
        if "question" in shown.note and shown.published_at is None:
            tag(visit.say("programmes.was_asked"))
        may = visit.may(Permission.PROGRAMMES_CHANGE)
        live = found.version if found.release is not None else None
        if may and drafts_ahead([shown], live):  # one older than what is in force is outdated
            publish = partial(ask_to_publish, visit, found.programme, shown.version)
            action(visit.say("programmes.publish"), publish, icon="publish")


async def _simulation(visit: Visit, shown: VersionDetail) -> None:
    note = visit.say("programmes.simulate_note")
    with section(visit.say("programmes.simulate_title"), note=note, wide=True):
        place, once = ui.element("div"), Once()
        box = ui.element("div").props("aria-live=polite")
        if visit.may(Permission.PROGRAMMES_CHANGE):

            async def simulate() -> None:
                reason = visit.say("programmes.simulate_reason", n=shown.version)
                button.disable()
                try:
                    await simulate_here(visit, shown, reason, box, once)
                finally:
                    button.enable()

            with place:
                words = visit.say("programmes.simulate", n=shown.version)
                button = action(words, simulate, icon="play_arrow", main=True)
        with box:
            told = await faults.tried(show_last(visit, shown))
            if isinstance(told, faults.Fault):
                faults.fault_card(visit, told)


async def _edit(visit: Visit, found: ProgrammeSummary, shown: VersionDetail) -> None:
    async def check(document: Document) -> Sequence[Found]:
        return (await reading.check_document(visit, document)).faults

    note = visit.say("programmes.edit_note")
    with section(visit.say("programmes.edit_title"), note=note, wide=True):
        place = ui.element("div").classes("tl-row")
        desk = Desk(visit, dict(shown.document), draw, check, fault_words)
        await desk.show()
        if visit.may(Permission.PROGRAMMES_CHANGE):
            with place:
                save = partial(ask_to_save, visit, found, desk)
                action(visit.say("programmes.save"), save, icon="save", main=True)


async def ask_to_save(visit: Visit, found: ProgrammeSummary, desk: Desk) -> None:
    """Save the document as a new draft; whoever saved meanwhile is told of, nothing is lost."""
    if not desk.may_be_saved():
        return
    once = str(uuid7())
    text = visit.say("programmes.save_text")
    async with faults.told(visit):
        now = await reading.one_programme(visit, found.programme)
        if now.newest_version != found.newest_version:
            text = visit.say("programmes.saved_meanwhile", n=now.newest_version)
    told: dict[str, DraftAnswer] = {}

    async def make(reason: str) -> None:
        change = changing.add_draft(found.programme, desk.document, f"{once}-{desk.asked}")
        told["answer"] = await visit.make(change, reason, DraftAnswer)

    title = visit.say("programmes.save_title")
    if await with_reason(visit, title, make, text=text):
        ui.navigate.to(f"/programmes/{found.programme}/versions/{told['answer'].version}")
