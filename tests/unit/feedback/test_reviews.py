from collections.abc import Sequence
from datetime import UTC, date, datetime
from math import sqrt
from random import Random
from typing import Any
from uuid import UUID

import pytest

from services.feedback.domain.kpis.periods import Period
from services.feedback.domain.reviews.evidence import (
    Account,
    Activity,
    BenefitUse,
    Evidence,
    Flow,
    Place,
    PlaybookOutcome,
    Satisfaction,
    Service,
    Trial,
)
from services.feedback.domain.reviews.finding import Code, Finding, TooFew
from services.feedback.domain.reviews.intervals import (
    Sums,
    added,
    mean_change,
    relative_change,
    share,
)
from services.feedback.domain.reviews.judging import judge
from services.feedback.domain.reviews.review import Review, last_quarter, quarter_named

QUARTER = Period(date(2026, 7, 1), date(2026, 9, 30))
BEFORE = Period(date(2026, 4, 1), date(2026, 6, 30))
GOLD, SILVER = Place("coffee", "gold"), Place("coffee", "silver")
NAME = {"en": "A drink", "zh": "一杯饮品"}


def sums(values: Sequence[float]) -> Sums:
    return Sums(len(values), sum(values), sum(each * each for each in values))


def days(mean: int, members: int = 400) -> Sums:
    """Members who order around a mean."""
    return sums([mean - 1, mean, mean, mean + 1] * (members // 4))


def found(**evidence: Any) -> list[Finding]:
    names = {GOLD: {"en": "Gold", "zh": "金星"}}
    verdict = judge(Evidence(QUARTER, BEFORE, "CNY", names, **evidence))
    return list(verdict.findings)


def too_few(**evidence: Any) -> list[TooFew]:
    return list(judge(Evidence(QUARTER, BEFORE, "CNY", **evidence)).too_few)


def test_drop_of_a_tier_is_found_with_its_interval_beside_the_programme() -> None:
    activities = [Activity(GOLD, days(6), days(8)), Activity(SILVER, days(4), days(4))]
    (drop,) = found(activities=activities)
    assert (drop.code, drop.tier) == (Code.FREQUENCY_DROP, "gold")
    assert drop.figures["change"] == -0.25
    assert drop.figures["low"] < -0.25 < drop.figures["high"] < 0
    assert drop.figures["change_of_programme"] == pytest.approx(-1 / 6, abs=1e-4)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (days(8), days(8)),
        (days(9), days(8)),
        # certain, but too small to act on
        (sums([100, 100, 100, 101] * 25), sums([102, 102, 102, 103] * 25)),
        # large, but of sixty people who differ much
        (sums([0, 0, 20] * 20), sums([0, 2, 20] * 20)),
    ],
)
def test_steady_tier_has_no_finding(now: Sums, before: Sums) -> None:
    assert found(activities=[Activity(GOLD, now, before)]) == []
    assert too_few(activities=[Activity(GOLD, now, before)]) == []


@pytest.mark.parametrize(
    ("now", "before", "have"), [(days(1, 48), days(8), 48), (days(6), Sums(), 0)]
)
def test_few_members_are_not_enough_data(now: Sums, before: Sums, have: int) -> None:
    activity = Activity(GOLD, now, before)
    assert found(activities=[activity]) == []
    assert too_few(activities=[activity]) == [
        TooFew(Code.FREQUENCY_DROP, "coffee", "gold", None, have, 50)
    ]


def test_falling_satisfaction_is_found() -> None:
    fell = Satisfaction(GOLD, "csat", sums([3, 4, 3, 4] * 20), sums([5, 4, 5, 4] * 20))
    (finding,) = found(satisfaction=[fell])
    assert (finding.code, finding.subject) == (Code.FALLING_SATISFACTION, "csat")
    assert (finding.figures["mean"], finding.figures["mean_before"]) == (3.5, 4.5)


