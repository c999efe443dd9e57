"""Plan an experiment: how many customers and how long an effect takes to be seen."""

from nicegui import ui

from services.console.pages.experiments.words import (
    DESIGNS,
    PLANNED,
    metric_words,
    plan_body,
    plan_line,
    plan_options,
)
from services.console.parts.care import words_for
from services.console.parts.charts import chart
from services.console.parts.dialog_fields import DialogFields
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import action, section
from services.console.reading.experiments import plan_of
from services.console.visiting.visit import Visit
from shared.contracts.experiments import PlanAnswer

_COLUMNS = ("days", "seen", "seen_unit", "mean", "needed")


@page("/experiments/plan", "experiments")
async def plan(visit: Visit, segment: str = "") -> None:
    """Ask what could be seen, and show it."""
    retitle(visit.say("experiments.plan"))
    ui.link(visit.say("experiments.back"), "/experiments")
    fields = DialogFields(
        {
            "metric": "spend",
            "design": "fixed",
            "segment": segment,
            "held_out": "20",
            "power": "80",
            "effect_percent": "5",
        }
    )
    with section(visit.say("experiments.plan_ask"), note=visit.say("experiments.plan_note")):
        _fields(visit, fields)
        action(visit.say("experiments.plan_show"), lambda: _show(visit, fields, shown), main=True)
    shown = ui.element("div")
    await _show(visit, fields, shown)


def _fields(visit: Visit, fields: DialogFields) -> None:
    say = visit.say
    with ui.element("div").classes("tl-form"):
        fields.choose("metric", say("experiments.column_primary"), metric_words(visit, PLANNED))
        fields.choose(
            "design", say("experiments.design"), words_for(visit, "experiments.design_", DESIGNS)
        )
        fields.text("held_out", say("experiments.held_out_percent"))
        fields.text("effect_percent", say("experiments.effect_percent"))
        fields.text("power", say("experiments.power"))
        fields.text("segment", say("experiments.segment"))
        fields.number("customers", say("experiments.customers"))
        fields.number("pre_period_days", say("experiments.pre_period"))


async def _show(visit: Visit, fields: DialogFields, shown: ui.element) -> None:
    try:
        body = plan_body(fields.given())
    except ValueError:
        ui.notify(visit.say("experiments.not_a_number"), type="negative")
        return
    found = await tried(plan_of(visit, body))
    shown.clear()
    with shown:
        if isinstance(found, Fault):
            fault_card(visit, found)
        else:
            _answer(visit, found)


def _answer(visit: Visit, found: PlanAnswer) -> None:
    with section(visit.say("experiments.plan_answer"), note=visit.local(found.sentence)):
        chart(
            visit,
            plan_options(visit, found),
            summary=visit.local(found.sentence),
            head=[visit.say(f"experiments.column_{name}") for name in _COLUMNS],
            rows=[plan_line(visit, found, row) for row in found.rows],
        )
