"""Decks as files: opened again, they hold what was meant, and run and fetch nothing."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from itertools import combinations
from typing import Any
from zipfile import ZipFile

import pytest
from pptx import Presentation
from typing_extensions import override

from services.console.accounts.person import Language
from services.console.decks.audiences import Audience, Console, build
from services.console.decks.data import Segment
from services.console.decks.html import html_of
from services.console.decks.pdf import PdfMissing, is_pdf_possible, pdf_of
from services.console.decks.pptx import pptx_of
from services.console.decks.pptx_chart import workbook_of
from services.console.decks.scale import scale_of
from services.console.decks.slide import Chart, Deck, Series, Shape
from services.console.decks.svg import svg_of
from services.console.decks.words import Words
from tests.deck_figures import full_data, make_data, voice_in

URL = "https://console.test"
NASTY = '=cmd|calc!A1"><script>alert(1)</script><img src="http://evil.test/x">'


def deck_of(audience: Audience, language: Language = Language.ENGLISH, **changes: Any) -> Deck:
    return build(full_data(**changes), audience, voice_in(language), Console(URL))


def opened(deck: Deck) -> Any:
    return Presentation(BytesIO(pptx_of(deck)))


def charts(shown: Any) -> Iterator[Any]:
    for slide in shown.slides:
        yield from (shape for shape in slide.shapes if shape.has_chart)


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("audience", list(Audience), ids=str)
def test_pptx_has_a_titled_slide_for_each_of_the_deck(
    audience: Audience, language: Language
) -> None:
    deck = deck_of(audience, language)
    titles = [slide.shapes.title.text for slide in opened(deck).slides]
    assert titles[0] == deck.title
    assert titles[1 : len(deck.slides) + 1] == [slide.title for slide in deck.slides]
    assert set(titles[len(deck.slides) + 1 :]) == {deck.glossary_title}


def test_pptx_charts_are_native_and_hold_the_figures() -> None:
    deck = deck_of(Audience.MARKETING)
    meant = [slide.chart for slide in deck.slides if slide.chart]
    drawn = [frame.chart for frame in charts(opened(deck))]
    assert len(drawn) == len(meant)
    for chart, native in zip(meant, drawn, strict=True):
        values = [tuple(series.values) for plot in native.plots for series in plot.series]
        assert values == [series.values for series in chart.series]


def test_pptx_charts_are_told_to_those_who_cannot_see_them() -> None:
    deck = deck_of(Audience.DATA)
    told = [f.element.xpath(".//p:cNvPr")[0].get("descr") for f in charts(opened(deck))]
    assert told == [slide.chart.description for slide in deck.slides if slide.chart]


def away_of(deck: Deck) -> set[str | None]:
    """Give every link to the console: definitions of KPIs, and pages the figures come from."""
    pages = {deck.link(slide.page) for slide in deck.slides if slide.source}
    return pages | {term.link for term in deck.glossary}


def test_pptx_links_figures_to_their_definitions() -> None:
    deck = deck_of(Audience.MANAGEMENT)
    with ZipFile(BytesIO(pptx_of(deck))) as file:
        rels = "".join(file.read(n).decode() for n in file.namelist() if "slides/_rels" in n)
    links = set(re.findall(r'Target="(https?://[^"]+)" TargetMode="External"', rels))
    assert links == away_of(deck)


def test_pptx_is_wide_and_in_house_style() -> None:
    blob = pptx_of(deck_of(Audience.SERVICE))
    shown = Presentation(BytesIO(blob))
    assert round(shown.slide_width / shown.slide_height, 3) == round(16 / 9, 3)
    with ZipFile(BytesIO(blob)) as file:
        theme = file.read("ppt/theme/theme1.xml").decode()
    assert 'name="Tierline"' in theme
    assert "Microsoft YaHei" in theme


def test_nothing_lies_outside_its_slide_or_upon_something_else() -> None:
    shown = opened(deck_of(Audience.MARKETING))
    for slide in shown.slides:
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        assert all(
            left >= 0 and top >= 0 and right <= shown.slide_width and bottom <= shown.slide_height
            for left, top, right, bottom in boxes
        )
        for one, other in combinations(boxes, 2):
            is_apart = one[2] <= other[0] or other[2] <= one[0]
            assert is_apart or one[3] <= other[1] or other[3] <= one[1], slide.shapes.title.text


def test_pptx_has_notes_for_the_speaker() -> None:
    deck = deck_of(Audience.SERVICE)
    slides = list(opened(deck).slides)
    assert slides[2].notes_slide.notes_text_frame.text == deck.slides[1].notes


def test_no_name_becomes_a_formula_in_the_workbooks_of_charts() -> None:
    nasty = (Segment("s", Words(NASTY, NASTY), 5, 0.5), Segment("t", Words("+1", "-1"), 2, 0.2))
    with ZipFile(BytesIO(pptx_of(deck_of(Audience.MARKETING, segments=nasty)))) as file:
        books = [file.read(name) for name in file.namelist() if name.endswith(".xlsx")]
    parts = [text for book in books for text in texts_of(book)]
    assert len(books) > 3
    assert any("=cmd" in text for text in parts)
    assert not [text for text in parts if "<f>" in text or "<f " in text or "hyperlink" in text]


def texts_of(book: bytes) -> list[str]:
    with ZipFile(BytesIO(book)) as file:
        return [file.read(name).decode() for name in file.namelist() if name.endswith(".xml")]


@pytest.mark.parametrize("shape", list(Shape), ids=str)
def test_workbooks_hold_what_is_drawn(shape: Shape) -> None:
    series = (Series("=1+1", (0.25, 0.75), (0.0, 1.0)),)
    book = "".join(texts_of(workbook_of(Chart(shape, ("a", "b"), series, "share", "says"))))
    assert "=1+1" in book
    assert "<v>0.25</v>" in book


class Seen(HTMLParser):
    """Collects tags, what they would fetch, and the ids that are there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(html)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        named = {name: value or "" for name, value in attrs}
        self.fetched += [named[n] for n in ("src", "srcset", "data", "poster") if n in named]
        self.links += [named["href"]] if "href" in named else []
        self.ids |= {named["id"]} if "id" in named else set()


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("audience", list(Audience), ids=str)
def test_html_runs_and_fetches_nothing(audience: Audience, language: Language) -> None:
    html = html_of(deck_of(audience, language))
    seen = Seen(html)
    assert not seen.tags & {"script", "img", "link", "iframe", "object", "embed", "form"}
    assert not seen.fetched
    assert "url(" not in html
    assert "@import" not in html


