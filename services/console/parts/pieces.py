"""Small pieces pages are laid out with: sections, tiles, tags, empty states."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from nicegui import ui

from services.console.parts.frame import heading
from services.console.visiting.visit import Visit

Tone = Literal["plain", "good", "bad", "warn"]


def section(title: str, *, note: str = "", wide: bool = False) -> ui.element:
    """Open a card with a heading (level 2); a `with` block puts things into it."""
    box = ui.element("section").classes("tl-card" + (" tl-wide" if wide else ""))
    box.props["aria-label"] = title
    with box:
        heading(title)
        if note:
            ui.label(note).classes("tl-note")
    return box


def grid() -> ui.element:
    """Lay cards side by side where there is room, one below the other on a phone."""
    return ui.element("div").classes("tl-grid")


def tiles() -> ui.element:
    """Lay tiles in a row that wraps."""
    return ui.element("div").classes("tl-tiles")


def tile(
    label: str, value: str, *, note: str = "", href: str | None = None, tone: Tone = "plain"
) -> None:
    """Show one figure with its name; `href` leads to where it comes from."""
    box = ui.link(target=href) if href else ui.element("div")
    with box.classes(f"tl-tile tl-{tone}"):
        ui.label(label).classes("tl-tile-label")
        ui.label(value).classes("tl-tile-value")
        if note:
            ui.label(note).classes("tl-note")


def tag(text: str, tone: Tone = "plain") -> None:
    """Show a short word in a box of its own: a tier, a state."""
    ui.label(text).classes(f"tl-tag tl-{tone}")


def fact(label: str, value: str) -> None:
    """Show one line of a thing's properties."""
    with ui.element("div").classes("tl-fact"):
        ui.label(label).classes("tl-fact-label")
        ui.label(value).classes("tl-fact-value tl-lines")


def empty(text: str, *, label: str = "", then: str | Callable[[], object] | None = None) -> None:
    """Say that there is nothing yet and what to do next: a link, or something to run."""
    with ui.element("div").classes("tl-empty"):
        ui.icon("lightbulb").props("aria-hidden=true")
        ui.label(text)
        if isinstance(then, str):
            ui.link(label, then)
        elif then is not None:
            ui.button(label, on_click=then).props("outline no-caps")


def icon_button(icon: str, label: str, on_click: Callable[[], object]) -> ui.button:
    """Make a button that shows an icon and says its name to those who cannot see it."""
    button = ui.button(icon=icon, on_click=on_click).props("flat round dense")
    button.props["aria-label"] = label
    with button:
        ui.tooltip(label)
    return button


def action(
    label: str, on_click: Callable[[], object], *, icon: str | None = None, main: bool = False
) -> ui.button:
    """Make a button with a word on it; `main` is the one most people want."""
    look = "unelevated no-caps" if main else "outline no-caps"
    return ui.button(label, icon=icon, on_click=on_click).props(look)


@contextmanager
def closer_look(visit: Visit, title: str) -> Iterator[tuple[ui.dialog, ui.element]]:
    """Open a dialog about one thing; gives it and the place of its buttons, closing among them.

    What a `with` block lays stands above the buttons; the dialog is gone once it is closed.
    """
    with ui.dialog(value=True) as dialog, ui.card().classes("tl-dialog"):
        dialog.props["aria-label"] = title
        dialog.on("hide", dialog.delete)
        heading(title)
        told = ui.element("div")
        with ui.element("div").classes("tl-buttons") as buttons:
            action(visit.say("parts.close"), dialog.close)
        with told:
            yield dialog, buttons
