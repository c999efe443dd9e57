"""One playbook in words: who is met next, what came of it, and what to do with it."""

import asyncio
from functools import partial

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.playbooks.steps import playbook_actions
from services.console.pages.playbooks.words import (
    NameTier,
    group_lines,
    held_back,
    limits,
    result_line,
    sample_words,
    what,
    when,
    who,
)
from services.console.parts.care import Named, money, names_of, shown, text_in
from services.console.parts.charts import plain_table
from services.console.parts.drafts import text_at
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import heading, page, retitle
from services.console.parts.pieces import action, empty, fact, grid, section, tag
from services.console.reading.experiments import experiment_result, list_experiments
from services.console.reading.playbooks import one_playbook, playbook_preview, playbook_results
from services.console.reading.programmes import list_programmes
from services.console.visiting.visit import Visit
from shared.contracts.experiments import ExperimentAnswer, ResultAnswer
from shared.contracts.playbooks import PlaybookAnswer, PlaybookResults
from shared.contracts.previews import PlaybookPreview

_COLUMNS = ("tier", "tasks", "done", "reached", "response", "cost")
_GROUPS = ("tier", "stage", "contacts", "cost")
#: Experiments that are looked through for the one about this playbook.
_LOOKED_AT = 200


@page("/playbooks/{key}", "playbooks")
async def show_playbook(visit: Visit, key: str) -> None:
    """Show a playbook, who it would meet next, and what came of it."""
    found = await one_playbook(visit, key)
    retitle(visit.local(found.name))
    results, tried_on, programmes = await asyncio.gather(
        tried(playbook_results(visit, key)),
        tried(_experiment(visit, key)),
        tried(list_programmes(visit)),
    )
    named = names_of(visit, programmes)
    name = partial(named.tier, text_at(found.audience, ("programme",)))
    ui.link(visit.say("playbooks.back"), "/playbooks")
    with grid():
        _in_words(visit, found, named, name)
        with section(visit.say("playbooks.results")):
            if isinstance(results, Fault):
                fault_card(visit, results)
            else:
                _results(visit, results, name)
    with section(visit.say("playbooks.pays")):
        _pays(visit, key, tried_on)
    with section(visit.say("playbooks.next"), note=visit.say("playbooks.next_note")):
        shown_here = ui.element("div")
        with shown_here:
            label = visit.say("playbooks.show_next")
            action(label, lambda: _preview(visit, key, shown_here, name), icon="visibility")


async def _experiment(visit: Visit, key: str) -> tuple[ExperimentAnswer, ResultAnswer] | None:
    """Give the newest experiment about a playbook, and what it came to."""
    found = await list_experiments(visit, None, _LOOKED_AT)
    about = [e for e in found.items if e.about.kind == "playbook" and e.about.key == key]
    if not about:
        return None
    newest = max(about, key=lambda each: each.created_at)
    return newest, await experiment_result(visit, newest.key)


def _in_words(visit: Visit, found: PlaybookAnswer, named: Named, name: NameTier) -> None:
    say = visit.say
    with section(say("playbooks.in_words")):
        tag(say(f"playbooks.state_{found.state}"), "good" if found.state == "live" else "plain")
        ui.label(visit.local(found.goal)).classes("tl-strong tl-below")
        fact(say("playbooks.column_who"), who(visit, found.audience, named))
        fact(say("playbooks.column_when"), when(visit, found.trigger, named))
        fact(say("playbooks.column_what"), what(visit, found.action, name))
        fact(say("playbooks.message"), text_in(visit, found.action.get("message")))
        fact(say("playbooks.limits"), limits(visit, found))
        fact(say("playbooks.consent"), say(f"playbooks.consent_{found.consent}"))
        fact(say("playbooks.column_owner"), found.owner)
        if found.last_run is not None:
            note = visit.local(found.last_run.note)
            at = visit.formats.instant(found.last_run.looked_at)
            fact(say("playbooks.last_run"), "\n".join(filter(None, (at, note))))
        for warning in found.warnings:
            ui.label(f"{warning.pointer}: {warning.message}").classes("tl-fault-text")
        if visit.may(Permission.CARE_CHANGE):
            playbook_actions(visit, found)


def _results(visit: Visit, results: PlaybookResults, name: NameTier) -> None:
    if not results.tasks:
        empty(visit.say("playbooks.no_results"))
        return
    head = [visit.say(f"playbooks.column_{name}") for name in _COLUMNS]
    lines = [result_line(visit, each, name) for each in (*results.by_tier, results)]
    plain_table(head, lines)
    fact(visit.say("playbooks.open_cost"), money(visit, results.open_cost))
    for reason, count in held_back(visit, results.held_back):
        fact(reason, count)
    tasks = f"/tasks?playbook={results.key}"
    ui.link(visit.say("playbooks.its_tasks"), tasks)


def _pays(
    visit: Visit, key: str, found: tuple[ExperimentAnswer, ResultAnswer] | Fault | None
) -> None:
    if isinstance(found, Fault):
        fault_card(visit, found)
    elif found is None:
        new, label = f"/experiments/new?playbook={key}", visit.say("playbooks.try_it")
        empty(visit.say("playbooks.not_tried"), label=label, then=new)
    else:
        experiment, result = found
        ui.label(visit.local(result.sentence)).classes("tl-strong")
        ui.link(visit.local(experiment.name), f"/experiments/{experiment.key}")


async def _preview(visit: Visit, key: str, place: ui.element, name: NameTier) -> None:
    found = await tried(playbook_preview(visit, key))
    place.clear()
    with place:
        if isinstance(found, Fault):
            fault_card(visit, found)
        else:
            _met_next(visit, found, name)


def _met_next(visit: Visit, found: PlaybookPreview, name: NameTier) -> None:
    say, write = visit.say, visit.formats
    fact(say("playbooks.audience"), write.number(found.audience))
    fact(say("playbooks.contacts"), write.number(found.contacts))
    fact(say("playbooks.column_cost"), money(visit, found.cost))
    if not found.is_complete:
        ui.label(say("playbooks.examined", n=write.number(found.examined))).classes("tl-note")
    for reason, count in held_back(visit, found.held_back):
        fact(reason, count)
    if found.groups:
        head = [say(f"playbooks.column_{name}") for name in _GROUPS]
        plain_table(head, group_lines(visit, found, name))
    for each in found.coming:
        fact(write.date(each.contact_on), f"{shown(visit, each.occasion)} · {each.customers}")
    if found.samples:
        heading(say("playbooks.samples"), level=3)
    for sample in found.samples:
        href, how, message = sample_words(visit, sample, name)
        with ui.element("div").classes("tl-event"):
            ui.link(sample.customer_id, href)
            ui.label(how).classes("tl-note")
            ui.label(message).classes("tl-lines")
