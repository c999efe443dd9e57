"""When the schedule asks for a training."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.scoring.domain.life.retraining import Schedule, Situation, is_due, nothing_new

MONTHLY = Schedule(every_days=28, hour=3)
DUE = Situation(
    today=date(2026, 11, 29),
    hour=3,
    trained_until=date(2026, 11, 1),
    is_outdated=False,
    is_open=False,
    is_asked_today=False,
)


def test_model_of_four_weeks_is_due_in_the_quiet_hour() -> None:
    found = is_due(MONTHLY, DUE)
    assert found.asks
    assert "28 days ago" in found.because


@pytest.mark.parametrize(
    "changes",
    [
        {"hour": 2},
        {"hour": 4},
        {"today": date(2026, 11, 28)},
        {"today": date(2026, 10, 1)},
        {"trained_until": None},
        {"is_open": True},
        {"is_asked_today": True},
        {"is_outdated": True, "is_open": True},
        {"is_outdated": True, "is_asked_today": True},
    ],
)
def test_otherwise_it_is_not(changes: Any) -> None:
    assert not is_due(MONTHLY, replace(DUE, **changes)).asks


def test_model_that_this_version_cannot_load_is_replaced_at_once() -> None:
    daytime = replace(DUE, hour=14, today=date(2026, 11, 2), is_outdated=True)
    assert "feature definition" in is_due(MONTHLY, daytime).because


def test_zero_days_never_asks() -> None:
    assert not is_due(Schedule(0, 3), replace(DUE, is_outdated=True)).asks


def test_reasons_that_people_need_are_said() -> None:
    assert is_due(MONTHLY, replace(DUE, is_open=True)).because == "A training is under way."
    assert nothing_new(date(2026, 11, 1)).because.endswith("since 2026-11-01.")
