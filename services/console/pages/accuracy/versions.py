"""The versions of the model and their life: train, promote, try in the shadow, go back."""

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote
from uuid import uuid4

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing import models as changes
from services.console.parts.actors import actor_name
from services.console.parts.charts import plain_table
from services.console.parts.pieces import Tone, action, empty, section, tag
from services.console.parts.progress import follow, job_of
from services.console.parts.reasons import with_reason
from services.console.visiting.changes import Change
from services.console.visiting.visit import Visit
from shared.contracts.drift import DriftReport, ShadowNamed
from shared.contracts.jobs import JobAccepted
from shared.contracts.models import (
    GateCheck,
    GateVerdict,
    ModelDetail,
    ModelSummary,
    RollbackAnswer,
)

_TONES: dict[str, Tone] = {"live": "good", "shadow": "warn", "rejected": "bad"}
Asked = Callable[[], Awaitable[None]]
#: Asks for a job: why, and the key of its dialog, under which it is begun once.
Begin = Callable[[str, str], Awaitable[JobAccepted]]


def show_versions(visit: Visit, found: Sequence[ModelSummary], shown: str) -> None:
    """List the models, the newest first; who may, changes which one is in force."""
    with section(visit.say("accuracy.versions"), wide=True):
        if visit.may(Permission.MODELS_CHANGE):
            with ui.element("div").classes("tl-row"):
                action(visit.say("accuracy.train"), train(visit), icon="model_training", main=True)
                if any(each.status == "retired" for each in found):
                    action(visit.say("accuracy.roll_back"), roll_back(visit), icon="undo")
        if not found:
            empty(visit.say("accuracy.no_models"))
        for model in found:
            _line(visit, model, is_shown=model.model_version == shown)


def _line(visit: Visit, model: ModelSummary, *, is_shown: bool) -> None:
    version = model.model_version
    with ui.element("div").classes("tl-fact tl-version"):
        with ui.element("div").classes("tl-row"):
            ui.link(version, f"/accuracy?version={quote(version, safe='')}")
            tag(visit.say(f"accuracy.status_{model.status}"), _TONES.get(model.status, "plain"))
            if is_shown:
                ui.label(visit.say("accuracy.shown")).classes("tl-note")
        with ui.element("div").classes("tl-row"):
            ui.label(_in_short(visit, model)).classes("tl-note")
            if visit.may(Permission.MODELS_CHANGE):
                _choices(visit, model)


def _in_short(visit: Visit, model: ModelSummary) -> str:
    return visit.say(
        "accuracy.model_short",
        day=visit.formats.instant(model.created_at),
        customers=visit.formats.number(model.customers),
        gini=visit.formats.number(model.metrics.get("gini"), digits=3),
        rule=visit.formats.number(model.metrics.get("gini_decayed"), digits=3),
    )


def _choices(visit: Visit, model: ModelSummary) -> None:
    if model.status == "live":
        return
    action(visit.say("accuracy.promote"), promote(visit, model), icon="publish")
    if model.status == "shadow":
        action(visit.say("accuracy.end_shadow"), end_shadow(visit), icon="visibility_off")
    else:
        action(visit.say("accuracy.begin_shadow"), begin_shadow(visit, model), icon="visibility")


def train(visit: Visit) -> Asked:
    """Make the click that asks why, trains, and follows the training."""

    async def make(reason: str, once: str) -> JobAccepted:
        return await visit.make(changes.train_model(once), reason, JobAccepted)

    return _followed(visit, visit.say("accuracy.train"), make)


def promote(visit: Visit, model: ModelSummary) -> Asked:
    """Make the click that puts a model into force; a failed gate is overridden knowingly."""
    is_override = model.gate is not None and not model.gate.passed

    async def make(reason: str, once: str) -> JobAccepted:
        change = changes.promote_model(
            model.model_version, once, reason=reason, is_override=is_override
        )
        return await visit.make(change, reason, JobAccepted)

    text = visit.say("accuracy.gate_failed" if is_override else "accuracy.promote_text")
    title = visit.say("accuracy.promote_this", version=model.model_version)
    return _followed(visit, title, make, text=text)


