"""A chart as a value, made by pure functions and drawn in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from services.console.parts.charts import chart
from services.console.visiting.visit import Visit


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart: its options, a sentence that says what it shows, and its figures as a table."""

    options: Mapping[str, Any]
    summary: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def draw(visit: Visit, picture: Picture, *, height: int = 300) -> ui.echart:
    """Show a chart and, above it, the sentence it says."""
    ui.label(picture.summary).classes("tl-note")
    return chart(
        visit,
        picture.options,
        summary=picture.summary,
        head=picture.head,
        rows=picture.rows,
        height=height,
    )
