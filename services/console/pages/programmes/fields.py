"""Fields of a form over a document: each shows one place of it and writes it back."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from nicegui import ui
from nicegui.elements.mixins.validation_element import ValidationElement

from services.console.pages.programmes.desk import Desk
from services.console.pages.programmes.documents import Path, at

_DEBOUNCE = "debounce=300"
_LOOK = "outlined dense"


def text(desk: Desk, label: str, path: Path) -> None:
    """Show a text; an empty one takes the member away."""

    async def write(event: Any) -> None:
        await desk.set(path, str(event.value) if event.value else None)

    _made(desk, path, ui.input(label, value=str(at(desk.document, path, "")), on_change=write))


def names(desk: Desk, label: str, path: Path) -> None:
    """Show a name in both languages."""
    for language, name in (("en", "English"), ("zh", "中文")):
        text(desk, f"{label} ({name})", (*path, language))


def whole(desk: Desk, label: str, path: Path) -> None:
    """Show a whole number; an empty field takes the member away."""

    async def write(event: Any) -> None:
        await desk.set(path, None if event.value is None else int(event.value))

    value = at(desk.document, path)
    shown = value if isinstance(value, int | float) else None
    _made(desk, path, ui.number(label, value=shown, precision=0, on_change=write))


def decimal(desk: Desk, label: str, path: Path) -> None:
    """Show a number that may have decimals."""

    async def write(event: Any) -> None:
        await desk.set(path, event.value)

    value = at(desk.document, path)
    shown = value if isinstance(value, int | float) else None
    _made(desk, path, ui.number(label, value=shown, on_change=write))


def amount(desk: Desk, label: str, path: Path, *, is_whole: bool = False) -> None:
    """Show an amount as documents write it: as a text, or as a whole number."""

    async def write(event: Any) -> None:
        typed = str(event.value).strip() if event.value else None
        is_number = is_whole and typed is not None and typed.isascii() and typed.isdecimal()
        await desk.set(path, int(typed) if is_number and typed else typed)

    _made(desk, path, ui.input(label, value=str(at(desk.document, path, "")), on_change=write))


def share(desk: Desk, label: str, path: Path) -> None:
    """Show a share as per cent."""

    async def write(event: Any) -> None:
        await desk.set(path, None if event.value is None else round(event.value / 100, 6))

    value = at(desk.document, path)
    shown = round(value * 100, 4) if isinstance(value, int | float) else None
    _made(desk, path, ui.number(label, value=shown, min=0, max=100, on_change=write))


def choice(
    desk: Desk,
    label: str,
    path: Path,
    options: Mapping[str, str],
    *,
    redraw: bool = False,
    follow: Callable[[Any, str], Any] | None = None,
) -> None:
    """Show one of a few words; nothing chosen takes the member away.

    `follow`: what becomes of the whole that the member is in, with the word chosen.
    """

    async def write(event: Any) -> None:
        if follow is None or event.value is None:
            await desk.set(path, event.value, redraw=redraw)
        else:  # read now: what was typed since it was laid out is kept
            whole = at(desk.document, path[:-1])
            await desk.set(path[:-1], follow(whole, event.value), redraw=redraw)

    value = at(desk.document, path)
    known = {**options, **({value: str(value)} if isinstance(value, str) else {})}
    known = {**known, **options}
    shown = value if isinstance(value, str) else None
    made = ui.select(known, label=label, value=shown, on_change=write, clearable=True)
    _made(desk, path, made)


def several(
    desk: Desk, label: str, path: Path, options: Mapping[str, str], *, may_add: bool = False
) -> None:
    """Show some of a few words; others may be typed where it says so."""

    async def write(event: Any) -> None:
        await desk.set(path, list(event.value or []))

    value = [each for each in at(desk.document, path, []) if isinstance(each, str)]
    known = {**{each: each for each in value}, **options}
    mode: Literal["add-unique"] | None = "add-unique" if may_add else None
    made = ui.select(
        known, label=label, value=value, multiple=True, on_change=write, new_value_mode=mode
    )
    _made(desk, path, made.props("use-chips"))


def _made(desk: Desk, path: Path, made: ValidationElement[Any]) -> None:
    made.props(f"{_LOOK} {_DEBOUNCE}")
    desk.register(path, made)
