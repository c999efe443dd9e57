"""One experiment: what it came to, drawn with intervals, and who met it."""

from typing import Literal

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing.care_documents import turn
from services.console.pages.experiments.words import (
    about_words,
    comparison_line,
    design_words,
    exposure_row,
    forest_options,
    held_out,
    interval_of,
    tone_of,
)
from services.console.parts.charts import chart, plain_table
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.filters import Filters
from services.console.parts.frame import page, retitle
from services.console.parts.pieces import action, fact, grid, section, tag
from services.console.parts.reasons import change_then
from services.console.parts.tables import Column, Fetched, PagedTable
from services.console.reading.experiments import (
    experiment_result,
    list_exposures,
    one_experiment,
)
from services.console.visiting.visit import Visit
from shared.contracts.experiments import ExperimentAnswer, ResultAnswer

_COLUMNS = ("metric", "treatment", "control", "difference", "interval", "verdict")


@page("/experiments/{key}", "experiments")
async def show_experiment(visit: Visit, key: str) -> None:
    """Show an experiment and what it came to."""
    found = await one_experiment(visit, key)
    retitle(visit.local(found.name))
    result = await tried(experiment_result(visit, key))
    ui.link(visit.say("experiments.back"), "/experiments")
    with section(visit.say("experiments.result")):
        if isinstance(result, Fault):
            fault_card(visit, result)
        else:
            _result(visit, result)
    with grid():
        _document(visit, found)
        if not isinstance(result, Fault):
            _who(visit, result)
    with section(visit.say("experiments.exposures"), note=visit.say("experiments.exposures_note")):
        await _exposures(visit, found)


def _result(visit: Visit, result: ResultAnswer) -> None:
    with ui.element("div").classes("tl-row"):
        verdict = visit.say(f"experiments.verdict_{result.verdict}")
        tag(verdict, tone_of(result.verdict))
        ui.label(visit.local(result.sentence)).classes("tl-strong")
    for note in result.notes:
        ui.label(visit.local(note)).classes("tl-note")
    intervals = [each for c in result.comparisons if (each := interval_of(visit, c)) is not None]
    head = [visit.say(f"experiments.column_{name}") for name in _COLUMNS]
    rows = [comparison_line(visit, compared) for compared in result.comparisons]
    if not intervals:
        plain_table(head, rows)
        return
    names = (visit.say("experiments.interval"), visit.say("experiments.column_difference"))
    chart(
        visit,
        forest_options(intervals, names),
        summary=visit.local(result.sentence),
        head=head,
        rows=rows,
        height=80 + 56 * len(intervals),
    )
    ui.label(
        visit.say("experiments.interval_note", level=visit.formats.number(result.level_percent))
    ).classes("tl-note")


def _document(visit: Visit, found: ExperimentAnswer) -> None:
    say, write = visit.say, visit.formats
    with section(say("experiments.document")):
        tag(
            say(f"experiments.state_{found.state}"), "good" if found.state == "running" else "plain"
        )
        fact(say("experiments.column_about"), about_words(visit, found))
        fact(say("experiments.column_held_out"), write.percent(held_out(found), digits=0))
        fact(say("experiments.column_primary"), say(f"experiments.metric_{found.primary}"))
        fact(say("experiments.design"), design_words(visit, found))
        fact(say("experiments.column_audience"), write.number(found.audience_size))
        fact(say("experiments.column_started"), write.instant(found.started_at))
        fact(say("experiments.ended"), write.instant(found.ended_at))
        fact(say("experiments.column_owner"), found.owner)
        if visit.may(Permission.CARE_CHANGE):
            _actions(visit, found)


def _actions(visit: Visit, found: ExperimentAnswer) -> None:
    say = visit.say
    with ui.element("div").classes("tl-row tl-below"):
        if found.state == "draft":
            action(say("experiments.start"), lambda: _turn(visit, found, "start"), main=True)
        if found.state == "running":
            action(say("experiments.stop"), lambda: _turn(visit, found, "stop"))
        if found.state != "ended":
            edit = f"/experiments/{found.key}/edit"
            action(say("experiments.edit"), lambda: ui.navigate.to(edit), icon="edit")


async def _turn(visit: Visit, found: ExperimentAnswer, verb: Literal["start", "stop"]) -> None:
    title, text = visit.say(f"experiments.{verb}"), visit.say(f"experiments.{verb}_note")
    change, then = turn("experiment", found.key, verb), f"/experiments/{found.key}"
    await change_then(visit, title, change, ExperimentAnswer, then=then, text=text)


def _who(visit: Visit, result: ResultAnswer) -> None:
    with section(visit.say("experiments.who")):
        for arm, count in result.customers.items():
            fact(arm, visit.formats.number(count))
        fact(visit.say("experiments.balance"), visit.formats.percent(result.balance_p))
        fact(visit.say("experiments.counted"), _span(visit, result))
        fact(visit.say("experiments.as_of"), visit.formats.instant(result.as_of))


def _span(visit: Visit, result: ResultAnswer) -> str:
    write = visit.formats
    return f"{write.date(result.counted_from)} – {write.date(result.counted_until)}"


async def _exposures(visit: Visit, found: ExperimentAnswer) -> None:
    async def fetch(cursor: str | None, limit: int) -> Fetched:
        arm = str(filters.given().get("arm", "")) or None
        listed = await list_exposures(visit, found.key, arm, cursor, limit)
        return [exposure_row(visit, item) for item in listed.items], listed.next_cursor

    say = visit.say
    columns = [
        Column("customer", say("experiments.column_customer"), "link"),
        Column("arm", say("experiments.arm")),
        Column("at", say("experiments.column_at"), min_width=180),
    ]
    nothing, label = say("experiments.no_exposures"), say("experiments.exposures")
    table = PagedTable(visit, columns, fetch, nothing, label, page_size=10)
    filters = Filters(visit, table.restart)
    with ui.element("div").classes("tl-form"):
        filters.choose("arm", say("experiments.arm"), {arm.key: arm.key for arm in found.arms})
    await table.show()
