"""Charts: an ECharts picture, what it says in a sentence, and its figures as a table."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from nicegui import ui

from services.console.visiting.visit import Visit

#: Told apart by people who see few colours (after Okabe and Ito, 2008), dark enough on white.
PALETTE: Final = (
    "#0e5a6b", "#d1762f", "#5b8db8", "#7a5195", "#2f8f5b", "#c0563f", "#8a8f3a", "#6b7a86",
)  # fmt: skip
#: The same hues, light enough on a dark ground.
PALETTE_DARK: Final = (
    "#4fb3c8", "#f0a35e", "#8fb8dc", "#b58cc4", "#63c48d", "#e98a75", "#bcc26a", "#a3b1bc",
)  # fmt: skip
#: How ECharts writes axis and tooltip numbers; constants of ours, never made from data.
AS_PERCENT: Final = "value => (value * 100).toFixed(value * 100 % 1 ? 1 : 0) + '%'"
AS_NUMBER: Final = "value => Number(value).toLocaleString(document.documentElement.lang)"
AS_SHORT: Final = (
    "value => new Intl.NumberFormat(document.documentElement.lang,"
    " {notation: 'compact', maximumFractionDigits: 1}).format(value)"
)
Options = dict[str, Any]


def inks(visit: Visit) -> Mapping[str, str]:
    """Give the colours of text and lines for the visitor's look."""
    if visit.is_dark:
        return {"text": "#d7dee2", "line": "#46535b", "fill": "#1b2429"}
    return {"text": "#33414a", "line": "#d5dce0", "fill": "#ffffff"}


def painted(visit: Visit, options: Mapping[str, Any]) -> Options:
    """Give a chart's options the house's colours, where they name none."""
    ink = inks(visit)
    axis = {
        "axisLabel": {"color": ink["text"], "hideOverlap": True},
        "axisLine": {"lineStyle": {"color": ink["line"]}},
        "splitLine": {"lineStyle": {"color": ink["line"]}},
        "nameTextStyle": {"color": ink["text"]},
    }
    made: Options = {
        "color": list(PALETTE_DARK if visit.is_dark else PALETTE),
        "textStyle": {"color": ink["text"], "fontFamily": "inherit"},
        "tooltip": {"trigger": "axis", "confine": True},
        "animation": False,
        "grid": {"left": 8, "right": 16, "top": 40, "bottom": 8, "containLabel": True},
        **options,
    }
    for name in ("xAxis", "yAxis"):
        if name in made:
            given = made[name]
            made[name] = (
                [_over(axis, a) for a in given] if isinstance(given, list) else _over(axis, given)
            )
    if "legend" in made:
        made["legend"] = {"type": "scroll", "textStyle": {"color": ink["text"]}, **made["legend"]}
    return made


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> Options:
    merged: Options = {**below, **above}
    for key, value in below.items():
        if isinstance(value, dict) and isinstance(above.get(key), Mapping):
            merged[key] = _over(value, above[key])
    return merged


def chart(
    visit: Visit,
    options: Mapping[str, Any],
    *,
    summary: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    height: int = 300,
) -> ui.echart:
    """Show a chart. `summary` says what it shows; `head` and `rows` are its figures, written.

    Texts in `options` are data: ECharts writes them on a canvas. Formatters (keys that begin with a
    colon) are the constants of this module.
    """
    drawn = ui.echart(painted(visit, options)).classes("tl-chart").style(f"height: {height}px")
    drawn.props["role"] = "img"
    drawn.props["aria-label"] = summary
    with ui.expansion(visit.say("parts.figures")).classes("tl-figures").props("dense"):
        plain_table(head, rows)
    return drawn


def plain_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show a small table, every cell plain text; the first cell heads its row."""
    with small_table(head):
        for row in rows:
            with ui.element("tr"):
                for number, text in enumerate(row):
                    _cell("td" if number else "th", text, "" if number else "scope=row")


@contextmanager
def small_table(head: Sequence[str], label: str = "") -> Iterator[None]:
    """Lay out a small table with its heads; a `with` block lays its rows."""
    box = ui.element("div").classes("tl-scroll").props("tabindex=0 role=group")
    if label:
        box.props["aria-label"] = label
    with box, ui.element("table").classes("tl-table"):
        with ui.element("thead"), ui.element("tr"):
            for name in head:
                _cell("th", name, "scope=col")
        with ui.element("tbody"):
            yield


def _cell(kind: str, text: str, props: str) -> None:
    with ui.element(kind).props(props):
        ui.label(text)
