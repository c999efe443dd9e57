"""The condition builder: rows in groups, each a place of the condition's JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from nicegui import ui

from services.console.pages.programmes import fields
from services.console.pages.programmes.desk import Desk
from services.console.pages.programmes.documents import Path, add, at
from services.console.pages.segments import kinds
from services.console.parts.care import lifecycle_word
from services.console.parts.pieces import icon_button


@dataclass(frozen=True, slots=True)
class Known:
    """What conditions may name: programmes with their tiers, and other segments."""

    tiers: Mapping[str, Mapping[str, str]]
    programmes: Mapping[str, str]
    segments: Mapping[str, str]


def draw(desk: Desk, known: Known) -> None:
    """Lay the condition out from its root."""
    _node(desk, (), known)


async def write(desk: Desk, path: Path, node: Any) -> None:
    """Put another condition at a place; the root is the whole document."""
    if path:
        await desk.set(path, node, redraw=True)
    else:
        await desk.replace(kinds.grouped(node) if node else {"all": []})


def _node(desk: Desk, path: Path, known: Known) -> None:
    node = at(desk.document, path)
    kind = kinds.kind_of(node)
    with ui.element("div").classes("tl-part"):
        match kind:
            case "all" | "any" | "not":
                _group(desk, path, kind, known)
            case None:
                ui.label(desk.visit.say("segments.not_a_condition")).classes("tl-note")
            case _:
                _leaf(desk, path, kind, known)


def _group(desk: Desk, path: Path, kind: str, known: Known) -> None:
    visit = desk.visit
    with ui.element("div").classes("tl-row"):
        options = {group: visit.say(f"segments.group_{group}") for group in kinds.GROUPS}
        if not path:
            options.pop("not")

        async def regroup(event: Any) -> None:
            # read now: what was typed since the rows were laid out is kept
            node = at(desk.document, path)
            await write(desk, path, kinds.regrouped(node, event.value))

        label = visit.say("segments.group")
        ui.select(options, label=label, value=kind, on_change=regroup).props("outlined dense")
        if path:
            _remove(desk, path)
    parts = at(desk.document, (*path, kind))
    if kind == "not":
        _node(desk, (*path, "not"), known)
        return
    for place in range(len(parts) if isinstance(parts, list) else 0):
        _node(desk, (*path, kind, place), known)
    _add(desk, (*path, kind))


def _add(desk: Desk, path: Path) -> None:
    visit = desk.visit
    options = {kind: visit.say(f"segments.kind_{kind}") for kind in kinds.BEGIN}
    options |= {kind: visit.say(f"segments.group_{kind}") for kind in kinds.GROUPS}

    async def chosen(event: Any) -> None:
        await desk.replace(add(desk.document, path, kinds.begun(event.value)))

    label = visit.say("segments.add")
    ui.select(options, label=label, on_change=chosen).props("outlined dense").classes("tl-fill")


def _remove(desk: Desk, path: Path) -> None:
    # the part of a `not` goes with it
    whole = path[:-1] if path[-1] == "not" else path
    label = desk.visit.say("segments.remove")
    icon_button("delete", label, partial(write, desk, whole, None))


def _leaf(desk: Desk, path: Path, kind: str, known: Known) -> None:
    visit, inner = desk.visit, (*path, kind)
    with ui.element("div").classes("tl-row"):
        ui.label(visit.say_or(f"segments.kind_{kind}", kind))
        _remove(desk, path)
    with ui.element("div").classes("tl-form"):
        match kind:
            case "tier":
                _tier(desk, inner, known)
            case "in_segment":
                fields.choice(desk, visit.say("segments.kind_in_segment"), inner, known.segments)
            case "lifecycle":
                lives = {life: lifecycle_word(visit, life) for life in kinds.LIVES}
                fields.several(desk, visit.say("segments.one_of"), (*inner, "in"), lives)
            case _:
                members = at(desk.document, inner)
                for name in kinds.in_order(kind, members if isinstance(members, dict) else {}):
                    _member(desk, (*inner, name), kind, name)
                if "last_days" in kinds.BEGIN.get(kind, {}) and "last_days" not in (members or {}):
                    fields.whole(desk, visit.say("segments.last_days"), (*inner, "last_days"))


def _tier(desk: Desk, inner: Path, known: Known) -> None:
    visit = desk.visit
    fields.choice(
        desk,
        visit.say("segments.programme"),
        (*inner, "programme"),
        known.programmes,
        redraw=True,
    )
    tiers = known.tiers.get(str(at(desk.document, (*inner, "programme"))), {})
    if at(desk.document, (*inner, "in")) is not None:
        fields.several(desk, visit.say("segments.one_of"), (*inner, "in"), tiers)
    else:
        fields.choice(desk, visit.say("segments.at_least"), (*inner, "at_least"), tiers)


def _member(desk: Desk, path: Path, kind: str, name: str) -> None:
    """Show one member of a condition; what is an object or a list of numbers is changed as JSON."""
    value, label = at(desk.document, path), desk.visit.say_or(f"segments.{name}", name)
    if isinstance(value, list):
        if all(isinstance(each, str) for each in value):
            fields.several(desk, label, path, {}, may_add=True)
        else:
            ui.label(desk.visit.say("segments.in_json", name=label)).classes("tl-note")
    elif options := _options(desk, kind, name):
        # its value becomes one, several or none with how an attribute is compared
        follow = kinds.matched if (kind, name) == ("attribute", "op") else None
        fields.choice(desk, label, path, options, redraw=follow is not None, follow=follow)
    elif not isinstance(value, dict):
        _typed(desk, path, kind, label)


def _typed(desk: Desk, path: Path, kind: str, label: str) -> None:
    """Show a member that is typed, as a number or a text."""
    value, name = at(desk.document, path), path[-1]
    if name == "top":
        fields.share(desk, label, path)
    elif name == "value" and kind == "metric":
        is_whole = at(desk.document, (*path[:-1], "name")) not in kinds.DECIMAL
        fields.amount(desk, label, path, is_whole=is_whole)
    elif isinstance(value, float) or kind == "score":
        fields.decimal(desk, label, path)
    elif isinstance(value, int) and not isinstance(value, bool):
        fields.whole(desk, label, path)
    else:
        fields.text(desk, label, path)


def _options(desk: Desk, kind: str, name: str) -> dict[str, str]:
    """Give what a member is chosen from; nothing where it is typed."""
    if (kind, name) == ("has_been", "lifecycle"):
        return {life: lifecycle_word(desk.visit, life) for life in kinds.LIVES}
    chosen = {
        ("metric", "name"): ("metric", kinds.METRICS),
        ("attribute", "op"): ("op", kinds.ATTRIBUTE_OPS),
        ("consent", "purpose"): ("purpose", kinds.PURPOSES),
        ("consent", "is"): ("is", ("granted", "withdrawn")),
        ("rank", "of"): ("metric", kinds.RANKED),
    }.get((kind, name))
    if chosen is None and name == "op":
        chosen = ("op", kinds.OPS)
    if chosen is None and name == "event":
        chosen = ("event", kinds.EVENTS)
    if chosen is None:
        return {}
    room, words = chosen
    return {word: desk.visit.say(f"segments.{room}_{word}") for word in words}
