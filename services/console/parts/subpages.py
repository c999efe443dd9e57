"""The ways between the pages of one room."""

from collections.abc import Sequence

from nicegui import ui

from services.console.visiting.visit import Visit


def ways(visit: Visit, room: str, here: str, pages: Sequence[tuple[str, str]]) -> None:
    """Show links to the pages of a room: (path, its word); `here` is the one being looked at."""
    with ui.element("nav").classes("tl-ways") as nav:
        nav.props["aria-label"] = visit.say(f"{room}.title")
        for path, word in pages:
            link = ui.link(visit.say(word), path)
            if path == here:
                link.classes("tl-here").props("aria-current=page")
