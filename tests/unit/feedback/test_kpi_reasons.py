from datetime import date

import pytest

from services.feedback.domain.kpis.definition import Text
from services.feedback.domain.kpis.definitions import BY_KEY
from services.feedback.domain.kpis.periods import Period
from services.feedback.domain.kpis.reasons import FUTURE, NEVER, NOTHING, SLOW, why_empty
from services.feedback.domain.kpis.report import Known, Series

TODAY = date(2026, 11, 22)


def november(first: int, last: int) -> Period:
    return Period(date(2026, 11, first), date(2026, 11, last))


def known(rolled_up_to: int | None, *, is_today_counted: bool = True) -> Known:
    day = None if rolled_up_to is None else date(2026, 11, rolled_up_to)
    return Known(TODAY, day, 2, is_today_counted)


@pytest.mark.parametrize(
    ("key", "dates", "then", "reason"),
    [
        ("csat", november(1, 22), known(None), NEVER),
        ("churn_rate", november(22, 22), known(None), NEVER),
        ("csat", november(22, 22), known(None), NOTHING),
        ("csat", november(22, 22), known(21, is_today_counted=False), SLOW),
        ("csat", november(23, 30), known(None), FUTURE),
        ("csat", november(1, 22), known(21), NOTHING),
        ("churn_rate", november(22, 22), known(21), NOTHING),
        ("churn_rate", november(20, 22), known(18), NOTHING),
    ],
)
def test_a_kpi_without_a_value_says_why(key: str, dates: Period, then: Known, reason: Text) -> None:
    assert why_empty(BY_KEY[key], dates, then) == reason


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("tier_upgrades", "Nobody had a tier 30 days before."),
        ("first_response_time", "No case was answered in these dates."),
        ("survey_response_rate", "No survey was sent in these dates."),
    ],
)
def test_what_is_not_there_is_named(key: str, said: str) -> None:
    assert why_empty(BY_KEY[key], november(1, 21), known(21))["en"] == said


@pytest.mark.parametrize("key", ["csat", "churn_rate"])
def test_nights_that_are_not_rolled_up_yet_are_not_called_empty(key: str) -> None:
    reason = why_empty(BY_KEY[key], november(19, 20), known(18))
    assert "2026-11-18" in reason["en"]
    assert "2026-11-18" in reason["zh"]


@pytest.mark.parametrize(
    ("dates", "then", "value"),
    [
        (november(1, 22), known(None), None),
        (november(19, 20), known(18), None),
        (november(22, 22), known(21, is_today_counted=False), None),
        (november(23, 30), known(21), None),
        (november(22, 22), known(None), 0.0),
        (november(1, 22), known(21), 0.0),
    ],
)
def test_a_total_is_zero_only_on_dates_that_were_counted(
    dates: Period, then: Known, value: float | None
) -> None:
    figure = Series(BY_KEY["new_customers"], "all", [], []).figure(dates, then)
    assert (figure and figure.value) == value
