"""The pages of this room, and the words and links they share."""

from typing import Final
from urllib.parse import quote

from nicegui import ui

from services.console.parts.pieces import Tone
from services.console.parts.subpages import ways
from services.console.visiting.visit import Visit

WAYS: Final = (
    ("/data", "data.sources"),
    ("/data/imports", "data.imports"),
    ("/data/quarantine", "data.quarantine"),
    ("/data/conflicts", "data.identity_conflicts"),
    ("/data/returns", "data.returns"),
    ("/data/log", "data.log"),
)
_TONES: Final[dict[str | None, Tone]] = {"A": "good", "B": "good", "C": "warn", "D": "bad"}


def show_ways(visit: Visit, here: str) -> None:
    """Show the ways between the pages of this room."""
    ways(visit, "data", here, WAYS)


def show_way_back(visit: Visit, word: str, path: str) -> None:
    """Lead back to the list a thing stands in."""
    with ui.element("div").classes("tl-row tl-above"):
        ui.link(visit.say(word), path)


def tone_of(grade: str | None) -> Tone:
    """Give the colour of a grade."""
    return _TONES.get(grade, "plain")


def source_href(source: str) -> str:
    """Lead to a source."""
    return f"/data/sources/{quote(source, safe='')}"


def customer_href(customer_id: str) -> str:
    """Lead to a customer."""
    return f"/customers/{quote(customer_id, safe='')}"


def reason_word(visit: Visit, reason: str) -> str:
    """Say why a record was refused: in words where the catalogue has them, else by its code."""
    return visit.say_or(f"data.reason_{reason}", reason)


def kind_word(visit: Visit, kind: str) -> str:
    """Name a kind of source."""
    return visit.say_or(f"data.kind_{kind}", kind)


def identifier_word(visit: Visit, kind: str) -> str:
    """Name a kind of identifier; those of other systems by the system."""
    family, _, system = kind.partition(":")
    word = visit.say_or(f"data.identifier_{family}", family)
    return f"{word} {system}".strip()
