"""`make run` with its demo shop: a first look at the overview shows weeks of tiers, as decided."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.demo.windows import APART_DAYS, NIGHTS
from tests.runner import Runner, four_free_ports, running

WITHIN_S = 900
PROGRAMMES = ("value", "coffee")
#: Told at an instant that is neither a night of the past (half past three) nor of today.
_OUT_OF_TIME = """
SELECT count(*) FROM tier_history
WHERE business_instant < date_trunc('day', now(), 'UTC')
    AND (business_instant AT TIME ZONE 'UTC')::time <> '03:30'
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    with running(tmp_path_factory.mktemp("past"), four_free_ports(), DEMO="1") as started:
        started.wait_ready(WITHIN_S)
        assert "incomplete" not in started.output
        yield started


def answer(stack: Runner, service: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = (
        httpx.get(
            f"{stack.env[f'{service}_URL']}/v1/{path}",
            headers={"Authorization": f"Bearer {stack.env['TIERLINE_ADMIN_KEY']}"},
            timeout=20,
            trust_env=False,
        )
        .raise_for_status()
        .json()
    )
    return found


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_the_lines_of_tiers_have_a_point_for_every_night_and_today(
    stack: Runner, programme: str
) -> None:
    path = f"programmes/{programme}/distribution/history"
    points = answer(stack, "SCORING", path)["points"]
    staged = [date.fromisoformat(point["date"]) for point in points if point["stages"]]
    *nights, today = staged
    assert len(nights) == NIGHTS
    assert {b - a for a, b in pairwise(nights)} == {timedelta(days=APART_DAYS)}
    assert today == nights[-1] + timedelta(days=1)


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_some_rose_and_some_fell_in_thirty_days(stack: Runner, programme: str) -> None:
    since = datetime.now(UTC).date() - timedelta(days=30)
    found = answer(stack, "SCORING", f"programmes/{programme}/migration?from={since}")
    moved = {(c["tier_from"], c["tier_to"]) for c in found["cells"] if c["tier_from"]}
    assert found["days"] == 30
    assert any((b, a) in moved for a, b in moved if a != b)


def test_the_key_figures_of_tiers_have_values(stack: Runner) -> None:
    items = {item["key"]: item for item in answer(stack, "FEEDBACK", "kpis")["items"]}
    for key in ("tier_upgrades", "tier_downgrades", "value_share_of_top_tier"):
        assert items[key]["actual"]["value"] > 0


def test_the_schedule_has_retrained_and_a_model_is_in_force(stack: Runner) -> None:
    statuses = [model["status"] for model in answer(stack, "SCORING", "models")["items"]]
    assert len(statuses) >= 2
    assert statuses.count("live") == 1


async def test_nothing_was_decided_by_another_clock_than_the_night_s(stack: Runner) -> None:
    connection = await asyncpg.connect(stack.env["DATABASE_URL"])
    try:
        assert await connection.fetchval(_OUT_OF_TIME) == 0
    finally:
        await connection.close()
