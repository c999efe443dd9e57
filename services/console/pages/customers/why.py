"""Why a customer is worth what they are, in bars that add up."""

from collections.abc import Sequence

from nicegui import ui

from services.console.pages.customers.one_form import in_one_form
from services.console.pages.customers.steps import Step, bar_lines, bars, steps_of
from services.console.parts.charts import AS_SHORT, chart
from services.console.parts.faults import Fault, fault_card
from services.console.parts.pieces import empty, section
from services.console.visiting.visit import Visit
from shared.contracts.explanation import ExplanationAnswer


def why(visit: Visit, explained: ExplanationAnswer | Fault | None) -> None:
    """Explain the value in bars that add up."""
    if explained is None:
        return
    with section(visit.say("customers.why"), note=visit.say("customers.why_note")):
        if isinstance(explained, Fault):
            fault_card(visit, explained)
            return
        ui.label(in_one_form(visit, explained.summary))
        steps = steps_of(explained)
        if not steps:
            empty(visit.say("customers.no_score_yet"))
            return
        _bars(visit, explained, steps)


def _bars(visit: Visit, explained: ExplanationAnswer, steps: Sequence[Step]) -> None:
    options = bars(visit, explained, steps)
    options["xAxis"] |= {"axisLabel": {":formatter": AS_SHORT}}
    chart(
        visit,
        options,
        summary=in_one_form(visit, explained.summary),
        head=[visit.say(f"customers.{name}") for name in ("part", "adds", "factor", "in_words")],
        rows=bar_lines(visit, explained, steps),
        height=80 + 34 * (len(steps) + 2),
    )
