"""What decks say is true of the figures they show, whatever these are."""

import re
from dataclasses import replace
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.console.accounts.person import Language
from services.console.decks import (
    customers,
    goal,
    performance,
    relationship,
    strategy,
    tiers,
    trust,
)
from services.console.decks.audiences import Audience, Console, build, linked
from services.console.decks.care_data import Review, WinBack
from services.console.decks.data import Aim, Contender
from services.console.decks.words import Words
from tests.deck_figures import MODEL, full_data, held, make_data, make_kpi, of_tiers, voice_in

ENGLISH = voice_in()


@pytest.mark.parametrize(
    ("statuses", "title"),
    [
        ([], "No target is set yet"),
        (["no_data"], "One target is set; there are no figures to judge it yet"),
        (["on_track"], "The one target is on track"),
        (["on_track", "on_track"], "All 2 targets are on track"),
        (["behind"], "The one target, Satisfaction (CSAT), is not on track"),
        (
            ["on_track", "missed", "no_data"],
            "1 of 2 targets are on track; Net spend is furthest behind",
        ),
    ],
    ids=["none", "no figures", "one kept", "all kept", "one behind", "some missed"],
)
def test_goal_counts_the_targets_that_can_be_judged(statuses: list[str], title: str) -> None:
    keys = ("csat", "net_spend", "repeat_rate")
    kpis = tuple(
        make_kpi(key, aim=Aim("2026", 0.8, "Li Wei", None if status == "no_data" else 0.4, status))
        for key, status in zip(keys, statuses, strict=False)
    )
    assert goal.goal(make_data(kpis=kpis), ENGLISH).title == title


def test_furthest_behind_is_told_in_shares_of_the_target() -> None:
    near = make_kpi("net_spend", aim=Aim("2026", 1000.0, "a", 900.0, "behind"))
    far = make_kpi("csat", aim=Aim("2026", 0.8, "b", 0.1, "behind"))
    assert "CSAT" in goal.goal(make_data(kpis=(near, far)), ENGLISH).title


@pytest.mark.parametrize(
    ("counts", "spent", "title"),
    [
        ((0, 0, 0), None, "No customer holds a tier yet"),
        ((0, 7, 0), None, "All 7 customers hold Mid value"),
        ((0, 0, 1), 1.0, "The one customer holds High value"),
        ((5, 5, 0), 0.0, "Nobody has reached the top tier High value yet"),
        ((5, 4, 1), None, "10.0% of customers hold the top tier High value"),
        (
            (5, 4, 1),
            0.8,
            "10.0% of customers hold the top tier High value and bring 80.0% of net spend",
        ),
    ],
    ids=["nobody", "one tier", "one customer", "empty top", "spend unknown", "usual"],
)
def test_tiers_are_told_for_any_spread(
    counts: tuple[int, ...], spent: float | None, title: str
) -> None:
    kpis = (make_kpi("value_share_of_top_tier", spent),)
    (slide,) = tiers.tiers(make_data(kpis=kpis, tier_kpis=held(*counts)), ENGLISH)
    assert slide.title == title


@given(
    value=st.floats(-1e6, 1e6).map(lambda x: round(x, 2)),
    previous=st.none() | st.floats(-1e6, 1e6).map(lambda x: round(x, 2)),
)
def test_spend_is_said_to_move_only_as_its_figures_do(value: float, previous: float | None) -> None:
    kpi = make_kpi("net_spend", value, previous=previous)
    title = performance.revenue(make_data(kpis=(kpi,)), ENGLISH).title
    assert ("rose" in title) <= (previous is not None and value > previous)
    assert ("fell" in title) <= (previous is not None and value < previous)
    assert ("stayed" in title) <= (previous is not None and abs(value - previous) < 1)
    assert ("no figure" in title) == (previous is None)


@given(
    ours=st.floats(0, 1),
    rules=st.lists(st.floats(0, 1), max_size=3),
)
def test_the_model_is_called_ahead_only_where_no_simple_rule_is(
    ours: float, rules: list[float]
) -> None:
    contenders = [
        Contender(Words(f"r{n}", f"r{n}"), hit, None, None) for n, hit in enumerate([ours, *rules])
    ]
    title = trust.model(
        make_data(model=replace(MODEL, contenders=tuple(contenders))), ENGLISH
    ).title
    best = max(rules, default=None)
    # as percentages are written: what looks the same is not called ahead
    is_apart = best is not None and ENGLISH.share(ours) != ENGLISH.share(best)
    assert title.startswith("The model finds") == (is_apart and ours > (best or 0))
    assert title.startswith("A simple rule") == (is_apart and ours < (best or 0))


@given(st.lists(st.none() | st.floats(0, 1), min_size=3, max_size=3))
def test_satisfaction_names_the_tiers_at_its_ends(rates: list[float | None]) -> None:
    kpis = (make_kpi("csat", 0.5),)
    data = make_data(kpis=kpis, tier_kpis=of_tiers("csat", *rates, denominator=10))
    title = relationship.satisfaction(data, ENGLISH).title
    if found := re.fullmatch(
        r"(.+) is the most satisfied \((.+)%\), (.+) the least \((.+)%\)", title
    ):
        assert found[1] != found[3]
        assert float(found[2]) > float(found[4])
    else:
        told = [rate for rate in rates if rate is not None]
        assert len(told) < 2 or f"{max(told):.1%}" == f"{min(told):.1%}"


