"""Save what is written for care: playbooks, surveys and experiments, new or anew."""

from collections.abc import Awaitable, Callable
from typing import Protocol
from uuid import uuid4

from nicegui import ui
from pydantic import BaseModel

from services.console.changing.care_documents import Noun, create_document, write_document
from services.console.parts.documents import DocumentForm
from services.console.parts.pieces import action
from services.console.parts.reasons import with_reason
from services.console.visiting.visit import Visit


class Written(Protocol):
    """Something written as it was read: changed only while it still is."""

    @property
    def key(self) -> str: ...
    @property
    def version(self) -> int: ...


def save_button(visit: Visit, noun: Noun, save: Callable[[], Awaitable[None]]) -> None:
    """Show what saves, and the way back to the others."""
    with ui.element("div").classes("tl-row tl-above"):
        action(visit.say("documents.save"), save, icon="save", main=True)
        ui.link(visit.say(f"{noun}s.back"), f"/{noun}s")


async def create(visit: Visit, noun: Noun, form: DocumentForm, reply: type[BaseModel]) -> None:
    """Ask why, write a new one, and open it."""
    if not form.may_be_saved():
        return
    key = uuid4().hex

    async def make(reason: str) -> None:
        await visit.make(create_document(noun, form.document, key), reason, reply)

    if await with_reason(visit, visit.say("documents.save"), make):
        ui.navigate.to(f"/{noun}s/{form.document.get('key')}")


async def rewrite(
    visit: Visit, noun: Noun, form: DocumentForm, found: Written, reply: type[BaseModel]
) -> None:
    """Ask why, write one anew that is still as it was read, and open it."""
    if not form.may_be_saved():
        return

    async def make(reason: str) -> None:
        change = write_document(noun, found.key, form.document, found.version)
        await visit.make(change, reason, reply)

    if await with_reason(visit, visit.say("documents.save"), make):
        ui.navigate.to(f"/{noun}s/{found.key}")
