"""The simulation study: intervals cover the truth, nothing is called where nothing is.

Every experiment of every simulation has a seed of its own, 0 to 499. Print the figures:
`pytest -s tests/property/test_experiment_study.py`.
"""

from dataclasses import dataclass, replace
from functools import cache
from statistics import fmean

import pytest

from services.feedback.domain.experiments.judging import Finding, Look, judge
from services.feedback.domain.experiments.planning import Wish, outlook
from tests.property.experiment_shops import Days, SimulatedShop, play, play_daily

SIMULATIONS = 500
SEEDS = range(SIMULATIONS)
ALPHA = 0.05
EVEN = SimulatedShop()
UNEVEN = SimulatedShop(customers=8_000, held_out=0.2)
#: amounts of infinite variance: no number of customers makes their mean normal
WHALES = replace(UNEVEN, tail=1.5)


@dataclass(frozen=True, slots=True)
class Study:
    """What came of many experiments: parts of those judged, but for `judged` itself."""

    judged: float
    covered: float
    called: float
    narrowing: float


@cache
def study(shop: SimulatedShop, name: str) -> Study:
    """Judge experiments at their horizon."""
    found = [judged(shop, seed) for seed in SEEDS]
    told = [each for each in found if each.interval is not None]
    made = Study(
        judged=len(told) / SIMULATIONS,
        covered=fmean(covers(each, shop.truth) for each in told),
        called=fmean(calls(each) for each in told),
        narrowing=fmean(each.narrowing or 1.0 for each in told),
    )
    print(f"\n{name}: {made}")
    return made


def judged(shop: SimulatedShop, seed: int) -> Finding:
    played = play(shop, seed)
    return judge(played.arm(is_held_out=False), played.arm(is_held_out=True), Look(ALPHA))


def covers(found: Finding, truth: float) -> bool:
    return found.interval is not None and found.interval.low <= truth <= found.interval.high


def calls(found: Finding) -> bool:
    return found.interval is not None and not found.interval.has_zero


@pytest.mark.parametrize(
    ("shop", "name"),
    [
        (EVEN, "even arms, no effect"),
        (EVEN.raised(0.2), "even arms, effect 20 %"),
        (UNEVEN, "hold-out of a fifth, no effect"),
        (UNEVEN.raised(0.1), "hold-out of a fifth, effect 10 %"),
    ],
    ids=["even", "even_effect", "uneven", "uneven_effect"],
)
def test_intervals_cover_the_truth_as_often_as_they_say(shop: SimulatedShop, name: str) -> None:
    made = study(shop, name)
    assert 0.93 <= made.covered <= 0.97
    assert made.judged > 0.75


@pytest.mark.parametrize(
    ("shop", "name"),
    [(EVEN, "even arms, no effect"), (UNEVEN, "hold-out of a fifth, no effect")],
    ids=["even", "uneven"],
)
def test_no_effect_is_seldom_called_one(shop: SimulatedShop, name: str) -> None:
    assert study(shop, name).called <= 0.06


def test_the_time_before_narrows_the_interval() -> None:
    # habits that hold for long, seen for long: what was spent before tells a part of what will be
    steady = replace(EVEN, days=56, days_before=168, rate=0.05)
    assert study(steady, "steady habits, 168 days before").narrowing < 0.85
    assert study(replace(steady, days_before=0), "no days before").narrowing == 1.0


def test_an_effect_of_the_planned_size_is_seen_as_often_as_planned() -> None:
    lately = play(replace(EVEN, customers=100_000), 1_000).everybody
    wish = Wish(held_out=0.5, alpha=ALPHA, power=0.8, is_sequential=False, customers=3_000)
    planned = outlook(lately, EVEN.days, wish)
    made = study(EVEN.raised(planned.detectable_percent / 100), f"effect as planned: {planned}")
    assert 0.74 <= made.called <= 0.86


@pytest.mark.parametrize("joining_days", [1, 21], ids=["all_at_once", "joining"])
def test_looking_every_day_calls_no_effect_one_seldom(joining_days: int) -> None:
    shop = replace(EVEN, customers=1_200, rate=0.04)
    found = [ever_called(play_daily(shop, seed, joining_days=joining_days)) for seed in SEEDS]
    sequential, fixed = (fmean(each) for each in zip(*found, strict=True))
    print(f"\nlooked at daily: sequential {sequential}, fixed {fixed}")
    # the interval for one look, looked at daily, is why there is another
    assert sequential <= 0.06 < fixed


def test_looking_every_day_sees_a_large_effect_before_the_end() -> None:
    shop = replace(EVEN, customers=3_000, rate=0.04, effect=0.6)
    found = [ever_called(play_daily(shop, seed, joining_days=1)) for seed in range(100)]
    seen = fmean(sequential for sequential, _ in found)
    print(f"\nlooked at daily, effect 60 %: seen in {seen}")
    assert seen > 0.9


def ever_called(days: Days) -> tuple[bool, bool]:
    """Tell whether looking daily ever called an effect: sequentially, and with the fixed one."""
    called = [False, False]
    planned = days.spent.shape[0] * days.spent.shape[1]
    for day in range(days.spent.shape[1]):
        arms = days.arm(day, is_held_out=False), days.arm(day, is_held_out=True)
        for place, progress in enumerate((days.customer_days(day) / planned, None)):
            called[place] |= calls(judge(*arms, Look(ALPHA, progress)))
    return called[0], called[1]


@pytest.mark.parametrize(
    ("shop", "name"),
    [
        (replace(EVEN, customers=150), "150 customers"),
        (replace(UNEVEN, customers=500), "a hold-out of 100"),
        (WHALES, "whales, a hold-out of a fifth"),
    ],
    ids=["few", "few_held_out", "whales"],
)
def test_what_no_interval_holds_for_is_not_judged(shop: SimulatedShop, name: str) -> None:
    found = [judged(shop, seed) for seed in SEEDS]
    told = sum(each.interval is not None for each in found) / SIMULATIONS
    print(f"\n{name}: judged {told}")
    assert told < 0.15
    assert all((each.needed or 0) > min(each.control.n, 99) for each in found if not each.interval)


def test_a_cap_makes_whales_a_question_that_can_be_answered() -> None:
    capped = replace(WHALES, cap=20.0)
    made = study(capped, "whales, spend counted up to 20")
    assert made.judged > 0.75
    assert 0.93 <= made.covered <= 0.97
