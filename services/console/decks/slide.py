"""What a deck is made of, whichever file it becomes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from services.console.accounts.person import Language

NumberForm = Literal["number", "share", "money", "decimal"]


class Shape(StrEnum):
    """How a chart is drawn."""

    COLUMN = "column"
    STACKED = "stacked"
    BAR = "bar"
    LINE = "line"
    XY = "xy"


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart; of an XY chart `xs` says where, else the categories do."""

    name: str
    values: tuple[float | None, ...]
    xs: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures to be drawn; `description` says in words what a reader sees."""

    shape: Shape
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    form: NumberForm
    description: str
    x_title: str = ""
    y_title: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A word or a figure of a table; `kpi` is whose definition it is linked to."""

    text: str
    kpi: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under their headings; columns from `numbers_from` on hold figures."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers_from: int = 1


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure to be seen from the back of the room."""

    label: str
    value: str
    note: str = ""
    kpi: str | None = None


@dataclass(frozen=True, slots=True)
class Slide:
    """A finding and what shows it; `kpis` are those whose definitions its source line links to."""

    key: str
    title: str
    lines: tuple[str, ...] = ()
    tiles: tuple[Tile, ...] = ()
    chart: Chart | None = None
    table: Table | None = None
    source: str = ""
    #: where in the console its source stands, as a path
    page: str = ""
    kpis: tuple[str, ...] = ()
    notes: str = ""
    #: of which dates, or as of when, its figures are
    when: str = ""
    chapter: str = ""

    @property
    def place(self) -> str:
        """Say where in the deck this is, and of when."""
        return " · ".join(filter(None, (self.chapter, self.when)))


@dataclass(frozen=True, slots=True)
class Term:
    """A KPI's entry in the glossary; `link` is its page in the console."""

    key: str
    name: str
    words: str
    link: str | None


@dataclass(frozen=True, slots=True)
class Deck:
    """A whole deck in one language."""

    language: Language
    title: str
    subtitle: str
    #: what it answers
    question: str
    made: str
    slides: tuple[Slide, ...]
    glossary_title: str
    glossary: tuple[Term, ...]
    sources_word: str
    definitions_word: str
    #: where links lead; None: nowhere
    console: str | None = None
    #: what readers should know of the links
    links_note: str = ""

    def link(self, page: str) -> str | None:
        """Give the address of a page of the console."""
        return f"{self.console}{page}" if self.console and page else None

    def term(self, key: str) -> Term | None:
        """Find the definition of a KPI."""
        return next((each for each in self.glossary if each.key == key), None)