@pytest.mark.parametrize(
    ("growths", "beginning"),
    [
        ((-0.1, 0.2, 0.4), "High value does best: spend 40.0%"),
        ((-0.1, -0.2, -0.4), "No tier spends more than the year before; Standard"),
        ((None, None, None), "Spend is up 12.0% on the year before"),
    ],
    ids=["one grows", "all shrink", "no tier is known"],
)
def test_growth_names_who_does_best(growths: tuple[float | None, ...], beginning: str) -> None:
    tiers = of_tiers("spend_growth", *growths)
    data = make_data(kpis=(make_kpi("spend_growth", 0.12),), tier_kpis=tiers)
    assert strategy.growth(data, ENGLISH).title.startswith(beginning)


def test_few_answers_make_no_tier_the_best() -> None:
    kpis = (make_kpi("csat", 0.5),)
    data = make_data(kpis=kpis, tier_kpis=of_tiers("csat", 0.0, 0.5, 1.0, denominator=9))
    assert relationship.satisfaction(data, ENGLISH).title == (
        "Satisfaction (CSAT), October 2026: 50.0%"
    )


def test_tiers_are_those_held_now_where_scoring_answers() -> None:
    data = full_data(tier_kpis=held(0, 0, 0), kpis=())
    (slide,) = tiers.tiers(data, ENGLISH)
    assert slide.title == (
        "15.0% of customers hold the top tier High value, with 75.0% of expected value"
    )


def test_concentration_is_read_between_the_points_of_the_curve() -> None:
    coarse = full_data().base
    assert coarse is not None
    assert coarse.value is not None
    value = replace(coarse.value, shares=((0.1, 0.4), (0.3, 0.8)))
    slide = customers.concentration(make_data(base=replace(coarse, value=value)), ENGLISH)
    assert slide.title == "The top 20% of customers hold 60.0% of expected value"


def test_win_back_says_when_there_are_more_than_it_counted() -> None:
    found = full_data().win_back
    assert found is not None
    some = WinBack(found.people * 3, is_all=False)
    assert strategy.risk(make_data(win_back=some), ENGLISH).title.startswith(
        "The best 3 candidates to win back"
    )


def test_rejected_findings_are_no_next_steps() -> None:
    review = full_data().review
    assert review is not None
    rejected = replace(review.findings[0], state="rejected")
    data = make_data(review=Review("2026-Q3", (rejected,), 2))
    slide = strategy.next_steps(data, ENGLISH)
    assert slide.title == (
        "The review of Q3 2026 found nothing that is weak beyond chance;"
        " 2 questions had too little data"
    )


def test_months_without_a_tier_are_shown_so_that_columns_are_the_whole() -> None:
    chart = performance.revenue(full_data(), ENGLISH).chart
    assert chart is not None
    sums = [
        sum(v or 0.0 for v in month)
        for month in zip(*(s.values for s in chart.series), strict=True)
    ]
    assert sums == [90_000.0, 120_000.0]


@pytest.mark.parametrize("language", list(Language), ids=str)
@pytest.mark.parametrize("audience", list(Audience), ids=str)
def test_every_deck_can_be_told_of_nothing(audience: Audience, language: Language) -> None:
    deck = build(make_data(programme=None), audience, voice_in(language, None), None)
    assert all(slide.title and not places_of(slide.title) for slide in deck.slides)


def places_of(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name is not None]


@pytest.mark.parametrize("service", ["ingest", "scoring", "feedback"])
def test_a_service_that_is_away_leaves_its_slides_with_a_line(service: str) -> None:
    deck = build(make_data(away=frozenset({service})), Audience.MARKETING, ENGLISH, None)
    told = [line for slide in deck.slides for line in slide.lines]
    assert any("did not answer" in line and service.title() in line for line in told)


def test_what_could_not_be_read_is_no_finding_of_the_summary() -> None:
    data = full_data(kpis=None, away=frozenset({"feedback"}))
    summary = build(data, Audience.MANAGEMENT, ENGLISH, None).slides[0]
    assert summary.title.startswith("In short: 15.0% of customers hold the top tier High value")
    assert not any("no figures this time" in line for line in summary.lines)


def test_every_figure_that_is_linked_has_its_definition_in_the_glossary() -> None:
    data = full_data()
    defined = {each.key for each in data.definitions}
    for audience in Audience:
        deck = build(data, audience, ENGLISH, Console("http://console.test/"))
        keys = {key for slide in deck.slides for key in linked(slide)} & defined
        assert {term.key for term in deck.glossary} == keys
        assert all(t.link == f"http://console.test/kpis/{t.key}" for t in deck.glossary)


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_a_short_deck_is_for_management(language: Language) -> None:
    deck = build(full_data(), Audience.MANAGEMENT, voice_in(language), None)
    assert len(deck.slides) <= 11
