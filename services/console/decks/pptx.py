"""A deck as PowerPoint: native charts and tables that people can edit, 16:9."""

from dataclasses import dataclass
from io import BytesIO
from typing import Final

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.presentation import Presentation as Opened
from pptx.slide import Slide as Page
from pptx.text.text import TextFrame, _Paragraph
from pptx.util import Emu, Inches, Pt

from services.console.decks import look
from services.console.decks.pptx_chart import draw
from services.console.decks.pptx_table import write_table
from services.console.decks.pptx_theme import in_house_style
from services.console.decks.slide import Deck, Slide, Term, Tile

_WIDTH, _HEIGHT = Inches(13.333), Inches(7.5)
_MARGIN: Final = Inches(0.6)
_INNER: Final = Emu(_WIDTH - 2 * _MARGIN)
_PLACE_TOP, _PLACE_HEIGHT = Inches(0.22), Inches(0.32)
_TOP: Final = Inches(1.45)
_BOTTOM: Final = Inches(6.75)
_TILE_HEIGHT: Final = Inches(1.15)
_GAP: Final = Inches(0.2)
#: python-pptx's own template: a title alone.
_TITLE_ONLY: Final = 5
_TERMS_A_PAGE: Final = 8


def pptx_of(deck: Deck) -> bytes:
    """Write the deck as a .pptx file."""
    opened = Presentation()
    _widen(opened)
    _cover(opened, deck)
    for slide in deck.slides:
        _slide(opened, deck, slide)
    for at in range(0, len(deck.glossary), _TERMS_A_PAGE):
        _glossary(opened, deck, deck.glossary[at : at + _TERMS_A_PAGE])
    opened.core_properties.title = deck.title
    opened.core_properties.language = deck.language.value
    out = BytesIO()
    opened.save(out)
    return in_house_style(out.getvalue())


def _widen(opened: Opened) -> None:
    """Make the template 16:9, the places of its master and layouts too."""
    factor = _WIDTH / (opened.slide_width or _WIDTH)
    opened.slide_width, opened.slide_height = _WIDTH, _HEIGHT
    for holder in (opened.slide_master, *opened.slide_layouts):
        for shape in holder.placeholders:
            shape.left, shape.width = Emu(int(shape.left * factor)), Emu(int(shape.width * factor))


def _page(opened: Opened, title: str, *, size: int = 26) -> Page:
    page = opened.slides.add_slide(opened.slide_layouts[_TITLE_ONLY])
    holder = page.shapes.title
    holder.left, holder.top = _MARGIN, Emu(_PLACE_TOP + _PLACE_HEIGHT)
    holder.width, holder.height = _INNER, Inches(0.85)
    holder.text_frame.word_wrap = True
    holder.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    _say(holder.text_frame.paragraphs[0], title, _Hand(size, bold=True))
    return page


@dataclass(frozen=True, slots=True)
class _Hand:
    """How something is written."""

    size: int
    bold: bool = False
    colour: str = look.INK


def _say(paragraph: _Paragraph, text: str, hand: _Hand, link: str | None = None) -> None:
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(hand.size), hand.bold
    run.font.color.rgb = RGBColor.from_string(hand.colour)
    if link:
        run.hyperlink.address = link


def _box(page: Page, left: int, top: int, width: int, height: int) -> TextFrame:
    frame = page.shapes.add_textbox(Emu(left), Emu(top), Emu(width), Emu(height)).text_frame
    frame.word_wrap = True
    return frame


def _cover(opened: Opened, deck: Deck) -> None:
    page = _page(opened, deck.title, size=40)
    page.shapes.title.top = Inches(2.4)
    frame = _box(page, _MARGIN, Inches(3.5), _INNER, Inches(1.6))
    _say(frame.paragraphs[0], deck.subtitle, _Hand(20, colour=look.SOFT))
    _say(frame.add_paragraph(), deck.question, _Hand(18))
    _say(frame.add_paragraph(), deck.made, _Hand(14, colour=look.SOFT))
    page.notes_slide.notes_text_frame.text = f"{deck.subtitle}\n{deck.question}"


