"""Whom an experiment can meet: the days it runs, and the contacts that are paid for in them."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.feedback.domain.experiments.population import Purse, met_beside, payable, run_of

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 22, 17, tzinfo=UTC)  # the 23rd in the shop
TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("changes", "run"),
    [
        ({}, (TODAY, date(2026, 12, 6))),
        ({"starts_at": "2026-12-01T00:00:00Z"}, (date(2026, 12, 1), date(2026, 12, 14))),
        ({"starts_at": "2026-11-01T00:00:00Z"}, (TODAY, date(2026, 12, 6))),
        ({"ends_at": "2026-11-25T00:00:00Z"}, (TODAY, date(2026, 11, 25))),
        ({"design": {"sequential": None, "fixed": {"days": 1}}}, (TODAY, TODAY)),
    ],
    ids=["now", "later", "since", "until", "one_day"],
)
def test_run_goes_by_the_days_of_the_shop(changes: dict[str, Any], run: tuple[date, date]) -> None:
    design = {"sequential": {"days": 14}, "fixed": None}
    assert run_of({"design": design, **changes}, NOW, ZONE) == run


@pytest.mark.parametrize(
    ("purse", "run", "contacts"),
    [
        (Purse(1000, 1000, 0), (TODAY, TODAY), None),
        (Purse(1000, 1000, 300), (TODAY, TODAY), 3),
        (Purse(1000, 500, 300), (TODAY, TODAY), 1),
        (Purse(1000, -5, 300), (TODAY, TODAY), 0),
        (Purse(1000, 500, 300), (TODAY, date(2027, 1, 1)), 1 + 3 + 3),
        (Purse(1000, 0, 300), (date(2027, 11, 1), date(2027, 11, 30)), 3),
    ],
    ids=["free", "full", "left", "overspent", "three_months", "same_month_next_year"],
)
def test_budget_pays_for_contacts_month_by_month(
    purse: Purse, run: tuple[date, date], contacts: int | None
) -> None:
    assert payable(purse, TODAY, run) == contacts


@pytest.mark.parametrize(("held_out", "met"), [(500, 20), (200, 13), (900, 100)])
def test_hold_out_is_met_beside_who_is_contacted(held_out: int, met: int) -> None:
    arms = [{"key": "a", "share": 1000 - held_out}, {"key": "control", "share": held_out}]
    assert met_beside(10, {"arms": arms}) == met
