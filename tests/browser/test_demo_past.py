"""A first look at the overview of the demo shop shows weeks of tiers, as they were decided."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from deploy.demo.windows import APART_DAYS, NIGHTS
from tests.browser.console import Console

PROGRAMMES = ("value", "coffee")
#: Told at an instant that is neither a night of the past (half past three) nor of today.
_OUT_OF_TIME = """
SELECT count(*) FROM tier_history
WHERE business_instant < date_trunc('day', now(), 'UTC')
    AND (business_instant AT TIME ZONE 'UTC')::time <> '03:30'
"""


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_the_lines_of_tiers_have_a_point_for_every_night_and_today(
    console: Console, programme: str
) -> None:
    path = f"programmes/{programme}/distribution/history"
    points = console.ask("scoring", f"/v1/{path}")["points"]
    staged = [date.fromisoformat(point["date"]) for point in points if point["stages"]]
    *nights, today = staged
    assert len(nights) == NIGHTS
    assert {b - a for a, b in pairwise(nights)} == {timedelta(days=APART_DAYS)}
    assert today == nights[-1] + timedelta(days=1)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_some_rose_and_some_fell_in_thirty_days(console: Console, programme: str) -> None:
    since = datetime.now(UTC).date() - timedelta(days=30)
    found = console.ask("scoring", f"/v1/programmes/{programme}/migration?from={since}")
    moved = {(c["tier_from"], c["tier_to"]) for c in found["cells"] if c["tier_from"]}
    assert found["days"] == 30
    assert any((b, a) in moved for a, b in moved if a != b)


def test_the_key_figures_of_tiers_have_values(console: Console) -> None:
    items = {item["key"]: item for item in console.ask("feedback", "/v1/kpis")["items"]}
    for key in ("tier_upgrades", "tier_downgrades", "value_share_of_top_tier"):
        assert items[key]["actual"]["value"] > 0


def test_the_schedule_has_retrained_and_a_model_is_in_force(console: Console) -> None:
    statuses = [model["status"] for model in console.ask("scoring", "/v1/models")["items"]]
    assert len(statuses) >= 2
    assert statuses.count("live") == 1


def test_nothing_was_decided_by_another_clock_than_the_night_s(console: Console) -> None:
    assert console.query(_OUT_OF_TIME)[0][0] == 0
