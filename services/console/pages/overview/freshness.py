"""How fresh and how good everything is, and the model in one sentence."""

from typing import Final

from nicegui import ui

from services.console.pages.accuracy.fits import state_words, tone_of
from services.console.parts import faults
from services.console.parts.pieces import Tone, tile, tiles
from services.console.visiting.formats import NOTHING
from services.console.visiting.visit import Visit
from shared.contracts.overview import Status
from shared.contracts.quality import QualitySummary

_GRADES: Final[dict[str, Tone]] = {"A": "good", "B": "good", "C": "warn", "D": "bad"}


def show_freshness(
    visit: Visit, status: Status | faults.Fault, quality: QualitySummary | faults.Fault
) -> None:
    """Show when everything happened last, the grade of the data and the model's sentence."""
    if isinstance(status, faults.Fault):
        faults.fault_card(visit, status)
    else:
        with ui.element("p").classes("tl-lines"):
            ui.label(visit.local(status.model.sentence)).mark("model-sentence")
    with tiles():
        if not isinstance(status, faults.Fault):
            _times(visit, status)
        if not isinstance(quality, faults.Fault):
            _quality(visit, quality)
    if isinstance(quality, faults.Fault):
        faults.fault_card(visit, quality)


def _times(visit: Visit, status: Status) -> None:
    def ago(key: str, note: str = "") -> None:
        at = getattr(status, f"{key}_at")
        written = visit.formats.ago(at, status.as_of) if at else NOTHING
        tile(visit.say(f"overview.{key}"), written, note=note or visit.formats.instant(at))

    ago("last_event")
    ago("last_decision")
    tile(
        visit.say("overview.model"),
        status.model.version or NOTHING,
        note=state_words(visit, status.model),
        href="/accuracy",
        tone=tone_of(status.model.drift, status.model),
    )
    tile(
        visit.say("overview.rescoring"),
        visit.say("overview.under_way" if status.rescoring.is_under_way else "overview.at_rest"),
        note=_waits(visit, status),
        tone="warn" if status.rescoring.is_under_way else "good",
    )


def _waits(visit: Visit, status: Status) -> str:
    rescoring = status.rescoring
    if not rescoring.waiting:
        return visit.say("overview.nothing_waits")
    return visit.say(
        "overview.waiting",
        count=visit.formats.number(rescoring.waiting),
        oldest=visit.formats.span(rescoring.oldest_s),
    )


def _quality(visit: Visit, quality: QualitySummary) -> None:
    tile(
        visit.say("overview.quality"),
        f"{quality.grade or NOTHING} · {visit.local(quality.word)}",
        note=visit.local(quality.sentence),
        href="/data",
        tone=_GRADES.get(quality.grade or "", "plain"),
    )
