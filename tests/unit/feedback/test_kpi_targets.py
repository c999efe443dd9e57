from datetime import date

import pytest

from services.feedback.domain.kpis.definitions import BY_KEY
from services.feedback.domain.kpis.figures import Daily, Figure, figure_of
from services.feedback.domain.kpis.periods import Period, period_named
from services.feedback.domain.kpis.targets import Status, faults_in, status_of

NOVEMBER = period_named("2026-11")
OVER, RUNNING, BEFORE = date(2026, 12, 1), date(2026, 11, 16), date(2026, 10, 31)


@pytest.mark.parametrize(
    ("key", "target", "actual", "today", "status"),
    [
        ("csat", 0.8, 0.8, RUNNING, Status.ON_TRACK),
        ("csat", 0.8, 0.79, RUNNING, Status.BEHIND),
        ("csat", 0.8, 0.79, OVER, Status.MISSED),
        ("csat", 0.8, 0.81, OVER, Status.ON_TRACK),
        ("csat", 0.8, None, OVER, Status.NO_DATA),
        ("csat", 0.8, 0.9, BEFORE, Status.NO_DATA),
        ("churn_rate", 0.2, 0.2, RUNNING, Status.ON_TRACK),
        ("churn_rate", 0.2, 0.21, OVER, Status.MISSED),
        # 15 of 30 days are over on the 16th
        ("new_customers", 100, 50, RUNNING, Status.ON_TRACK),
        ("new_customers", 100, 49, RUNNING, Status.BEHIND),
        ("new_customers", 100, 99, OVER, Status.MISSED),
        ("new_customers", 100, 0, date(2026, 11, 1), Status.ON_TRACK),
    ],
)
def test_status(key: str, target: float, actual: float | None, today: date, status: Status) -> None:
    figure = Figure(actual, 0, 1)
    assert status_of(BY_KEY[key], target, NOVEMBER, figure, today) is status


def test_nothing_known_is_no_data() -> None:
    period = Period(RUNNING, RUNNING)
    assert status_of(BY_KEY["csat"], 0.8, period, None, OVER) is Status.NO_DATA


@pytest.mark.parametrize(
    ("asked", "pointers"),
    [
        (("csat", "all", "2026-11", 0.8), []),
        (("csat", "tier:value:high", "2026", 1.0), []),
        (("tier_upgrades", "programme:coffee", "2026-Q1", 0.1), []),
        (("nps", "channel:web", "2026-W05", -100.0), []),
        (("happiness", "all", "2026", 1.0), ["/kpi"]),
        (("tier_distribution", "tier:value:high", "2026", 0.2), ["/kpi"]),
        (("aov", "shelf:3", "2026", 1.0), ["/slice"]),
        (("new_customers", "tier:value:high", "2026", 1.0), ["/slice"]),
        # two words name no tier: nothing would ever be measured against it
        (("csat", "tier:value", "2026", 0.8), ["/slice"]),
        (("csat", "all", "1000", 0.8), ["/period"]),
        (("csat", "all", "2026", 80.0), ["/value"]),
        (("csat", "all", "next year", 0.8), ["/period"]),
        (("csat", "all", "2026-13", 8.0), ["/value", "/period"]),
    ],
)
def test_a_target_that_makes_no_sense_is_refused_with_a_place(
    asked: tuple[str, str, str, float], pointers: list[str]
) -> None:
    assert [fault.pointer for fault in faults_in(*asked)] == pointers


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("new_customers", "Write all"),
        ("csat", "Write all or tier:<programme>:<tier> or channel:<channel>"),
        ("tier_migration", "Neither way is better: it has no target"),
        ("tier_upgrades", "Write all or programme:<programme>"),
    ],
)
def test_a_wrong_slice_is_answered_with_those_there_are(key: str, sentence: str) -> None:
    assert [each.message for each in faults_in(key, "shelf:3", "2026", 0.5)] == [sentence]


@pytest.mark.parametrize(
    ("key", "fraction", "decimals", "target", "status"),
    [
        # 1250 fen are 12.50 yuan, 1250 yen are 1250 yen: targets are in what people say
        ("aov", (1250, 1), 2, 12.5, Status.ON_TRACK),
        ("aov", (1250, 1), 2, 12.51, Status.MISSED),
        ("aov", (1250, 1), 0, 1250, Status.ON_TRACK),
        ("cost_to_serve", (500, 2), 2, 2.5, Status.ON_TRACK),
        ("cost_to_serve", (500, 2), 2, 2.4, Status.MISSED),
        # shares are fractions, points of NPS are points
        ("repeat_rate", (1, 2), 2, 0.5, Status.ON_TRACK),
        ("nps", (1, 2), 2, 50, Status.ON_TRACK),
        ("nps", (1, 2), 2, 50.1, Status.MISSED),
        ("spend_growth", (11, 10), 2, 0.1, Status.ON_TRACK),
        ("spend_growth", (11, 10), 2, 0.11, Status.MISSED),
    ],
)
def test_a_target_is_in_the_unit_of_its_kpi(
    key: str, fraction: tuple[int, int], decimals: int, target: float, status: Status
) -> None:
    day = Daily(NOVEMBER.last, key, "all", *fraction)
    actual = figure_of(BY_KEY[key], [day], decimals)
    assert status_of(BY_KEY[key], target, NOVEMBER, actual, OVER) is status
