"""The fields of a playbook's form."""

from typing import Final, get_args

from nicegui import ui

from services.console.pages.playbooks.words import TRIGGERS, new_trigger, trigger_kind
from services.console.parts.care import (
    contact_channels,
    kinds,
    lifecycles,
    purposes,
    words_for,
)
from services.console.parts.documents import DocumentForm
from services.console.parts.drafts import at, list_at
from services.console.parts.frame import heading
from shared.contracts.triggers import FestivalKey

_CONSENT: Final = ("not_withdrawn", "granted")
_EVERY: Final = ("week", "month")


def lay_playbook(form: DocumentForm) -> None:
    """Lay out everything a playbook says; what is rare is written in the JSON."""
    say = form.visit.say
    form.local(say("playbooks.column_name"), "name")
    form.local(say("playbooks.goal"), "goal", is_long=True)
    with ui.element("div").classes("tl-form"):
        form.text(say("playbooks.column_owner"), "owner")
        form.choose(say("playbooks.purpose"), purposes(form.visit), "purpose")
        consent = words_for(form.visit, "playbooks.consent_", _CONSENT)
        form.choose(say("playbooks.consent"), consent, "consent")
    _audience(form)
    _trigger(form)
    _action(form)
    _limits(form)


def _audience(form: DocumentForm) -> None:
    say = form.visit.say
    heading(say("playbooks.column_who"), level=3)
    with ui.element("div").classes("tl-form"):
        form.text(say("playbooks.segment"), "audience", "segment")
        form.text(say("playbooks.programme"), "audience", "programme")
        form.several(say("playbooks.tiers"), {}, "audience", "tiers", may_add=True)
        form.several(say("playbooks.stages"), lifecycles(form.visit), "audience", "lifecycles")


def _trigger(form: DocumentForm) -> None:
    say, kind = form.visit.say, trigger_kind(form.document)
    heading(say("playbooks.column_when"), level=3)
    with ui.element("div").classes("tl-form"):
        known = words_for(form.visit, "playbooks.trigger_", TRIGGERS)
        chosen = ui.select(
            known, label=say("playbooks.trigger"), value=kind if kind in known else None
        )
        chosen.props("outlined dense").classes("tl-fill")
        chosen.on_value_change(lambda event: form.put_anew(new_trigger(event.value), "trigger"))
        _trigger_fields(form, kind)


def _trigger_fields(form: DocumentForm, kind: str) -> None:
    say, visit = form.visit.say, form.visit
    match kind:
        case "entered":
            form.text(say("playbooks.segment"), "trigger", "segment")
            form.text(say("playbooks.programme"), "trigger", "programme")
            form.several(say("playbooks.tiers"), {}, "trigger", "tiers", may_add=True)
        case "schedule":
            every = words_for(visit, "playbooks.every_", _EVERY)
            form.choose(say("playbooks.every"), every, "trigger", "every", is_deciding=True)
            name = "weekday" if at(form.document, ("trigger", "every")) == "week" else "day"
            form.number(say(f"playbooks.{name}"), "trigger", name)
        case "feedback":
            form.choose(say("playbooks.kind"), kinds(visit), "trigger", "feedback_kind")
            form.number(say("playbooks.at_most"), "trigger", "at_most")
        case "festival":
            known = words_for(visit, "playbooks.festival_", get_args(FestivalKey))
            form.choose(say("playbooks.festival"), known, "trigger", "festival")
            form.number(say("playbooks.days_before"), "trigger", "days_before")
        case "birthday":
            form.number(say("playbooks.days_before"), "trigger", "days_before")
    if kind not in {"entered", "feedback", "manual"}:
        form.text(say("playbooks.at"), "trigger", "at")


def _action(form: DocumentForm) -> None:
    say = form.visit.say
    heading(say("playbooks.column_what"), level=3)
    with ui.element("div").classes("tl-form"):
        form.choose(say("playbooks.channel"), contact_channels(form.visit), "action", "channel")
        form.number(say("playbooks.priority"), "action", "priority")
        form.number(say("playbooks.due_in_days"), "action", "due_in_days")
        form.number(say("playbooks.expires_in_days"), "action", "expires_in_days")
        form.text(say("playbooks.queue"), "action", "queue")
        form.text(say("playbooks.offer"), "action", "offer_key")
    form.local(say("playbooks.task_title"), "action", "title")
    form.local(say("playbooks.message"), "action", "message", is_long=True)
    ui.label(say("playbooks.placeholders")).classes("tl-note")


def _limits(form: DocumentForm) -> None:
    say = form.visit.say
    heading(say("playbooks.limits"), level=3)
    for number, _ in enumerate(list_at(form.document, ("caps",))):
        with ui.element("div").classes("tl-item tl-item-3"):
            form.number(say("playbooks.cap_count"), "caps", number, "count")
            form.number(say("playbooks.cap_days"), "caps", number, "days")
            channels = contact_channels(form.visit)
            label = say("playbooks.channel")
            form.choose(label, channels, "caps", number, "channel", may_be_empty=True)
            form.remove(say("playbooks.remove_cap"), number, "caps")
    form.add(say("playbooks.add_cap"), {"count": 1, "days": 30}, "caps")
    with ui.element("div").classes("tl-form"):
        form.text(say("playbooks.quiet_from"), "quiet", "start")
        form.text(say("playbooks.quiet_to"), "quiet", "end")
        form.text(say("playbooks.budget"), "budget", "amount")
        form.text(say("playbooks.currency"), "budget", "currency")
