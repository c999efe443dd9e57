"""Native tables of a PowerPoint deck."""

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.slide import Slide as Page
from pptx.table import _Cell
from pptx.util import Emu, Inches, Pt

from services.console.decks import look
from services.console.decks.slide import Cell, Deck, Table

Place = tuple[int, int, int, int]
_ROW = Inches(0.36)
#: Tables with more rows than fit are written smaller.
_SMALL, _LARGE = 10, 12


def write_table(page: Page, deck: Deck, table: Table, place: Place) -> None:
    """Write a table at (left, top, width, height), its figures linked to their definitions."""
    left, top, width, height = place
    rows, columns = len(table.rows) + 1, len(table.head)
    row = min(int(_ROW), height // rows)
    frame = page.shapes.add_table(rows, columns, Emu(left), Emu(top), Emu(width), Emu(row * rows))
    frame.element.xpath(".//p:cNvPr")[0].set("descr", " | ".join(table.head))
    shown = frame.table
    size = _SMALL if rows > 9 or columns > 5 else _LARGE
    for line in shown.rows:
        line.height = Emu(row)
    for column, text in enumerate(table.head):
        _fill(shown.cell(0, column), look.COLOURS[0])
        _write(shown.cell(0, column), Cell(text), size, deck, colour=look.PAPER)
    for number, cells in enumerate(table.rows, start=1):
        for column, cell in enumerate(cells):
            _fill(shown.cell(number, column), look.SHADE if number % 2 == 0 else look.PAPER)
            _write(shown.cell(number, column), cell, size, deck)
    _align(
        table, [shown.cell(r, c) for r in range(rows) for c in range(table.numbers_from, columns)]
    )


def _fill(cell: _Cell, colour: str) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = RGBColor.from_string(colour)


def _write(cell: _Cell, words: Cell, size: int, deck: Deck, *, colour: str = look.INK) -> None:
    cell.margin_top = cell.margin_bottom = Inches(0.03)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    run = cell.text_frame.paragraphs[0].add_run()
    run.text = words.text
    run.font.size, run.font.bold = Pt(size), colour == look.PAPER
    run.font.color.rgb = RGBColor.from_string(colour)
    term = deck.term(words.kpi) if words.kpi else None
    if term and term.link:
        run.hyperlink.address = term.link


def _align(table: Table, figures: list[_Cell]) -> None:
    for cell in figures:
        cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
