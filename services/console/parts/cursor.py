"""Where the cursor stands: a field is shown and entered, a line of a text is selected."""

from nicegui import ui


def enter(field: ui.input) -> None:
    """Put the cursor into a field that may be out of sight (Quasar's own focus does not scroll)."""
    ui.run_javascript(f"{_native(field)}.focus()")


def select_line(field: ui.textarea, line: int) -> None:
    """Select a line of a text, 1 the first, and show it; nothing where there is no such line."""
    lines = str(field.value or "").split("\n")
    if not 1 <= line <= len(lines):
        return
    # the browser counts UTF-16 units
    begin = sum(_units(each) + 1 for each in lines[: line - 1])
    end = begin + _units(lines[line - 1])
    ui.run_javascript(
        f"const f = {_native(field)}; f.setSelectionRange({begin:d}, {end:d}); f.blur(); f.focus()"
    )


def _native(field: ui.element) -> str:
    return f"document.getElementById('{field.html_id}')"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
