"""A deck as PowerPoint: native charts and tables that people can edit, 16:9."""

from collections.abc import Iterator, Sequence
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
from services.console.decks.fitting import Room, cut, height_of, size_for
from services.console.decks.pptx_chart import draw
from services.console.decks.pptx_table import write_table
from services.console.decks.pptx_theme import in_house_style
from services.console.decks.slide import Deck, Slide, Term, Tile

_WIDTH, _HEIGHT = Inches(13.333), Inches(7.5)
_MARGIN: Final = Inches(0.6)
_INNER: Final = Emu(_WIDTH - 2 * _MARGIN)
_PLACE_TOP, _PLACE_HEIGHT = Inches(0.22), Inches(0.32)
_TOP: Final = Inches(1.45)
_BOTTOM: Final = Inches(6.72)
_FOOT, _FOOT_HEIGHT = Inches(6.76), Inches(0.66)
_TILE_HEIGHT: Final = Inches(1.3)
_GAP: Final = Inches(0.2)
#: python-pptx's own template: a title alone.
_TITLE_ONLY: Final = 5
#: What PowerPoint leaves free in a box of words.
_BESIDE, _ABOVE = Inches(0.1), Inches(0.05)
#: Titles that are too long are written smaller.
_SMALLER: Final = (26, 22, 20, 18, 16, 14)
#: Lines beside or above something else leave it this part of the height.
_LINES: Final = 0.45
_APART: Final = 8


def pptx_of(deck: Deck) -> bytes:
    """Write the deck as a .pptx file."""
    opened = Presentation()
    _widen(opened)
    _cover(opened, deck)
    for slide in deck.slides:
        _slide(opened, deck, slide)
    for terms in _paged(deck.glossary):
        _glossary(opened, deck, terms)
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
    room = _inside(holder.width, holder.height)
    chosen = size_for([title], room, (size, *_SMALLER))
    _say(holder.text_frame.paragraphs[0], cut(title, chosen, room), _Hand(chosen, bold=True))
    return page


def _inside(width: int, height: int) -> Room:
    """Give the points that words have in a box; bold and unusual ones take a little more."""
    return Room(Emu(width - 2 * _BESIDE).pt * 0.95, Emu(height - 2 * _ABOVE).pt)


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
        taken = _lines(page, slide, (left, top, width, height))
        top, height = top + taken, height - taken
    if slide.table:
        write_table(page, deck, slide.table, (left, top, width, height))


def _lines(page: Page, slide: Slide, place: tuple[int, int, int, int]) -> int:
    """Write lines at the top of a place, and tell how high they are."""
    left, top, width, height = place
    room = _inside(width, int(height * _LINES) if slide.table else height)
    sizes = (20, 18, 16, 14, 12) if not slide.chart and not slide.table else (14, 13, 12, 11, 10)
    size = size_for(slide.lines, room, sizes, apart=_APART)
    each = Room(room.width, room.height / len(slide.lines) - _APART)
    is_full = height_of(slide.lines, size, room.width, apart=_APART) > room.height
    lines = [cut(line, size, each) if is_full else line for line in slide.lines]
    taken = Pt(height_of(lines, size, room.width, apart=_APART)) + 2 * _ABOVE
    frame = _box(page, left, top, width, taken)
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(_APART)
        _say(paragraph, line, _Hand(size))
    return int(taken)


def _tiles(page: Page, deck: Deck, tiles: tuple[Tile, ...]) -> None:
    width = (_INNER - _GAP * (len(tiles) - 1)) // len(tiles)
    for number, tile in enumerate(tiles):
        frame = _box(page, _MARGIN + number * (width + _GAP), _TOP, width, _TILE_HEIGHT)
        inside = _inside(width, _TILE_HEIGHT).width
        _part(frame.paragraphs[0], tile.label, Room(inside, 32), (12, 11, 10))
        value = frame.add_paragraph()
        size = size_for([tile.value], Room(inside, 34), (24, 20, 16, 12))
        _say(value, tile.value, _Hand(size, bold=True), _link(deck, tile.kpi))
        if tile.note:
            _part(frame.add_paragraph(), tile.note, Room(inside, 28), (11, 10))


def _part(paragraph: _Paragraph, text: str, room: Room, sizes: Sequence[int]) -> None:
    """Write words that give way to the figure they stand by."""
    size = size_for([text], room, sizes)
    _say(paragraph, cut(text, size, room), _Hand(size, colour=look.SOFT))


def _link(deck: Deck, kpi: str | None) -> str | None:
    term = deck.term(kpi) if kpi else None
    return term.link if term else None


def _footer(page: Page, deck: Deck, slide: Slide) -> None:
    if not slide.source:
        return
    frame = _box(page, _MARGIN, _FOOT, _INNER, _FOOT_HEIGHT)
    source, room = f"{deck.sources_word}: ", _inside(_INNER, _FOOT_HEIGHT)
    terms = [term for key in slide.kpis if (term := deck.term(key))]
    # What there is no room for is linked where its figure stands, and in the glossary.
    while True:
        told = [source + slide.source, _definitions(deck, terms)]
        size = size_for(told, room, (10, 9, 8))
        if not terms or height_of(told, size, room.width) <= room.height:
            break
        terms.pop()
    hand = _Hand(size, colour=look.SOFT)
    _say(frame.paragraphs[0], source, hand)
    _say(frame.paragraphs[0], slide.source, hand, deck.link(slide.page))
    if terms:
        _links(frame.add_paragraph(), deck, terms, hand)


def _definitions(deck: Deck, terms: Sequence[Term]) -> str:
    return f"{deck.definitions_word}: " + " · ".join(term.name for term in terms)


def _links(paragraph: _Paragraph, deck: Deck, terms: Sequence[Term], hand: _Hand) -> None:
    _say(paragraph, f"{deck.definitions_word}: ", hand)
    for number, term in enumerate(terms):
        _say(paragraph, " · " if number else "", hand)
        _say(paragraph, term.name, hand, term.link)


def _paged(terms: Sequence[Term]) -> Iterator[list[Term]]:
    """Cut the glossary into pages that are not too full."""
    room, page, used = _inside(_INNER, _BOTTOM - _TOP), list[Term](), 0.0
    for term in terms:
        taken = height_of([_told(term)], 14, room.width, apart=_APART)
        if page and used + taken > room.height:
            yield page
            page, used = [], 0.0
        page, used = [*page, term], used + taken
    if page:
        yield page


def _told(term: Term) -> str:
    return f"{term.name}  {term.words}"


def _glossary(opened: Opened, deck: Deck, terms: Sequence[Term]) -> None:
    page = _page(opened, deck.glossary_title)
    frame = _box(page, _MARGIN, _TOP, _INNER, _BOTTOM - _TOP)
    for number, term in enumerate(terms):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(_APART)
        _say(paragraph, term.name, _Hand(14, bold=True), term.link)
        _say(paragraph, f"  {term.words}", _Hand(13))
    if deck.links_note:
        foot = _box(page, _MARGIN, _FOOT, _INNER, _FOOT_HEIGHT)
        _say(foot.paragraphs[0], deck.links_note, _Hand(10, colour=look.SOFT))
