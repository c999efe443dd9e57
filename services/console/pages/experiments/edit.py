"""Write an experiment: a form with its JSON beside it."""

from typing import Any, Final, get_args

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.pages.experiments.words import METRICS, body_of, metric_words
from services.console.pages.writing import create, rewrite, save_button
from services.console.parts.care import words_for
from services.console.parts.documents import DocumentForm
from services.console.parts.drafts import at, list_at
from services.console.parts.faults import Fault, fault_card, tried
from services.console.parts.frame import heading, page, retitle
from services.console.reading.experiments import one_experiment
from services.console.reading.playbooks import list_playbooks
from services.console.visiting.visit import Visit
from shared.contracts.experiments import (
    About,
    ExperimentAnswer,
    ExperimentBody,
    ExperimentRequest,
)

_NEW: Final[dict[str, Any]] = {
    "key": "",
    "name": {"en": "", "zh": ""},
    "about": {"kind": "playbook", "key": ""},
    "arms": [{"key": "control", "share": 200}, {"key": "contact", "share": 800}],
    "primary": "spend",
    "also": ["orders", "retention"],
    "design": {"sequential": {"days": 60}},
    "pre_period_days": 56,
}
_DAYS: Final = 28


@page("/experiments/new", "experiments", may=Permission.CARE_CHANGE)
async def new_experiment(visit: Visit, playbook: str = "") -> None:
    """Write a new experiment, a draft."""
    retitle(visit.say("experiments.new"))
    about = {"kind": "playbook", "key": playbook}
    document = {**_NEW, "about": about, "owner": visit.person.name}
    form = DocumentForm(visit, document, ExperimentRequest, await _laying(visit, is_new=True))
    save_button(visit, "experiment", lambda: create(visit, "experiment", form, ExperimentAnswer))
    form.show()


@page("/experiments/{key}/edit", "experiments", may=Permission.CARE_CHANGE)
async def edit_experiment(visit: Visit, key: str) -> None:
    """Write an experiment anew that is as it was read."""
    found = await one_experiment(visit, key)
    retitle(visit.local(found.name))
    form = DocumentForm(visit, body_of(found), ExperimentBody, await _laying(visit, is_new=False))
    save_button(
        visit, "experiment", lambda: rewrite(visit, "experiment", form, found, ExperimentAnswer)
    )
    form.show()


async def _laying(visit: Visit, *, is_new: bool) -> Any:
    """Give what lays the fields out; it knows the playbooks there are."""
    playbooks = await tried(list_playbooks(visit, None, None, 200))
    if isinstance(playbooks, Fault):
        fault_card(visit, playbooks)
    known = {} if isinstance(playbooks, Fault) else _named(visit, playbooks.items)

    def lay(form: DocumentForm) -> None:
        if is_new:
            form.text(visit.say("experiments.key"), "key")
        form.local(visit.say("experiments.column_name"), "name")
        _about(form, known)
        _arms(form)
        _measured(form)
        _looked_at(form)
        form.text(visit.say("experiments.column_owner"), "owner")

    return lay


def _named(visit: Visit, items: Any) -> dict[str, str]:
    return {each.key: visit.local(each.name) for each in items}


def _about(form: DocumentForm, playbooks: dict[str, str]) -> None:
    say, about = form.visit.say, form.document.get("about") or {}
    kinds = words_for(
        form.visit, "experiments.kind_", get_args(About.model_fields["kind"].annotation)
    )
    with ui.element("div").classes("tl-form"):
        form.choose(say("experiments.column_about"), kinds, "about", "kind", is_deciding=True)
        if about.get("kind") == "playbook" and playbooks:
            form.choose(say("experiments.kind_playbook"), playbooks, "about", "key")
        else:
            form.text(say("experiments.about_key"), "about", "key")
        if about.get("kind") in {"benefit", "tier"}:
            form.text(say("experiments.programme"), "about", "programme")


def _arms(form: DocumentForm) -> None:
    say = form.visit.say
    heading(say("experiments.arms"), level=3)
    ui.label(say("experiments.arms_note")).classes("tl-note")
    for number, _ in enumerate(list_at(form.document, ("arms",))):
        with ui.element("div").classes("tl-item"):
            form.text(say("experiments.arm"), "arms", number, "key")
            form.number(say("experiments.share"), "arms", number, "share")
            form.remove(say("experiments.remove_arm"), number, "arms")
    form.add(say("experiments.add_arm"), {"key": "", "share": 100}, "arms")


def _measured(form: DocumentForm) -> None:
    say, metrics = form.visit.say, metric_words(form.visit, METRICS)
    with ui.element("div").classes("tl-form"):
        form.choose(say("experiments.column_primary"), metrics, "primary")
        form.several(say("experiments.also"), metrics, "also")
        form.text(say("experiments.segment"), "segment")
        form.number(say("experiments.pre_period"), "pre_period_days")


def _looked_at(form: DocumentForm) -> None:
    say, design = form.visit.say, form.document.get("design") or {}
    kind = "fixed" if "fixed" in design else "sequential"
    shown = words_for(form.visit, "experiments.design_", ("fixed", "sequential"))
    with ui.element("div").classes("tl-form"):
        chosen = ui.select(shown, label=say("experiments.design"), value=kind)
        chosen.props("outlined dense").classes("tl-fill")
        chosen.on_value_change(
            lambda event: form.put_anew({event.value: {"days": days_of(form.document)}}, "design")
        )
        form.number(say("experiments.design_days"), "design", kind, "days")


def days_of(document: dict[str, Any]) -> object:
    """Tell how many days a design runs, whichever design it is."""
    days = [at(document, ("design", kind, "days")) for kind in ("fixed", "sequential")]
    return next((each for each in days if each), _DAYS)
