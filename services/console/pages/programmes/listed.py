"""The list of programmes, and the gallery to begin one from."""

import asyncio
from typing import Any

from nicegui import ui

from services.console.accounts.roles import Permission
from services.console.changing import programmes as changing
from services.console.parts import faults
from services.console.parts.frame import heading, page
from services.console.parts.pieces import action, empty, grid, section, tag
from services.console.parts.reasons import with_reason
from services.console.reading import programmes as reading
from services.console.reading.overview import distribution
from services.console.visiting.visit import Visit
from shared.contracts.overview import Distribution
from shared.contracts.programmes import DraftAnswer, Preset, ProgrammeSummary
from shared.ids import uuid7


@page("/programmes", "programmes")
async def show(visit: Visit) -> None:
    """Show what programmes there are, and how to begin one."""
    found, presets = await asyncio.gather(
        faults.tried(reading.list_programmes(visit)), faults.tried(reading.list_presets(visit))
    )
    if isinstance(found, faults.Fault):
        faults.fault_card(visit, found)
        return
    counts = await faults.tried_all(*(_counts(visit, each) for each in found))
    if not found:
        empty(visit.say("programmes.none"))
    with grid():
        for each, count in zip(found, counts, strict=True):
            _card(visit, each, None if isinstance(count, faults.Fault) else count)
    if isinstance(presets, faults.Fault):
        faults.fault_card(visit, presets)
    elif visit.may(Permission.PROGRAMMES_CHANGE):
        _gallery(visit, presets)


async def _counts(visit: Visit, found: ProgrammeSummary) -> Distribution | None:
    return None if found.release is None else await distribution(visit, found.programme)


def _card(visit: Visit, found: ProgrammeSummary, counts: Distribution | None) -> None:
    with section(visit.local(found.name)):
        with ui.element("div").classes("tl-row"):
            if found.release is None:
                tag(visit.say("programmes.status_draft"), "warn")
            else:
                tag(visit.say("programmes.live_version", n=found.version), "good")
            tag(visit.say_or(f"programmes.audience_{found.audience}", found.audience))
            if found.is_default:
                tag(visit.say("programmes.is_default"))
        with ui.element("div"):
            held = {tier.tier: tier.customers for tier in counts.tiers} if counts else {}
            for tier in reversed(found.tiers):
                with ui.element("div").classes("tl-fact"):
                    ui.label(visit.local(tier.name)).classes("tl-fact-label")
                    ui.label(_held(visit, held.get(tier.key))).classes("tl-fact-value")
        name = visit.say("programmes.open", name=visit.local(found.name))
        ui.link(name, f"/programmes/{found.programme}")


def _held(visit: Visit, customers: int | None) -> str:
    if customers is None:
        return "–"
    return visit.say("programmes.n_customers", n=visit.formats.number(customers))


def _gallery(visit: Visit, presets: list[Preset]) -> None:
    with section(visit.say("programmes.begin"), note=visit.say("programmes.begin_note")), grid():
        for preset in presets:
            with ui.element("div").classes("tl-tile"):
                heading(visit.local(preset.name), level=3)
                said: Any = preset.document.get("description")
                otherwise = visit.local(said) if isinstance(said, dict) else preset.key
                ui.label(visit.say_or(f"programmes.preset_{preset.key}", otherwise))
                _begin_button(visit, preset)


def _begin_button(visit: Visit, preset: Preset) -> None:
    async def begin() -> None:
        await ask_key(visit, preset)

    button = action(visit.say("programmes.begin_with_this"), begin, icon="add")
    button.props["aria-label"] = visit.say("programmes.begin_with", name=visit.local(preset.name))


async def ask_key(visit: Visit, preset: Preset) -> None:
    """Ask what a new programme is called and why, begin it, and open its draft."""
    given: dict[str, ui.input] = {}
    once = str(uuid7())

    def fields() -> None:
        given["key"] = ui.input(visit.say("programmes.key"), value=f"my-{preset.key}")
        given["key"].classes("tl-fill").props("outlined maxlength=64")
        ui.label(visit.say("programmes.key_note")).classes("tl-note")

    async def make(reason: str) -> None:
        key = str(given["key"].value or "").strip()
        change = changing.begin_programme(key, preset.document, f"{once}-{key}"[:200])
        await visit.make(change, reason, DraftAnswer)

    title = visit.say("programmes.begin_with", name=visit.local(preset.name))
    if await with_reason(visit, title, make, fields=fields):
        ui.navigate.to(f"/programmes/{str(given['key'].value).strip()}/versions/1")