def _followed(visit: Visit, title: str, make: Begin, *, text: str = "") -> Asked:
    """Ask why, begin a job, and show a bar until it has ended; then show the page anew."""
    box = ui.element("div")

    async def click() -> None:
        begun: list[JobAccepted] = []
        once = str(uuid4())

        async def run(reason: str) -> None:
            begun.append(await make(reason, once))

        if await with_reason(visit, title, run, text=text):
            with box:
                await follow(visit, title, job_of(visit.scoring, begun[0].job_id))
            ui.navigate.reload()

    return click


def begin_shadow(visit: Visit, model: ModelSummary) -> Asked:
    """Make the click that has a model scored beside the live one."""
    change = changes.begin_shadow(model.model_version)
    return _at_once(visit, visit.say("accuracy.begin_shadow"), change)


def end_shadow(visit: Visit) -> Asked:
    """Make the click that ends the shadow."""
    title = visit.say("accuracy.end_shadow")

    async def click() -> None:
        async def run(reason: str) -> None:
            await visit.do(changes.end_shadow(), reason)

        if await with_reason(visit, title, run):
            ui.navigate.reload()

    return click


def _at_once(visit: Visit, title: str, change: Change) -> Asked:
    async def click() -> None:
        async def run(reason: str) -> None:
            await visit.make(change, reason, ShadowNamed)

        if await with_reason(visit, title, run, text=visit.say("accuracy.shadow_text")):
            ui.navigate.reload()

    return click


def roll_back(visit: Visit) -> Asked:
    """Make the click that goes back to the release before."""
    title = visit.say("accuracy.roll_back")

    async def click() -> None:
        once = str(uuid4())

        async def run(reason: str) -> None:
            change = changes.roll_back_models(once, reason=reason)
            await visit.make(change, reason, RollbackAnswer)

        if await with_reason(visit, title, run, text=visit.say("accuracy.roll_back_text")):
            ui.navigate.reload()

    return click


def show_life(visit: Visit, model: ModelDetail) -> None:
    """Show a model's verdict at the gate and what happened to it."""
    with section(visit.say("accuracy.gate")):
        if model.gate is None:
            empty(visit.say("accuracy.no_gate"))
        else:
            _gate(visit, model.gate)
    with section(visit.say("accuracy.life")):
        rows = [
            [
                visit.formats.instant(each.at),
                visit.say_or(f"accuracy.what_{each.what}", each.what),
                actor_name(visit, each.actor),
                each.reason,
            ]
            for each in model.log
        ]
        plain_table([visit.say(f"accuracy.{key}") for key in ("at", "what", "who", "why")], rows)


def _gate(visit: Visit, gate: GateVerdict) -> None:
    passed = visit.say("accuracy.gate_passed" if gate.passed else "accuracy.gate_refused")
    tag(passed, "good" if gate.passed else "bad")
    for check in gate.checks:
        with ui.element("div").classes("tl-row").style("flex-wrap: nowrap; padding: 4px 0"):
            ui.icon(check_icon(check)).props("aria-hidden=true")
            ui.label(visit.local(check.words)).classes("tl-lines")


def check_icon(check: GateCheck) -> str:
    """Choose a mark: a tick only for what would have kept the model out."""
    if check.blocks:
        return "check_circle" if check.passed else "error"
    return "info" if check.passed else "warning"


def show_shadow(visit: Visit, found: DriftReport) -> None:
    """Show how the challenger stands beside the live model."""
    shadow = found.shadow
    if shadow is None:
        return
    with section(visit.say("accuracy.shadow")):
        said = {"version": shadow.model_version, "since": visit.formats.instant(shadow.since)}
        ui.label(visit.say("accuracy.shadow_since", **said))
        if shadow.compared is not None:
            ui.label(
                visit.say(
                    "accuracy.shadow_compared",
                    customers=visit.formats.number(shadow.compared.customers),
                    agreement=visit.formats.number(shadow.compared.agreement, digits=3),
                    differing=visit.formats.percent(shadow.compared.differing),
                )
            )
        ui.label(visit.say(f"accuracy.better_{shadow.better or 'undecided'}"))