@pytest.mark.parametrize("kind", ["csat", "ces", "nps"])
def test_satisfaction_that_rose_is_no_finding(kind: str) -> None:
    rose = Satisfaction(GOLD, kind, sums([5, 4] * 40), sums([3, 4] * 40))
    assert found(satisfaction=[rose]) == []


def test_few_answers_are_not_enough_data() -> None:
    few = Satisfaction(GOLD, "nps", sums([-100] * 29), sums([100] * 500))
    assert too_few(satisfaction=[few])[0].have == 29


@pytest.mark.parametrize(
    ("cases", "breached", "is_found"), [(100, 20, True), (100, 6, False), (20, 2, False)]
)
def test_broken_service_levels(cases: int, breached: int, is_found: bool) -> None:
    codes = [each.code for each in found(services=[Service(GOLD, cases, breached)])]
    assert codes == ([Code.BREACHED_SERVICE] if is_found else [])


def test_few_cases_are_not_enough_data() -> None:
    assert too_few(services=[Service(GOLD, 19, 19)])[0].needed == 20


@pytest.mark.parametrize(
    ("entitled", "users", "is_found"),
    [(1000, 20, True), (1000, 95, False), (60, 0, True), (60, 3, False), (100, 130, False)],
)
def test_unused_benefits(entitled: int, users: int, is_found: bool) -> None:
    use = BenefitUse("coffee", "drink", NAME, entitled, users)
    assert bool(found(benefits=[use])) == is_found
    assert too_few(benefits=[use]) == []


def test_benefit_of_few_is_not_enough_data() -> None:
    (few,) = too_few(benefits=[BenefitUse("coffee", "drink", NAME, 49, 0)])
    assert (few.subject, few.have) == ("drink", 49)


@pytest.mark.parametrize(
    ("tried", "accepted", "is_found"), [(500, 5, True), (500, 50, False), (60, 1, False)]
)
def test_playbook_nobody_answers(tried: int, accepted: int, is_found: bool) -> None:
    outcome = PlaybookOutcome("win-back", NAME, tried, accepted, 123)
    assert bool(found(playbooks=[outcome])) == is_found


def test_playbook_with_few_contacts_is_not_enough_data() -> None:
    assert too_few(playbooks=[PlaybookOutcome("win-back", NAME, 49, 0, 0)])[0].have == 49


@pytest.mark.parametrize(
    ("verdict", "is_found"),
    [("lower", True), ("no_difference_seen", True), ("higher", False), ("too_early", False)],
)
def test_experiments_that_gained_nothing(verdict: str, is_found: bool) -> None:
    trial = Trial("e-1", NAME, "playbook/win-back", "spend", verdict, -1.5, -3.0, 0.2)
    assert bool(found(trials=[trial])) == is_found


def test_experiment_without_enough_data_says_so() -> None:
    trial = Trial("e-1", NAME, "playbook/win-back", "spend", "not_enough_data", 0, 0, 0)
    assert [each.code for each in too_few(trials=[trial])] == [Code.NO_EFFECT]


@pytest.mark.parametrize(
    ("members", "entered", "left", "known", "code"),
    [
        (0, 0, 0, 100, Code.NOBODY_ENTERS),
        (0, 0, 0, 0, None),
        (0, 4, 0, 100, None),
        (80, 4, 0, 365, Code.NOBODY_LEAVES),
        (80, 4, 1, 365, None),
        (80, 4, 0, 364, None),
        (49, 4, 0, 365, None),
    ],
)
def test_tiers_that_nobody_reaches_or_leaves(
    members: int, entered: int, left: int, known: int, code: Code | None
) -> None:
    codes = [each.code for each in found(flows=[Flow(GOLD, members, entered, left, known)])]
    assert codes == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("cost", "margin", "is_found"),
    [(200, 100, True), (100, 100, False), (0, -50, False), (10, -50, True)],
)
def test_tier_that_costs_more_than_it_brings(cost: int, margin: int, is_found: bool) -> None:
    assert bool(found(accounts=[Account(GOLD, cost, margin)])) == is_found


