"""One figure has one meaning in a deck, and its sentences do not contradict each other."""

import re
from dataclasses import replace
from datetime import date

import pytest

from services.console.accounts.person import Language
from services.console.decks import goal, performance, relationship, strategy, tiers
from services.console.decks.audiences import Audience, Console, build
from services.console.decks.care_data import Review
from services.console.decks.data import Aim, Definition, Group, Kpi, Programme, Standing, Tier
from services.console.decks.html import html_of
from services.console.decks.words import Words
from tests.deck_figures import NAMES, full_data, make_data, make_kpi, of_tiers, voice_in

ENGLISH, CHINESE = voice_in(), voice_in(Language.CHINESE)
#: 5 answers in the month, 144 in the year that the target is of
AIM = Aim("2026", 0.85, "Li Wei", 0.701, "behind", date(2026, 11, 23), 144)
CLUB = Programme(
    "coffee",
    Words("Coffee club", "咖啡俱乐部"),
    1,
    (Tier("basic", 0, Words("Regular", "常客")), Tier("gold", 1, Words("Gold", "金星"))),
)


def csat() -> Kpi:
    return make_kpi("csat", 0.8, denominator=5, previous=0.779, previous_denominator=18, aim=AIM)


def test_satisfaction_names_its_period_and_its_answers() -> None:
    slide = relationship.satisfaction(make_data(kpis=(csat(),)), ENGLISH)
    assert slide.title == "Satisfaction (CSAT), October 2026: 80.0% (5 answers)"
    (tile,) = slide.tiles
    assert tile.label == "Satisfaction (CSAT), October 2026 (5 answers)"
    assert tile.note == "period before: 77.9% (18 answers)"
    (line,) = slide.lines
    assert line == (
        "Satisfaction (CSAT), 2026 to date (23 Nov 2026): 70.1% (144 answers),"
        " against the target of 2026: 85.0%"
    )


def test_satisfaction_names_them_in_chinese_too() -> None:
    slide = relationship.satisfaction(make_data(kpis=(csat(),)), CHINESE)
    assert slide.title == "满意度（CSAT），2026年10月：80.0%（5 份回答）"


def test_a_target_is_told_with_the_period_it_is_of() -> None:
    table = goal.goal(make_data(kpis=(csat(),)), ENGLISH).table
    assert table is not None
    told = [cell.text for cell in table.rows[0]]
    assert told[2:5] == ["2026 to date (23 Nov 2026)", "85.0%", "70.1% (144 answers)"]


def test_no_csat_is_told_without_its_answers() -> None:
    html = html_of(build(make_data(kpis=(csat(),)), Audience.SERVICE, ENGLISH, None))
    told = re.findall(r"(?:80\.0|70\.1|77\.9)%(.{14})", html)
    in_tile = "</a></b>"
    assert told
    assert all("answers)" in each or each.startswith(in_tile) for each in told)


@pytest.mark.parametrize(
    ("unknown", "aims", "title", "line"),
    [
        (0, 0, "found nothing that is weak beyond chance", "Keep what works"),
        (1, 0, "beyond chance; 1 question had too little data", "Keep what works"),
        (6, 1, "beyond chance; 6 questions had too little data", "one is behind"),
    ],
    ids=["all is well", "one question is open", "a target is behind"],
)
def test_a_review_without_findings_agrees_with_the_targets(
    unknown: int, aims: int, title: str, line: str
) -> None:
    kpis = (csat(),) if aims else (make_kpi("csat", 0.8),)
    data = make_data(kpis=kpis, review=Review("2026-Q3", (), unknown))
    slide = strategy.next_steps(data, ENGLISH)
    assert slide.title.startswith("The review of Q3 2026 found nothing that is weak")
    assert slide.title.endswith(title)
    assert line in slide.lines[-1]


def test_figures_that_look_back_further_say_so() -> None:
    key = "return_per_customer"
    looks_back = Definition(key, NAMES[key], Words("x", "x"), "a", "b", 90)
    kpis = (make_kpi("net_spend", 9.0), make_kpi(key, 225.11))
    data = make_data(kpis=kpis, definitions=(looks_back,))
    labels = [tile.label for tile in performance.revenue(data, ENGLISH).tiles]
    assert labels == ["Net spend", "Return per customer, 90 days to 31 Oct 2026"]


def test_targets_in_the_list_of_kpis_name_their_period() -> None:
    table = performance.kpis(make_data(kpis=(csat(),)), ENGLISH).table
    assert table is not None
    assert [cell.text for cell in table.rows[0]][1:] == [
        "80.0% (5 answers)",
        "77.9% (18 answers)",
        "85.0% (2026)",
    ]


def test_every_programme_has_its_slide_of_tiers() -> None:
    held = (Group("gold", None, 3), Group("basic", None, 9))
    others = (Standing(CLUB, held, date(2026, 10, 31)),)
    main, club = tiers.tiers(full_data(others=others), ENGLISH)
    assert main.title.startswith("Customer value – 15.0% of customers hold the top tier High value")
    assert club.title == "Coffee club – 25.0% of customers hold the top tier Gold"
    assert (main.when, club.when) == ("as of 1 Nov 2026", "as of 31 Oct 2026")
    assert club.chart is not None
    assert club.chart.categories == ("Regular", "Gold")
    slides = build(full_data(others=others), Audience.MANAGEMENT, ENGLISH, None).slides
    assert [slide.key for slide in slides[2:4]] == ["tiers", "tiers-coffee"]


def test_tiers_of_the_end_of_the_dates_say_so() -> None:
    base = full_data().base
    assert base is not None
    (slide,) = tiers.tiers(full_data(base=replace(base, tiers_on=date(2026, 10, 31))), ENGLISH)
    assert slide.when == "as of 31 Oct 2026"


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("audience", list(Audience), ids=str)
def test_no_source_is_told_as_a_route(audience: Audience, language: Language) -> None:
    html = html_of(build(full_data(), audience, voice_in(language), Console("http://c.test")))
    assert not re.search(r"GET|/v1/", html)


@pytest.mark.parametrize(
    ("console", "is_told"),
    [
        (None, False),
        (Console("http://localhost:8000", is_public=False), True),
        (Console("https://tiers.example.com"), False),
    ],
    ids=["no links", "own machine alone", "public"],
)
def test_a_deck_says_where_its_links_do_not_open(console: Console | None, is_told: bool) -> None:
    html = html_of(build(full_data(), Audience.MANAGEMENT, ENGLISH, console))
    assert ("only on the machine the console runs on" in html) == is_told


def test_tiers_that_few_answered_do_not_make_two_meanings() -> None:
    kpis = of_tiers("csat", 1.0, 0.5, None, denominator=2)
    slide = relationship.satisfaction(make_data(kpis=(csat(),), tier_kpis=kpis), ENGLISH)
    assert slide.chart is not None
    assert slide.chart.categories[0] == "Standard (2 answers)"


@pytest.mark.parametrize("audience", [Audience.MANAGEMENT, Audience.MARKETING], ids=str)
def test_charts_of_money_name_their_currency(audience: Audience) -> None:
    slides = build(full_data(), audience, ENGLISH, None).slides
    drawn = [slide.chart for slide in slides if slide.key in {"revenue", "risk"}]
    titles = [chart.y_title for chart in drawn if chart]
    assert sorted(titles) == ["Expected gain per year, CNY", "Net spend, CNY"]
