"""Put a version into force, and go back from one: who answers for it, and why."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from nicegui import ui

from services.console.changing import programmes as changing
from services.console.pages.programmes.changed import changed_words
from services.console.pages.programmes.outcome import Result, outcome_of
from services.console.pages.programmes.starting import publish_words, starts_list
from services.console.parts import faults
from services.console.parts.progress import follow, job_of
from services.console.parts.reasons import with_reason
from services.console.reading import programmes as reading
from services.console.visiting.visit import Visit
from shared.contracts.programmes import ProgrammeRollbackAnswer, PublishAnswer
from shared.ids import uuid7

_ASKED: Final = ("goal", "owner", "approval")
#: So many changes are named before the fields.
_NAMED: Final = 6


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
    text = ""
    async with faults.told(visit):
        text = await _told_before(visit, programme, version)
    if not text:  # what was not read is not asked about
        return
    confirm = visit.say("programmes.publish")
    if not await with_reason(visit, title, make, text=text, confirm=confirm, fields=fields):
        return
    if (job_id := told["answer"].job_id) is not None:
        await follow(visit, visit.say("programmes.publishing"), job_of(visit.scoring, job_id))
    ui.navigate.to(f"/programmes/{programme}")


async def _told_before(visit: Visit, programme: str, version: int) -> str:
    """Say what publishing a version changes, by which rule it begins, and whom that moves."""
    head, draft, found = await asyncio.gather(
        reading.one_programme(visit, programme),
        reading.one_version(visit, programme, version),
        reading.last_simulation(visit, programme, version),
    )
    if head.release is None:
        return visit.say("programmes.publish_first")
    former, compared = await asyncio.gather(
        reading.one_version(visit, programme, head.version),
        reading.compare_versions(visit, programme, head.version, version),
    )
    changes = changed_words(visit, former.document, compared.differences)
    lines = [f"· {each}" for each in changes[:_NAMED]]
    if len(changes) > _NAMED:
        lines.append(visit.say("programmes.more_changes", n=len(changes) - _NAMED))
    words = "programmes.publish_changes" if changes else "programmes.publish_no_changes"
    rule = publish_words(visit, draft.document)
    result = None if found is None else found.result
    return "\n".join([visit.say(words), *lines, rule, _by_simulation(visit, result, head.version)])


def _by_simulation(visit: Visit, result: Result | None, live: int) -> str:
    """Say whom publishing moves, as the last simulation beside what is in force counted it."""
    if result is None or result.get("in_force") != live or result.get("published") is None:
        return visit.say("programmes.publish_unsimulated")
    # it counted at the end of a date: at the next midnight
    ended = datetime.fromisoformat(str(result["as_of"])) - timedelta(microseconds=1)
    day = visit.formats.date(ended.astimezone(visit.house.zone).date())
    parts = starts_list(visit, outcome_of(result))
    return visit.say("programmes.publish_starts", at=day, parts=parts)


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
