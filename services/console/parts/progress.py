"""Follow a background job until it ends, with a bar that tells how far it is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from nicegui import ui

from services.console.parts import faults
from services.console.visiting.services import Remote, ServiceAway
from services.console.visiting.visit import Visit
from shared.contracts.jobs import Job

_ASK_EVERY_S: Final = 0.5
AskJob = Callable[[], Awaitable[Job]]


async def follow(
    visit: Visit, title: str, ask: AskJob, *, answers_here: bool = False
) -> Job | None:
    """Show a bar here until the job is done or failed, then say so; None where it cannot be asked.

    With `answers_here` the page shows what comes of it: only a failure is told.
    A page that is left stops following; the job goes on.
    """
    with ui.element("div").classes("tl-progress").props("role=status") as box:
        said = ui.label(title)
        bar = ui.linear_progress(0, show_value=False).props("aria-hidden=true")
    client = ui.context.client
    try:
        while not client.is_deleted:
            try:
                job = await ask()
            except ServiceAway as error:  # it may be back in a moment, and the job goes on
                said.set_text(faults.words_of(visit, error))
            else:
                bar.set_value(job.progress)
                said.set_text(f"{title} · {visit.formats.percent(job.progress, digits=0)}")
                if job.status in {"done", "failed"}:
                    if job.status == "failed" or not answers_here:
                        _tell_end(visit, title, job)
                    return job
            await asyncio.sleep(_ASK_EVERY_S)
    except faults.EXPECTED as error:
        faults.tell(visit, error)
    finally:
        if not client.is_deleted:
            box.delete()
    return None


def job_of(remote: Remote, job_id: object) -> AskJob:
    """Make the question after a job of scoring or feedback."""

    async def ask() -> Job:
        return await remote.get(f"/v1/jobs/{job_id}", Job)

    return ask


def _tell_end(visit: Visit, title: str, job: Job) -> None:
    if job.status == "done":
        ui.notify(visit.say("parts.job_done", title=title), type="positive")
        return
    text = visit.say("parts.job_failed", title=title, message=job.message)
    ui.notify(
        text, type="negative", multi_line=True, timeout=0, close_button=visit.say("parts.close")
    )
