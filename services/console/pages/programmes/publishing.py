"""Put a version into force, and go back from one: who answers for it, and why."""

from typing import Final

from nicegui import ui

from services.console.changing import programmes as changing
from services.console.parts.progress import follow, job_of
from services.console.parts.reasons import with_reason
from services.console.visiting.visit import Visit
from shared.contracts.programmes import ProgrammeRollbackAnswer, PublishAnswer
from shared.ids import uuid7

_ASKED: Final = ("goal", "owner", "approval")


async def ask_to_publish(visit: Visit, programme: str, version: int) -> None:
    """Ask for goal, owner, approval and reason, publish, and follow it until it is in force."""
    given: dict[str, ui.input] = {}
    told: dict[str, PublishAnswer] = {}
    key = str(uuid7())

    def fields() -> None:
        for name in _ASKED:
            field = ui.input(visit.say(f"programmes.{name}")).classes("tl-fill")
            given[name] = field.props("outlined maxlength=200")

    async def make(reason: str) -> None:
        note = {name: str(field.value or "").strip() for name, field in given.items()}
        change = changing.publish(programme, version, note, key)
        told["answer"] = await visit.make(change, reason, PublishAnswer)

    title = visit.say("programmes.publish_title", n=version)
    text = visit.say("programmes.publish_text")
    confirm = visit.say("programmes.publish")
    if not await with_reason(visit, title, make, text=text, confirm=confirm, fields=fields):
        return
    if (job_id := told["answer"].job_id) is not None:
        await follow(visit, visit.say("programmes.publishing"), job_of(visit.scoring, job_id))
    ui.navigate.to(f"/programmes/{programme}")


async def ask_to_roll_back(visit: Visit, programme: str) -> None:
    """Ask why, and go back to the version before."""
    key = str(uuid7())

    async def make(reason: str) -> None:
        change = changing.roll_back(programme, reason, key)
        await visit.make(change, reason, ProgrammeRollbackAnswer)

    title = visit.say("programmes.roll_back_title")
    text = visit.say("programmes.roll_back_text")
    if await with_reason(visit, title, make, text=text, confirm=visit.say("programmes.roll_back")):
        ui.navigate.to(f"/programmes/{programme}")