def test_more_comparisons_ask_for_more_certainty() -> None:
    one = Activity(GOLD, sums([5, 9] * 60), sums([6, 10] * 60))
    (alone,) = found(activities=[one])
    many = [one, *(Activity(Place("p", str(n)), days(8), days(8)) for n in range(30))]
    (among,) = found(activities=many) or [alone]
    assert alone.figures["high"] < 0
    assert among is alone or among.figures["high"] > alone.figures["high"]


def test_review_of_nothing_wrong_finds_a_fall_in_at_most_one_of_twenty() -> None:
    draw = Random(11)
    alarms = 0
    for _ in range(300):
        activities = []
        for tier in "abcdef":
            now, before = ([draw.gauss(8, 3) for _ in range(120)] for _ in range(2))
            activities.append(Activity(Place("p", tier), sums(now), sums(before)))
        alarms += bool(found(activities=activities))
    # falls are half of what the two-sided error covers: 7.5 expected of 300
    assert alarms <= 15


def test_tier_without_a_name_is_called_by_its_key() -> None:
    (finding,) = found(accounts=[Account(SILVER, 2, 1)])
    assert finding.names["tier"] == {"en": "silver", "zh": "silver"}


def test_intervals_agree_with_the_textbook() -> None:
    # Wilson for 2 of 10 at 95 %: 0.057 to 0.510 (Brown, Cai and DasGupta 2001)
    wilson = share(2, 10)
    assert (round(wilson.low, 3), round(wilson.high, 3)) == (0.057, 0.51)
    one, other = sums([1, 2, 3, 4]), sums([2, 3, 4, 5])
    change = mean_change(one, other, 0.05)
    assert (change.high - change.low) / 2 == pytest.approx(1.959964 * sqrt(2 * (5 / 3) / 4))
    assert relative_change(other, one, 0.05).value == pytest.approx(0.4)


def test_sums_add_up_and_nothing_has_a_mean_of_zero() -> None:
    assert added([sums([1, 2]), sums([3])]) == sums([1, 2, 3])
    assert (Sums().mean, Sums().mean_variance) == (0, 0)


@pytest.mark.parametrize(
    ("today", "name"),
    [("2026-11-22", "2026-Q3"), ("2026-10-01", "2026-Q3"), ("2026-09-30", "2026-Q2"),
     ("2027-01-01", "2026-Q4"), ("2027-03-31", "2026-Q4")],
)  # fmt: skip
def test_last_quarter_is_the_last_that_is_over(today: str, name: str) -> None:
    assert last_quarter(date.fromisoformat(today))[0] == name


def test_quarter_that_runs_is_looked_at_up_to_yesterday() -> None:
    today = date(2026, 11, 22)
    assert quarter_named("2026-Q4", today) == Period(date(2026, 10, 1), date(2026, 11, 21))
    assert quarter_named("2026-Q3", today) == QUARTER
    assert quarter_named("2027-Q1", today) is None
    assert quarter_named("2026-Q4", date(2026, 10, 1)) is None


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-07-01", "2026-09-30", ("2026-04-01", "2026-06-30")),
        # it still runs: fifty-two days are compared with fifty-two
        ("2026-10-01", "2026-11-21", ("2026-07-01", "2026-08-21")),
        ("2026-01-01", "2026-01-01", ("2025-10-01", "2025-10-01")),
        # one day short of ninety-two, after a quarter of ninety
        ("2026-07-01", "2026-09-29", ("2026-04-01", "2026-06-30")),
    ],
)
def test_a_quarter_is_compared_with_as_many_days_of_the_one_before(
    first: str, last: str, before: tuple[str, str]
) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    days = (date.fromisoformat(first), date.fromisoformat(last))
    review = Review(UUID(int=1), "", *days, None, "", now, None, (), ())
    assert review.before == Period(*map(date.fromisoformat, before))
