"""How the platform is: every service, what waits, who works it off, the database."""

import asyncio
from typing import Final

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.ops import WAYS
from services.console.pages.ops.queues import show_queues, show_workers
from services.console.pages.ops.said import State, check_lines, state_tone
from services.console.parts.faults import Fault, tried, tried_all, words_of
from services.console.parts.frame import page
from services.console.parts.live import every
from services.console.parts.pieces import fact, grid, section, tag
from services.console.parts.subpages import ways
from services.console.reading.ops import queues, readiness, remote_of
from services.console.visiting.services import Service
from services.console.visiting.visit import Visit
from shared.contracts.health import Health

_EVERY_S: Final = 5.0


@page("/ops", "ops", may=Permission.OPS_READ)
async def health(visit: Visit) -> None:
    """Show how every service is and what waits, again every few seconds."""
    ways(visit, "ops", "/ops", WAYS)
    box = ui.element("div")
    await _filled(visit, box)

    async def again() -> None:
        await _filled(visit, box)

    every(visit, _EVERY_S, again)


async def _filled(visit: Visit, box: ui.element) -> None:
    """Ask everything at once, then put the answers in the place of the former ones."""
    asked = [readiness(remote_of(visit, service)) for service in Service]
    waiting, found = await asyncio.gather(tried(queues(visit)), tried_all(*asked))
    box.clear()
    with box:
        ui.label(visit.say("ops.as_of", at=visit.formats.instant(visit.now()))).classes("tl-note")
        with grid():
            for service, answer in zip(Service, found, strict=True):
                _service(visit, service, answer)
            show_workers(visit, waiting)
        show_queues(visit, waiting)


def _service(visit: Visit, service: Service, answer: Health | Fault) -> None:
    with section(visit.say(f"faults.{service.value}")):
        state: State = "away" if isinstance(answer, Fault) else answer.status
        with ui.element("div").classes("tl-row"):
            tag(visit.say(f"ops.state_{state}"), state_tone(state))
            _docs(visit, service)
        if isinstance(answer, Fault):
            ui.label(words_of(visit, answer.error)).classes("tl-lines").props("role=alert")
            return
        for looked_at, words in check_lines(visit, answer):
            fact(looked_at, words)


def _docs(visit: Visit, service: Service) -> None:
    """Lead to the service's own documentation, at the address a browser reaches it by."""
    settings = visit.house.settings
    public = {
        Service.INGEST: settings.ingest_public_url,
        Service.SCORING: settings.scoring_public_url,
        Service.FEEDBACK: settings.feedback_public_url,
    }[service]
    base = public or str(visit.house.lines[service].http.base_url)
    link = ui.link(visit.say("ops.docs"), f"{base.rstrip('/')}/docs", new_tab=True)
    link.props["aria-label"] = visit.say("ops.docs_of", service=service.value)