def _slide(opened: Opened, deck: Deck, slide: Slide) -> None:
    page = _page(opened, slide.title)
    if slide.place:
        _say(
            _box(page, _MARGIN, _PLACE_TOP, _INNER, _PLACE_HEIGHT).paragraphs[0],
            slide.place,
            _Hand(11, colour=look.SOFT),
        )
    top = _TOP
    if slide.tiles:
        _tiles(page, deck, slide.tiles)
        top = Emu(top + _TILE_HEIGHT + _GAP)
    _content(page, deck, slide, top)
    _footer(page, deck, slide)
    if slide.notes:
        page.notes_slide.notes_text_frame.text = slide.notes


def _content(page: Page, deck: Deck, slide: Slide, top: int) -> None:
    """Put the chart on the left, words and table beside it; or each over the whole width."""
    height = _BOTTOM - top
    beside = bool(slide.table or slide.lines)
    left, width = int(_MARGIN), int(_INNER)
    if slide.chart:
        share = 0.55 if beside else 1.0
        draw(page, slide.chart, (left, top, int(width * share), height))
        left, width = left + int(width * share) + _GAP, int(width * (1 - share)) - _GAP
    if slide.lines:
        taken = min(len(slide.lines) * Inches(0.62), height)
        _lines(page, slide, (left, top, width, taken))
        top, height = top + taken, height - taken
    if slide.table:
        write_table(page, deck, slide.table, (left, top, width, height))


def _lines(page: Page, slide: Slide, place: tuple[int, int, int, int]) -> None:
    frame = _box(page, *place)
    size = 20 if not slide.chart and not slide.table else 14
    for number, line in enumerate(slide.lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(8)
        _say(paragraph, line, _Hand(size))


def _tiles(page: Page, deck: Deck, tiles: tuple[Tile, ...]) -> None:
    width = (_INNER - _GAP * (len(tiles) - 1)) // len(tiles)
    for number, tile in enumerate(tiles):
        frame = _box(page, _MARGIN + number * (width + _GAP), _TOP, width, _TILE_HEIGHT)
        _say(frame.paragraphs[0], tile.label, _Hand(12, colour=look.SOFT))
        value = frame.add_paragraph()
        _say(value, tile.value, _Hand(24, bold=True), _link(deck, tile.kpi))
        if tile.note:
            _say(frame.add_paragraph(), tile.note, _Hand(11, colour=look.SOFT))


def _link(deck: Deck, kpi: str | None) -> str | None:
    term = deck.term(kpi) if kpi else None
    return term.link if term else None


def _footer(page: Page, deck: Deck, slide: Slide) -> None:
    if not slide.source:
        return
    frame = _box(page, _MARGIN, Inches(6.85), _INNER, Inches(0.45))
    paragraph = frame.paragraphs[0]
    hand = _Hand(10, colour=look.SOFT)
    _say(paragraph, f"{deck.sources_word}: ", hand)
    _say(paragraph, slide.source, hand, deck.link(slide.page))
    terms = [term for key in slide.kpis if (term := deck.term(key))]
    if not terms:
        return
    paragraph = frame.add_paragraph()
    _say(paragraph, f"{deck.definitions_word}: ", hand)
    for number, term in enumerate(terms):
        _say(paragraph, " · " if number else "", hand)
        _say(paragraph, term.name, hand, term.link)


def _glossary(opened: Opened, deck: Deck, terms: tuple[Term, ...]) -> None:
    page = _page(opened, deck.glossary_title)
    frame = _box(page, _MARGIN, _TOP, _INNER, _BOTTOM - _TOP)
    for number, term in enumerate(terms):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(8)
        _say(paragraph, term.name, _Hand(14, bold=True), term.link)
        _say(paragraph, f"  {term.words}", _Hand(13))
