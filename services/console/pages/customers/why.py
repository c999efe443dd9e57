"""Why a customer is worth what they are, and why they are not in the top tier."""

from collections.abc import Sequence
from typing import Final

from nicegui import ui

from services.console.pages.customers.rows import top_of
from services.console.pages.customers.steps import Step, bar_lines, bars, down, steps_of, up
from services.console.parts.charts import AS_SHORT, chart
from services.console.parts.faults import Fault, fault_card
from services.console.parts.frame import heading
from services.console.parts.pieces import empty, section
from services.console.visiting.visit import Visit
from shared.contracts.explanation import ExplanationAnswer
from shared.contracts.programmes import ProgrammeSummary

_MOST_TOLD: Final = 4


def why(
    visit: Visit,
    explained: ExplanationAnswer | Fault | None,
    programmes: Sequence[ProgrammeSummary],
) -> None:
    """Explain the value in bars that add up, and the tier in words."""
    if explained is None:
        return
    if isinstance(explained, Fault):
        with section(visit.say("customers.why")):
            fault_card(visit, explained)
        return
    steps = steps_of(explained)
    _not_top(visit, explained, programmes, steps)
    with section(visit.say("customers.why"), note=visit.say("customers.why_note")):
        ui.label(visit.local(explained.summary))
        if not steps:
            empty(visit.say("customers.no_score_yet"))
            return
        _bars(visit, explained, steps)


def _not_top(
    visit: Visit,
    explained: ExplanationAnswer,
    programmes: Sequence[ProgrammeSummary],
    steps: Sequence[Step],
) -> None:
    found = next((each for each in programmes if each.programme == explained.programme), None)
    if found is None:
        return
    held, flip = explained.tier, explained.flip
    top = next(tier for tier in found.tiers if tier.key == top_of(found))
    is_top = held.tier.key == top.key
    word = "customers.why_top" if is_top else "customers.why_not"
    title = visit.say(word, tier=visit.local(top.name))
    with section(title):
        ui.label(visit.local(held.text)).classes("tl-lines")
        _listed(visit, "customers.holds_down", down(steps))
        _listed(visit, "customers.lifts", up(steps))
        heading(visit.say("customers.what_it_takes"), level=3)
        with ui.element("ul"):
            for hint in (flip.up, flip.down):
                if hint is not None:
                    with ui.element("li"):
                        ui.label(visit.local(hint.text))
        ui.label(visit.local(flip.assumes)).classes("tl-note")
        if not is_top:
            ui.link(visit.say("customers.lower_the_bar"), f"/programmes/{found.programme}")


def _listed(visit: Visit, word: str, steps: Sequence[Step]) -> None:
    if not steps:
        return
    heading(visit.say(word), level=3)
    with ui.element("ul"):
        for step in steps[:_MOST_TOLD]:
            with ui.element("li"):
                ui.label(visit.local(step.text))


def _bars(visit: Visit, explained: ExplanationAnswer, steps: Sequence[Step]) -> None:
    options = bars(visit, explained, steps)
    options["xAxis"] |= {"axisLabel": {":formatter": AS_SHORT}}
    chart(
        visit,
        options,
        summary=visit.local(explained.summary),
        head=[visit.say(f"customers.{name}") for name in ("part", "adds", "factor", "in_words")],
        rows=bar_lines(visit, explained, steps),
        height=80 + 34 * (len(steps) + 2),
    )
