"""Slides of PowerPoint hold their words: estimated, for nothing here can draw them."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import combinations
from typing import Any
from unicodedata import east_asian_width

import pytest
from pptx import Presentation

from services.console.accounts.person import Language
from services.console.decks.audiences import Audience, Console, build
from services.console.decks.care_data import Effort, Finding, Survey, Trial
from services.console.decks.data import Aim, DeckData, Definition, Group, Segment, Standing, Tier
from services.console.decks.fitting import Room, cut, height_of, lines_of
from services.console.decks.pptx import pptx_of
from services.console.decks.words import Words
from tests.deck_figures import NAMES, full_data, make_kpi, voice_in

POINT = 12700
#: A name as long as a service takes, with and without places to break it.
LONG = Words(
    "Members of the autumn and winter programme of the northern region, second edition",
    "北方大区秋冬季会员忠诚方案第二版特别活动期间长期有效的高价值等级名称",
)
UNBROKEN = Words("x" * 60, "长" * 60)


def long_data(name: Words) -> DeckData:
    """Give a shop whose every name is long, and which has many of everything."""
    data = full_data()
    assert data.programme is not None
    tiers = tuple(Tier(each.key, each.rank, name) for each in data.programme.tiers)
    programme = replace(data.programme, name=name, tiers=tiers)
    club = replace(programme, key="club")
    aim = Aim("2026", 0.85, "Somebody With A Long Name", 0.7, "behind", data.last, 144)
    kpis = tuple(
        make_kpi(key, value=123_456_789.12, name=name, previous=98_765_432.1, aim=aim)
        for key in [*NAMES, "aov", "new_customers", "retention", "churn_rate", "nps", "ces"]
    )
    base = data.base
    assert base is not None
    return replace(
        data,
        programme=programme,
        kpis=kpis,
        definitions=tuple(
            Definition(kpi.key, name, Words(name.en * 3, name.zh * 3), "a", "b", 90) for kpi in kpis
        ),
        base=replace(base, tiers=tuple(replace(each, name=name) for each in base.tiers)),
        others=(Standing(club, tuple(Group(t.key, t.name, 10**7) for t in tiers), data.last),),
        segments=tuple(Segment(f"s{n}", name, 10**6, 0.25) for n in range(30)),
        surveys=tuple(Survey(name, 10**6, 10**5, 19.2, 3.8) for _ in range(12)),
        efforts=tuple(Effort("offer", name, 10**6, 10**5, 1.8e7) for _ in range(12)),
        trials=tuple(
            Trial(name, "running", "higher", name, "CNY", 1e6, 1.0, 2e6) for _ in range(10)
        ),
        review=replace(
            data.review or pytest.fail("there is a review"),
            findings=tuple(
                Finding(name, Words(name.en * 2, name.zh * 2), "open", None) for _ in range(9)
            ),
        ),
    )


def slides_of(data: DeckData, audience: Audience, language: Language) -> Any:
    deck = build(data, audience, voice_in(language), Console("http://console.test"))
    return Presentation(BytesIO(pptx_of(deck)))


def wide(text: str, size: float) -> float:
    """Measure a text another way than the decks do: letters are alike, Chinese ones are square."""
    return sum(size if east_asian_width(c) in "WF" else size * 0.45 for c in text)


def height(frame: Any, width: float) -> float:
    """Measure the paragraphs of a frame, in points."""
    total = 0.0
    for paragraph in frame.paragraphs:
        runs = [run for run in paragraph.runs if run.text]
        if runs:
            size = max(run.font.size.pt for run in runs)
            lines = -(-sum(wide(run.text, run.font.size.pt) for run in runs) // width)
            after = paragraph.space_after.pt if paragraph.space_after else 0.0
            total += max(lines, 1.0) * size * 1.17 + after
    return total


def tables(slide: Any) -> Iterator[Any]:
    yield from (shape for shape in slide.shapes if shape.has_table)


def check_rows(shown: Any) -> None:
    """Check that rows of tables are as high as their words: PowerPoint would stretch them."""
    for slide in shown.slides:
        for shape in tables(slide):
            table = shape.table
            assert sum(row.height for row in table.rows) == shape.height
            assert sum(column.width for column in table.columns) == shape.width
            for row in table.rows:
                for column, cell in zip(table.columns, row.cells, strict=True):
                    needed = height(cell.text_frame, column.width / POINT - 14.4) + 4.3
                    assert needed <= row.height / POINT + 0.5, cell.text_frame.text


WHOLE = pytest.mark.parametrize(
    ("data", "audience", "language"),
    [
        pytest.param(data, audience, language, id=f"{name}-{audience}-{language}")
        for name, data, audiences in (
            ("usual", full_data(), (Audience.DATA,)),
            ("long", long_data(LONG), tuple(Audience)),
            ("unbroken", long_data(UNBROKEN), (Audience.MARKETING,)),
        )
        for audience in audiences
        for language in Language
    ],
)


@WHOLE
def test_words_fit_their_boxes_and_boxes_their_slide(
    data: DeckData, audience: Audience, language: Language
) -> None:
    shown = slides_of(data, audience, language)
    check_rows(shown)
    for slide in shown.slides:
        title = slide.shapes.title.text
        for shape in slide.shapes:
            assert shape.left >= 0, title
            assert shape.top >= 0, title
            assert shape.left + shape.width <= shown.slide_width, title
            assert shape.top + shape.height <= shown.slide_height, title
            if shape.has_text_frame:
                inner = (shape.width / POINT) - 14.4
                needed = height(shape.text_frame, inner) + 7.2
                assert needed <= shape.height / POINT + 0.5, (title, shape.text_frame.text)
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        for one, other in combinations(boxes, 2):
            is_apart = one[2] <= other[0] or other[2] <= one[0]
            assert is_apart or one[3] <= other[1] or other[3] <= one[1], title


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", 1), ("one two", 1), ("one two three four", 2), ("x" * 40, 4), ("会员" * 10, 3)],
    ids=["nothing", "short", "words", "one long word", "chinese"],
)
def test_lines_break_where_they_may(text: str, lines: int) -> None:
    assert lines_of(text, 10.0, 70.0) == lines


@pytest.mark.parametrize("text", [LONG.en, LONG.zh, UNBROKEN.en, UNBROKEN.zh], ids=range(4))
def test_what_is_cut_fits_and_says_that_it_was_cut(text: str) -> None:
    room = Room(120.0, 30.0)
    short = cut(text, 12.0, room)
    assert short.endswith("…")
    assert height_of([short], 12.0, room.width) <= room.height
    assert cut("short", 12.0, room) == "short"
