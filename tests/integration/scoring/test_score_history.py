"""Past scores are computed as today's is, on the facts of their date."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from services.scoring.usecases.asking.score_history import month_ends
from tests.integration.scoring.conftest import Scoring

Body = dict[str, Any]


@pytest.fixture
async def regular(pool: asyncpg.Pool) -> str:
    """Somebody who bought on the most days."""
    found: str = await pool.fetchval(
        "SELECT c.customer_id FROM customer_day d JOIN customers c USING (profile_id)"
        " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
    )
    return found


async def history(scoring: Scoring, customer_id: str, query: str = "") -> Body:
    answer = await scoring.client.get(f"/v1/customers/{customer_id}/score/history{query}")
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


async def test_the_last_point_is_todays_score(scoring: Scoring, regular: str) -> None:
    last = (await history(scoring, regular))["points"][-1]
    score = (await scoring.client.get(f"/v1/customers/{regular}/score")).json()
    same = ("value", "low", "high", "probability_to_buy", "lifecycle")
    assert {name: last[name] for name in same} == {name: score[name] for name in same}
    assert last["on"] == score["business_date"]


async def test_later_purchases_do_not_change_the_past(
    scoring: Scoring, regular: str, pool: asyncpg.Pool
) -> None:
    before = (await history(scoring, regular, "?months=3"))["points"]
    await pool.execute("DELETE FROM customer_day WHERE business_date > $1", _day(before[0]))
    after = (await history(scoring, regular, "?months=3"))["points"]
    assert after[0] == before[0]
    assert after[-1]["value"] != before[-1]["value"]


async def test_the_tier_is_the_one_that_was_told(scoring: Scoring, regular: str) -> None:
    told = await scoring.tier(regular)
    points = (await history(scoring, regular, "?months=2"))["points"]
    assert points[-1]["tier"] == told["tier"]
    assert points[0]["tier"] is None


async def test_who_never_bought_has_points_without_amounts(
    scoring: Scoring, regular: str, pool: asyncpg.Pool
) -> None:
    await pool.execute("DELETE FROM customer_day")
    points = (await history(scoring, regular, "?months=1"))["points"]
    assert {each["value"] for each in points} == {None}
    assert {each["lifecycle"] for each in points} == {"prospect"}


@pytest.mark.parametrize("months", [0, 61, "many"], ids=str)
async def test_months_are_bounded(scoring: Scoring, regular: str, months: object) -> None:
    path = f"/v1/customers/{regular}/score/history?months={months}"
    assert (await scoring.client.get(path)).status_code == 422


async def test_a_stranger_has_no_history(scoring: Scoring) -> None:
    assert (await scoring.client.get("/v1/customers/nobody/score/history")).status_code == 404


def test_months_end_on_their_last_dates() -> None:
    found = month_ends(date(2024, 3, 31), 2)
    assert found == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)]


def _day(point: Body) -> date:
    return date.fromisoformat(point["on"])
