"""Native tables of a PowerPoint deck: as large as their words leave room for."""

from dataclasses import dataclass
from typing import Final

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.slide import Slide as Page
from pptx.table import _Cell
from pptx.util import Emu, Inches, Pt

from services.console.decks import look
from services.console.decks.fitting import Room, cut, height_of, width_of
from services.console.decks.slide import Cell, Deck, Table

Place = tuple[int, int, int, int]
_SIZES: Final = (12, 11, 10, 9, 8)
#: Inches that PowerPoint leaves beside words in a cell, and we above and below them.
_BESIDE, _ABOVE = Inches(0.1), Inches(0.03)
_POINT: Final = 12700
_ROW: Final = Inches(0.34)
_LEAST: Final = Inches(0.55)
#: Longer words are cut to so many lines where a table would not fit otherwise.
_CUT_TO: Final = 2


@dataclass(frozen=True, slots=True)
class _Layout:
    """At which size, with columns how wide and rows how high (EMU); texts cut to fit."""

    size: int
    widths: tuple[int, ...]
    heights: tuple[int, ...]
    texts: tuple[tuple[str, ...], ...]


def write_table(page: Page, deck: Deck, table: Table, place: Place) -> None:
    """Write a table at (left, top, width, height), its figures linked to their definitions."""
    left, top, width, height = place
    layout = _layout(table, width, height)
    rows, columns = len(layout.heights), len(layout.widths)
    sizes = (Emu(width), Emu(sum(layout.heights)))
    frame = page.shapes.add_table(rows, columns, Emu(left), Emu(top), *sizes)
    frame.element.xpath(".//p:cNvPr")[0].set("descr", " | ".join(table.head))
    shown = frame.table
    for column, taken in zip(shown.columns, layout.widths, strict=True):
        column.width = Emu(taken)
    for line, taken in zip(shown.rows, layout.heights, strict=True):
        line.height = Emu(taken)
    for row, texts in enumerate(layout.texts):
        colour = look.COLOURS[0] if row == 0 else look.SHADE if row % 2 == 0 else look.PAPER
        for column, text in enumerate(texts):
            kpi = table.rows[row - 1][column].kpi if row else None
            cell = shown.cell(row, column)
            _fill(cell, colour)
            ink = look.PAPER if row == 0 else look.INK
            _write(cell, Cell(text, kpi), layout.size, deck, colour=ink)
    _align([shown.cell(r, c) for r in range(rows) for c in range(table.numbers_from, columns)])


def _layout(table: Table, width: int, height: int) -> _Layout:
    """Choose the largest size at which all rows fit; at the smallest, words are cut, then rows."""
    texts = (table.head, *(tuple(cell.text for cell in row) for row in table.rows))
    for size in _SIZES:
        widths = _widths(texts, width, size)
        heights = _heights(texts, widths, size)
        if sum(heights) <= height:
            return _Layout(size, widths, heights, texts)
    size = _SIZES[-1]
    widths = _widths(texts, width, size)
    texts = tuple(
        tuple(_cut(text, size, taken) for text, taken in zip(row, widths, strict=True))
        for row in texts
    )
    heights = _heights(texts, widths, size)
    while sum(heights) > height and len(heights) > 2:
        heights, texts = heights[:-1], texts[:-1]
    return _Layout(size, widths, heights, texts)


def _widths(texts: tuple[tuple[str, ...], ...], width: int, size: int) -> tuple[int, ...]:
    """Give short columns the room they need, and long ones what is left, by how long they are."""
    wanted = [
        max(_LEAST, max(int(_POINT * width_of(text, size * 1.1)) for text in column) + 2 * _BESIDE)
        for column in zip(*texts, strict=True)
    ]
    if sum(wanted) <= width:
        return _spread(wanted, width)
    # Too wide: the longest columns break their lines, the others keep what they need.
    most = width // len(wanted)
    short = sum(each for each in wanted if each <= most)
    long = [each if each > most else 0 for each in wanted]
    rest = max(width - short, 1)
    return _spread(
        [rest * n // sum(long) if n else each for n, each in zip(long, wanted, strict=True)], width
    )


def _spread(wanted: list[int], width: int) -> tuple[int, ...]:
    """Share a width by what columns want; the last takes what rounding leaves."""
    total = sum(wanted)
    shares = [each * width // total for each in wanted]
    return (*shares[:-1], width - sum(shares[:-1]))


def _heights(
    texts: tuple[tuple[str, ...], ...], widths: tuple[int, ...], size: int
) -> tuple[int, ...]:
    return tuple(
        max(
            min(int(_ROW), _POINT * size * 2),
            *(_high(text, size, taken) for text, taken in zip(row, widths, strict=True)),
        )
        for row in texts
    )


def _high(text: str, size: int, width: int) -> int:
    return int(_POINT * height_of([text], size, _inner(width))) + 2 * int(_ABOVE)


def _inner(width: int) -> float:
    """Give the points that words have in a column."""
    return (width - 2 * int(_BESIDE)) / _POINT


def _cut(text: str, size: int, width: int) -> str:
    return cut(text, size, Room(_inner(width), _CUT_TO * size * 1.4))


def _fill(cell: _Cell, colour: str) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string(colour)


def _write(cell: _Cell, words: Cell, size: int, deck: Deck, *, colour: str = look.INK) -> None:
    cell.margin_top = cell.margin_bottom = _ABOVE
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    run = cell.text_frame.paragraphs[0].add_run()
    run.text = words.text
    run.font.size, run.font.bold = Pt(size), colour == look.PAPER
    run.font.color.rgb = RGBColor.from_string(colour)
    term = deck.term(words.kpi) if words.kpi else None
    if term and term.link:
        run.hyperlink.address = term.link


def _align(figures: list[_Cell]) -> None:
    for cell in figures:
        cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
