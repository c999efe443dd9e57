"""What somebody does with a playbook: live, paused, ended, run now."""

from typing import Final
from uuid import uuid4

from nicegui import ui

from services.console.changing.care_documents import run_playbook, set_state
from services.console.pages.playbooks.words import RUNNABLE, body_of
from services.console.parts.pieces import action
from services.console.parts.reasons import change_then, with_reason
from services.console.visiting.visit import Visit
from shared.contracts.playbooks import PlaybookAnswer, PlaybookRunAnswer

#: What may follow a state.
FOLLOWING: Final[dict[str, tuple[str, ...]]] = {
    "draft": ("live",),
    "live": ("paused", "ended"),
    "paused": ("live", "ended"),
    "ended": (),
}


def playbook_actions(visit: Visit, found: PlaybookAnswer) -> None:
    """Show what may be done with a playbook as it stands."""
    say = visit.say
    with ui.element("div").classes("tl-row tl-below"):
        if found.state == "live" and found.trigger.get("kind") in RUNNABLE:
            action(say("playbooks.run"), lambda: _run(visit, found), icon="play_arrow", main=True)
        for state in FOLLOWING[found.state]:
            _turn_button(visit, found, state)
        edit = f"/playbooks/{found.key}/edit"
        action(say("playbooks.edit"), lambda: ui.navigate.to(edit), icon="edit")


def _turn_button(visit: Visit, found: PlaybookAnswer, state: str) -> None:
    action(visit.say(f"playbooks.to_{state}"), lambda: _turn(visit, found, state))


async def _turn(visit: Visit, found: PlaybookAnswer, state: str) -> None:
    title, text = visit.say(f"playbooks.to_{state}"), visit.say(f"playbooks.to_{state}_note")
    document = {**body_of(found), "state": state}
    change = set_state("playbook", found.key, document, found.version)
    then = f"/playbooks/{found.key}"
    await change_then(visit, title, change, PlaybookAnswer, then=then, text=text)


async def _run(visit: Visit, found: PlaybookAnswer) -> None:
    key = uuid4().hex

    async def make(reason: str) -> None:
        await visit.make(run_playbook(found.key, reason, key), reason, PlaybookRunAnswer)

    text = visit.say("playbooks.run_note")
    if await with_reason(visit, visit.say("playbooks.run"), make, text=text):
        ui.navigate.to(f"/playbooks/{found.key}")
