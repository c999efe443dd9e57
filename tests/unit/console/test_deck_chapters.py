"""A deck is told in order, and each slide says of when its figures are."""

from datetime import date

import pytest

from services.console.accounts.person import Language
from services.console.decks import customers
from services.console.decks.audiences import Audience, Chapter, build
from services.console.decks.data import Base, Group
from services.console.decks.html import html_of
from services.console.decks.periods import before, dates_of
from services.console.decks.voice import Voice
from tests.deck_figures import full_data, make_data, voice_in

ENGLISH, CHINESE = voice_in(), voice_in(Language.CHINESE)
ORDER = [ENGLISH.say(f"chapter_{each}") for each in Chapter]


def chapters_of(audience: Audience) -> list[str]:
    slides = build(full_data(), audience, ENGLISH, None).slides
    return list(dict.fromkeys(slide.chapter for slide in slides if slide.chapter))


def test_management_is_told_every_chapter_in_order() -> None:
    assert chapters_of(Audience.MANAGEMENT) == ORDER


@pytest.mark.parametrize("audience", [Audience.MARKETING, Audience.SERVICE], ids=str)
def test_other_audiences_are_told_their_chapters_in_the_same_order(audience: Audience) -> None:
    told = chapters_of(audience)
    assert told == [each for each in ORDER if each in told]


def test_whoever_asks_about_data_is_told_of_it_first() -> None:
    told = chapters_of(Audience.DATA)
    rest = [each for each in ORDER if each in told[1:]]
    assert told == [ENGLISH.say("chapter_data"), *rest]


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("audience", list(Audience), ids=str)
def test_every_slide_with_figures_says_of_when_they_are(
    audience: Audience, language: Language
) -> None:
    deck = build(full_data(), audience, voice_in(language), None)
    assert [slide.key for slide in deck.slides if not slide.when] == []
    html = html_of(deck)
    assert all(slide.place in html for slide in deck.slides)


def test_the_summary_dates_what_is_not_of_the_dates_of_the_deck() -> None:
    lines = build(full_data(), Audience.MANAGEMENT, ENGLISH, None).slides[0].lines
    of_now = next(line for line in lines if "High value" in line)
    assert of_now.endswith("(as of 1 Nov 2026)")


@pytest.mark.parametrize(
    ("name", "until", "english", "chinese"),
    [
        ("2026", None, "2026", "2026年"),
        ("2026", date(2026, 11, 23), "2026 to date (23 Nov 2026)", "2026年（截至2026年11月23日）"),
        ("2026-Q3", date(2026, 9, 30), "Q3 2026", "2026年第3季度"),
        ("2026-10", None, "October 2026", "2026年10月"),
        ("2026-W47", None, "16 Nov 2026 to 22 Nov 2026", "2026年11月16日至2026年11月22日"),
        ("2026-11-21", None, "21 Nov 2026", "2026年11月21日"),
        ("2026-13", None, "2026-13", "2026-13"),
        ("soon", None, "soon", "soon"),
    ],
    ids=["year", "year that runs", "quarter", "month", "week", "day", "no month", "no period"],
)
def test_periods_are_named_as_people_name_them(
    name: str, until: date | None, english: str, chinese: str
) -> None:
    told = [voice.period(name, until) for voice in (ENGLISH, CHINESE)]
    assert told == [english, chinese]


@pytest.mark.parametrize("voice", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_dates_that_are_no_whole_month_are_told_by_both_ends(voice: Voice) -> None:
    told = voice.span(date(2026, 10, 2), date(2026, 10, 31))
    assert voice.formats.date(date(2026, 10, 2)) in told
    assert voice.formats.date(date(2026, 10, 31)) in told


def test_the_period_before_is_as_long() -> None:
    first, last = before(date(2026, 10, 1), date(2026, 10, 31))
    assert (first, last) == (date(2026, 8, 31), date(2026, 9, 30))
    assert dates_of("2026-W99") is None


def test_stages_are_told_in_the_order_of_a_life() -> None:
    keys = ("active", "at_risk", "churned", "new", "odd", "prospect", "reactivated")
    base = Base(lifecycles=tuple(Group(key, None, 5) for key in keys))
    table = customers.lifecycle(make_data(base=base), ENGLISH).table
    assert table is not None
    assert [row[0].text for row in table.rows] == [
        "Prospects",
        "New",
        "Active",
        "Won back",
        "At risk",
        "Gone",
        "odd",
    ]
    assert [len(row) for row in table.rows] == [3] * len(keys)
