"""Write a playbook: a form with its JSON beside it."""

from typing import Any

from services.console.accounts.roles import Permission
from services.console.pages.playbooks.fields import lay_playbook
from services.console.pages.playbooks.words import body_of
from services.console.pages.writing import create, rewrite, save_button
from services.console.parts.documents import DocumentForm
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import page, retitle
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
    save_button(visit, "playbook", lambda: create(visit, "playbook", form, PlaybookAnswer))
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
    save_button(visit, "playbook", lambda: rewrite(visit, "playbook", form, found, PlaybookAnswer))
    form.show()
