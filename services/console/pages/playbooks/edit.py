"""Write a playbook: a form with its JSON beside it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.care_documents import create_document, write_document
from services.console.pages.playbooks.fields import lay_playbook
from services.console.pages.playbooks.words import body_of
from services.console.parts.documents import DocumentForm
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import action
from services.console.parts.reasons import with_reason
from services.console.reading.playbooks import one_playbook, playbook_presets
from services.console.visiting.visit import Visit
from shared.contracts.playbooks import PlaybookAnswer, PlaybookBody, PlaybookRequest, PresetAnswer


@page("/playbooks/new", "playbooks", may=Permission.CARE_CHANGE)
async def new_playbook(visit: Visit, preset: str = "") -> None:
    """Write a new playbook, a draft; a preset begins it."""
    retitle(visit.say("playbooks.new"))
    presets = await tried(playbook_presets(visit))
    known = [] if isinstance(presets, Fault) else presets.items
    begun = begun_with(visit.person.name, preset, known)

    def lay(form: DocumentForm) -> None:
        form.text(visit.say("playbooks.key"), "key")
        lay_playbook(form)

    form = DocumentForm(visit, begun, PlaybookRequest, lay)
    _above(visit, lambda: _create(visit, form))
    if isinstance(presets, Fault):
        fault_card(visit, presets)
    form.show()


def begun_with(owner: str, key: str, presets: list[PresetAnswer]) -> dict[str, Any]:
    """Begin with a preset, else with what every playbook has."""
    empty = {"en": "", "zh": ""}
    begun: dict[str, Any] = {
        "key": key,
        "name": empty,
        "goal": empty,
        "owner": owner,
        "purpose": "service",
        "trigger": {"kind": "manual"},
        "action": {"channel": "phone", "title": empty, "message": empty, "priority": 3},
    }
    for preset in presets:
        if preset.key == key:
            return {"key": key, **preset.document, "state": "draft"}
    return {**begun, "state": "draft"}


@page("/playbooks/{key}/edit", "playbooks", may=Permission.CARE_CHANGE)
async def edit_playbook(visit: Visit, key: str) -> None:
    """Write a playbook anew that is as it was read."""
    found = await one_playbook(visit, key)
    retitle(visit.local(found.name))
    form = DocumentForm(visit, body_of(found), PlaybookBody, lay_playbook)
    _above(visit, lambda: _write(visit, form, found))
    form.show()


def _above(visit: Visit, save: Callable[[], Awaitable[None]]) -> None:
    with ui.element("div").classes("tl-row tl-above"):
        action(visit.say("playbooks.save"), save, icon="save", main=True)
        ui.link(visit.say("playbooks.back"), "/playbooks")


async def _create(visit: Visit, form: DocumentForm) -> None:
    key = uuid4().hex

    async def make(reason: str) -> None:
        change = create_document("playbook", form.document, key)
        await visit.make(change, reason, PlaybookAnswer)

    if await with_reason(visit, visit.say("playbooks.save"), make):
        ui.navigate.to(f"/playbooks/{form.document.get('key')}")


async def _write(visit: Visit, form: DocumentForm, found: PlaybookAnswer) -> None:
    async def make(reason: str) -> None:
        change = write_document("playbook", found.key, form.document, found.version)
        await visit.make(change, reason, PlaybookAnswer)

    if await with_reason(visit, visit.say("playbooks.save"), make):
        ui.navigate.to(f"/playbooks/{found.key}")