def test_html_links_figures_to_the_glossary_and_that_to_the_console() -> None:
    deck = deck_of(Audience.MANAGEMENT)
    seen = Seen(html_of(deck))
    inside = {link for link in seen.links if link.startswith("#")}
    assert inside
    assert {link.removeprefix("#") for link in inside} <= seen.ids
    assert set(seen.links) - inside == away_of(deck)


def test_html_shows_names_as_they_are_written() -> None:
    nasty = (Segment("s", Words(NASTY, NASTY), 5, 0.5),)
    html = html_of(deck_of(Audience.MARKETING, segments=nasty))
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert not Seen(html).fetched


def test_html_says_its_language() -> None:
    assert '<html lang="zh-CN">' in html_of(deck_of(Audience.SERVICE, Language.CHINESE))


def test_pdf_is_refused_in_words_where_weasyprint_is_missing() -> None:
    if is_pdf_possible():
        assert pdf_of(html_of(deck_of(Audience.SERVICE))).startswith(b"%PDF")
    else:
        with pytest.raises(PdfMissing):
            pdf_of("<p>x</p>")


def test_a_deck_of_nothing_becomes_files_too() -> None:
    deck = build(make_data(programme=None), Audience.DATA, voice_in(currency=None), None)
    assert len(opened(deck).slides) == len(deck.slides) + 1
    assert "</html>" in html_of(deck)


@pytest.mark.parametrize(
    ("shape", "values", "low", "high"),
    [
        (Shape.COLUMN, ((0.0, 0.0),), 0.0, 1.0),
        (Shape.COLUMN, ((3.0, 97.0),), 0.0, 100.0),
        (Shape.COLUMN, ((-0.21, 0.4),), -0.4, 0.4),
        (Shape.STACKED, ((60.0, 1.0), (40.0, 1.0)), 0.0, 100.0),
        (Shape.LINE, ((None, None),), 0.0, 1.0),
    ],
    ids=["zeros", "up", "both ways", "stacked", "missing"],
)
def test_axes_hold_zero_and_everything_drawn(
    shape: Shape, values: tuple[tuple[float | None, ...], ...], low: float, high: float
) -> None:
    series = tuple(Series(str(n), each) for n, each in enumerate(values))
    scale = scale_of(Chart(shape, ("a", "b"), series, "number", "says"))
    assert (round(scale.low, 9), round(scale.high, 9)) == (low, high)


def test_a_line_stops_where_a_figure_is_missing() -> None:
    series = (Series("s", (0.1, None, 0.3, 0.4)),)
    svg = svg_of(Chart(Shape.LINE, ("a", "b", "c", "d"), series, "share", "says"), "label")
    path = re.search(r'<path d="([^"]+)"', svg)
    assert path is not None
    assert re.findall("[ML]", path[1]) == ["M", "M", "L"]


@pytest.mark.parametrize(
    ("names", "x_title", "height"),
    [(("s",), "", 316), (("s", "t"), "", 360), (("s",), "Share", 360)],
    ids=["bare", "legend", "axis named"],
)
def test_charts_leave_room_below_only_for_what_stands_there(
    names: tuple[str, ...], x_title: str, height: int
) -> None:
    series = tuple(Series(name, (0.1, 0.3)) for name in names)
    svg = svg_of(Chart(Shape.COLUMN, ("a", "b"), series, "share", "says", x_title), "label")
    assert f'viewBox="0 0 720 {height}"' in svg
    ends = [float(y) for y in re.findall(r'<text x="[\d.]+" y="([\d.]+)"', svg)]
    assert max(ends) < height
