"""Put right what is known of a customer: attributes, consents, merges; erase them."""

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from nicegui import ui

from services.console.changing import customers as changing
from services.console.parts import faults
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.progress import follow
from services.console.parts.reasons import with_reason
from services.console.reading import customers as reading
from services.console.visiting.changes import NotAccepted
from services.console.visiting.visit import Visit
from shared.contracts.customers import CustomerProfile
from shared.contracts.jobs import Job
from shared.contracts.merges import MergeAnswer
from shared.contracts.privacy import Erasure, ErasureAccepted

PURPOSES: Final = ("service", "personalisation", "marketing")
_INDENT: Final = 2


async def correct_attributes(visit: Visit, found: CustomerProfile) -> None:
    """Let the attributes be written anew, as JSON that is checked while it is typed."""
    values: dict[str, str] = {
        "text": json.dumps(found.attributes, ensure_ascii=False, indent=_INDENT)
    }

    def show() -> None:
        wrong = visit.say("customers.not_json")
        made = ui.textarea(
            visit.say("customers.attributes"),
            value=values["text"],
            validation={wrong: lambda text: object_of(text) is not None},
        )
        made.props("outlined autogrow input-class=tl-code").classes("tl-fill")
        made.on_value_change(lambda event: values.update(text=event.value or ""))

    async def make(reason: str) -> None:
        # what is no object goes as it is, for the service to refuse
        read = object_of(values["text"])
        written = values["text"] if read is None else read
        # somebody, or an event, may have told other attributes while these were open
        change = changing.correct_attributes(found.customer_id, written, found.version)
        await visit.do(change, reason)

    title, text = visit.say("customers.correct"), visit.say("customers.correct_note")
    if await with_reason(visit, title, make, text=text, fields=show):
        ui.navigate.reload()


def object_of(text: str | None) -> dict[str, Any] | None:
    """Read an object of JSON; None for anything else."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


async def set_consents(visit: Visit, customer_id: str, known: Mapping[str, bool]) -> None:
    """Ask what somebody agrees to, and write down what was changed: never asked is no refusal."""
    told: dict[str, bool] = {}

    def show() -> None:
        for purpose in PURPOSES:
            value = known.get(purpose, False)
            box = ui.checkbox(visit.say(f"customers.purpose_{purpose}"), value=value)
            box.on_value_change(
                lambda event, purpose=purpose: told.update({purpose: bool(event.value)})
            )

    async def make(reason: str) -> None:
        if not (changed := changed_consents(known, told)):
            raise NotAccepted("customers.no_consent_changed")
        await visit.do(changing.set_consents(customer_id, changed), reason)

    if await with_reason(visit, visit.say("customers.set_consents"), make, fields=show):
        ui.navigate.reload()


def changed_consents(known: Mapping[str, bool], told: Mapping[str, bool]) -> dict[str, bool]:
    """Give the purposes whose boxes somebody left otherwise than they are known."""
    return {purpose: value for purpose, value in told.items() if known.get(purpose) != value}


async def merge(visit: Visit, customer_id: str) -> None:
    """Ask who else this customer is, and merge the two."""
    fields, key = DialogFields(), str(uuid4())

    def show() -> None:
        fields.text("loser", visit.say("customers.merge_whom"))

    async def make(reason: str) -> None:
        loser = str(fields.values.get("loser") or "")
        await visit.do(changing.merge(customer_id, loser, reason, key), reason)

    title = visit.say("customers.merge")
    text = visit.say("customers.merge_note", customer=customer_id)
    if await with_reason(visit, title, make, text=text, fields=show):
        ui.navigate.reload()


async def undo(visit: Visit, customer_id: str, merged: MergeAnswer) -> None:
    """Take a merge back."""

    async def make(reason: str) -> None:
        await visit.do(changing.undo_merge(customer_id, merged.merge_id), reason)

    title = visit.say("customers.undo", loser=merged.loser.customer_id or "")
    if await with_reason(visit, title, make, text=visit.say("customers.undo_note")):
        ui.navigate.reload()


async def erase(visit: Visit, customer_id: str) -> None:
    """Erase somebody after their id was typed, and follow until nothing is left."""
    key, accepted = str(uuid4()), list[ErasureAccepted]()

    async def make(reason: str) -> None:
        change = changing.erase(customer_id, key)
        accepted.append(await visit.make(change, reason, ErasureAccepted))

    title, text = visit.say("customers.erase"), visit.say("customers.erase_note")
    if not await with_reason(visit, title, make, text=text, type_this=customer_id):
        return
    erasure_id = accepted[-1].erasure_id

    async def ask() -> Job:
        return job_of(await reading.erasure(visit, erasure_id))

    async with faults.told(visit):
        job = await follow(visit, title, ask)
        if job is not None and job.status == "done":
            ui.navigate.to("/customers")


def job_of(found: Erasure) -> Job:
    """Tell an erasure as a job that is followed; services that still hold something count."""
    progress = 1.0 if found.status == "done" else 1 / (1 + len(found.waiting_for))
    return Job(
        id=found.erasure_id,
        kind="erase",
        status=found.status,
        progress=progress,
        message=", ".join(found.waiting_for),
    )
