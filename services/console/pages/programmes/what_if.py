"""What if a bar stood elsewhere: one field, one button, what it would do and cost."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing import programmes as changing
from services.console.pages.programmes.bars import SHARE, Bar, bars_of, moved, priced
from services.console.pages.programmes.documents import Document, text_of
from services.console.pages.programmes.sentence import (
    height_words,
    metric_words,
    subject_words,
)
from services.console.pages.programmes.simulating import Once, simulate_here
from services.console.parts import faults
from services.console.parts.frame import heading
from services.console.parts.pieces import action, section
from services.console.reading import programmes as reading
from services.console.visiting.visit import Visit
from shared.contracts.programmes import DraftAnswer, VersionDetail

Drafted = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Asking:
    """The version asked about, the fields of the section, and where the answer goes."""

    visit: Visit
    version: VersionDetail
    costs: Mapping[str, ui.number]
    buttons: list[ui.button]
    box: ui.element
    drafted: Drafted
    once: Once = field(default_factory=Once)


def what_if_section(visit: Visit, version: VersionDetail, drafted: Drafted) -> None:
    """Offer to move each bar of a version, and say what that would do, without publishing.

    `drafted` is called once a question has made its draft.
    """
    bars = bars_of(version.document)
    if not bars or not visit.may(Permission.PROGRAMMES_CHANGE):
        return
    note = visit.say("programmes.what_if_note")
    with section(visit.say("programmes.what_if"), note=note, wide=True):
        costs: dict[str, ui.number] = {}
        rows = ui.element("div")
        _costs(visit, version.document, costs)
        box = ui.element("div").props("aria-live=polite")
        asking = Asking(visit, version, costs, [], box, drafted)
        with rows:
            for bar in bars:
                _row(asking, bar)


def _row(asking: Asking, bar: Bar) -> None:
    visit, document = asking.visit, asking.version.document
    with ui.element("div").classes("tl-form").style("align-items: center"):
        now = height_words(visit, document, bar.metric, bar.value)
        metric = metric_words(visit, document, bar.metric)
        name = visit.local(bar.tier_name)
        ui.label(visit.say("programmes.bar_now", tier=name, metric=metric, height=now))
        is_share = bar.metric == SHARE
        shown = bar.value * 100 if is_share else bar.value
        words = "programmes.what_if_share" if is_share else "programmes.what_if_height"
        field = ui.number(
            visit.say(words, tier=name, metric=metric), value=float(shown), min=0
        ).props("outlined dense")
        field.mark(f"what-if-{bar.tier}-{bar.metric}")
        answer = partial(_answer, asking, bar, field)
        button = action(visit.say("programmes.what_if_ask"), answer, icon="help", main=True)
        button.props["aria-label"] = visit.say("programmes.what_if_ask_of", tier=name)
        asking.buttons.append(button)


def _costs(visit: Visit, document: Document, costs: dict[str, ui.number]) -> None:
    benefits: Sequence[Any] = document.get("benefits", [])
    if not benefits:
        ui.label(visit.say("programmes.no_benefits")).classes("tl-note")
        return
    heading(visit.say("programmes.costs"), level=3)
    ui.label(visit.say("programmes.costs_note")).classes("tl-note")
    with ui.element("div").classes("tl-form"):
        for benefit in benefits:
            stated = (benefit.get("cost") or {}).get("amount")
            field = ui.number(
                visit.say("programmes.cost_of", name=visit.local(benefit["name"])),
                value=float(stated) if stated else None,
                min=0,
            )
            costs[benefit["key"]] = field.props("outlined dense")


async def _answer(asking: Asking, bar: Bar, field: ui.number) -> None:
    visit = asking.visit
    value = _height(bar, field.value)
    if value is None or value == bar.value:
        ui.notify(visit.say("programmes.what_if_other"), type="warning")
        return
    if bar.is_whole and value != value.to_integral_value():
        metric = metric_words(visit, asking.version.document, bar.metric)
        ui.notify(visit.say("programmes.what_if_whole", metric=metric), type="warning")
        return
    document = priced(moved(asking.version.document, bar, value), _stated(asking.costs))
    for button in asking.buttons:
        button.disable()
    try:
        async with faults.told(visit):
            await _ask(asking, document, (bar, value))
    finally:
        for button in asking.buttons:
            button.enable()


async def _ask(asking: Asking, document: Document, change: tuple[Bar, Decimal]) -> None:
    visit, version = asking.visit, asking.version
    subject = subject_words(visit, version.document, change, version.version)
    reason = visit.say("programmes.what_if_reason", subject=subject)[:500]
    # the same question is about the same draft, however often it is asked
    key = asking.once.key_of(f"draft {text_of(document)}")
    draft = changing.add_draft(version.programme, document, key, question=reason)
    added = await visit.make(draft, reason, DraftAnswer)
    found = await reading.one_version(visit, version.programme, added.version)
    await asking.drafted()
    await simulate_here(visit, found, reason, asking.box, asking.once)
    with asking.box:
        words = visit.say("programmes.what_if_draft", n=added.version)
        ui.link(words, f"/programmes/{version.programme}/versions/{added.version}")


def _height(bar: Bar, typed: float | None) -> Decimal | None:
    """Read a height as it was typed; shares are typed as per cent."""
    try:
        value = Decimal(str(typed))
    except InvalidOperation:
        return None
    if not value.is_finite() or value <= 0:
        return None
    return value / 100 if bar.metric == SHARE else value


def _stated(costs: Mapping[str, ui.number]) -> dict[str, str]:
    typed = {key: field.value for key, field in costs.items()}
    return {key: f"{value:.2f}" for key, value in typed.items() if value is not None}
