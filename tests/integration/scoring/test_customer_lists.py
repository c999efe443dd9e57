"""Customers are listed by worth or id, filtered, page by page, and written as CSV."""

from typing import Any

import asyncpg
import pytest

from services.scoring.domain.listing import Asked, first_place
from services.scoring.queries.conditions.written import Written
from services.scoring.queries.people.ladder import Ladder, write_walk
from tests.integration.scoring.conftest import Scoring

Body = dict[str, Any]
PATH = "/v1/customers/list"


async def page_of(scoring: Scoring, **asked: Any) -> Body:
    answer = await scoring.client.post(PATH, json=asked)
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


async def everybody(scoring: Scoring, **asked: Any) -> list[Body]:
    found: list[Body] = []
    cursor = None
    while True:
        page = await page_of(scoring, **asked, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.fixture
async def decided(scoring: Scoring, pool: asyncpg.Pool) -> list[str]:
    """The ids of all customers, everybody's tier decided."""
    rows = await pool.fetch("SELECT customer_id FROM customers WHERE merged_into IS NULL")
    names = [row["customer_id"] for row in rows]
    for start in range(0, len(names), 500):
        await scoring.client.post("/v1/tiers/query", json={"customer_ids": names[start:][:500]})
    return names


def values(items: list[Body]) -> list[float]:
    return [float(each["value"]["amount"]) for each in items if each["value"]]


async def test_everybody_is_listed_once_the_most_valuable_first(
    scoring: Scoring, decided: list[str]
) -> None:
    found = await everybody(scoring, limit=200)
    assert sorted(each["customer_id"] for each in found) == sorted(decided)
    assert values(found) == sorted(values(found), reverse=True)
    assert all(each["value"] is None for each in found[len(values(found)) :])


async def test_pages_by_id_hold_everybody_in_order(scoring: Scoring, decided: list[str]) -> None:
    found = await everybody(scoring, sort="customer_id", limit=150)
    assert [each["customer_id"] for each in found] == sorted(decided, key=str.encode)


async def test_a_listed_customer_is_told_as_their_score_tells(
    scoring: Scoring, decided: list[str]
) -> None:
    (first,) = (await page_of(scoring, limit=1))["items"]
    score = (await scoring.client.get(f"/v1/customers/{first['customer_id']}/score")).json()
    tier = await scoring.tier(first["customer_id"])
    assert first["value"] == score["value"]
    assert first["probability_to_buy"] == pytest.approx(score["probability_to_buy"], abs=1e-4)
    assert (first["tier"], first["lifecycle"]) == (tier["tier"], score["lifecycle"])


@pytest.mark.parametrize("sort", ["value", "customer_id"])
async def test_filters_hold_together(scoring: Scoring, decided: list[str], sort: str) -> None:
    asked: Body = {"tier": "mid", "lifecycle": "churned", "sort": sort, "limit": 100}
    found = await everybody(scoring, **asked)
    every = await everybody(scoring, limit=200)
    wanted = [e for e in every if e["tier"]["key"] == "mid" and e["lifecycle"] == "churned"]
    assert wanted
    key = "customer_id"
    assert sorted(each[key] for each in found) == sorted(each[key] for each in wanted)


@pytest.mark.parametrize("sort", ["value", "customer_id"])
async def test_values_lie_within_their_bounds(
    scoring: Scoring, decided: list[str], sort: str
) -> None:
    every = values(await everybody(scoring, limit=200))
    low, high = every[len(every) // 2], every[len(every) // 4]
    bounds = {"min_value": f"{low:.2f}", "max_value": f"{high:.2f}"}
    found = values(await everybody(scoring, **bounds, sort=sort, limit=200))
    # an amount on the bound itself is rounded; all the others are told by it
    assert len(found) == pytest.approx(sum(low <= each <= high for each in every), abs=2)


async def test_a_condition_is_asked_of_everybody(scoring: Scoring, decided: list[str]) -> None:
    condition = {"metric": {"name": "orders", "op": "gte", "value": 3, "last_days": 90}}
    found = await everybody(scoring, condition=condition, limit=100)
    counted = await scoring.client.post("/v1/segments/preview", json={"condition": condition})
    assert len(found) == counted.json()["matching"] > 0


async def test_a_segment_is_listed_by_worth(scoring: Scoring, decided: list[str]) -> None:
    condition = {"tier": {"programme": "value", "in": ["high"]}}
    name = {"en": "Best", "zh": "最佳"}
    body = {"key": "best", "name": name, "condition": condition}
    assert (await scoring.client.post("/v1/segments", json=body)).status_code == 201
    found = await everybody(scoring, segment="best", limit=100)
    assert {each["tier"]["key"] for each in found} == {"high"}
    assert len(found) == len(await everybody(scoring, tier="high", limit=200))


async def test_who_bought_last_before_a_date_is_listed(
    scoring: Scoring, decided: list[str]
) -> None:
    every = await everybody(scoring, limit=200)
    until = sorted(each["last_purchase"] for each in every if each["last_purchase"])[200]
    found = await everybody(scoring, bought_until=until, limit=200)
    assert found
    assert all(each["last_purchase"] <= until for each in found)


async def test_csv_holds_everybody_and_no_formula(
    scoring: Scoring, decided: list[str], pool: asyncpg.Pool
) -> None:
    await pool.execute(
        "UPDATE customers SET customer_id = '=1+1' WHERE customer_id = $1", decided[0]
    )
    answer = await scoring.client.post(f"{PATH}?format=csv", json={"limit": 1})
    lines = answer.text.splitlines()
    assert len(lines) == len(decided) + 1
    assert sum(line.startswith('"\'=1+1"') for line in lines) == 1


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"tier": "no-such-tier"}, "/tier"),
        ({"min_value": "1.999"}, "/min_value"),
        ({"cursor": "nonsense"}, "/cursor"),
        ({"cursor": "i.41", "sort": "value"}, "/cursor"),
        ({"limit": 201}, "/limit"),
        ({"lifecycle": "asleep"}, "/lifecycle"),
    ],
    ids=["tier", "amount", "cursor", "cursor of another order", "limit", "stage"],
)
async def test_what_cannot_be_asked_is_refused(scoring: Scoring, asked: Body, pointer: str) -> None:
    answer = await scoring.client.post(PATH, json=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("asked", [{"programme": "no"}, {"segment": "no"}], ids=str)
async def test_what_is_not_there_is_not_found(scoring: Scoring, asked: Body) -> None:
    assert (await scoring.client.post(PATH, json=asked)).status_code == 404


async def test_a_page_merges_pieces_of_the_index_and_sorts_nothing(
    decided: list[str], pool: asyncpg.Pool
) -> None:
    written = Written()
    ladder = Ladder("value", 1, 3, "value", 1)
    walk = write_walk(ladder, Asked(), first_place(by_value=True), 100, written)
    async with pool.acquire() as connection:
        # so small a shop is otherwise read whole
        await connection.execute("SET enable_sort = off; SET enable_seqscan = off")
        rows = await connection.fetch(f"EXPLAIN {walk}", *written.parameters)
    plan = "\n".join(row[0] for row in rows)
    assert "Merge Append" in plan
    assert "ix_tier_current_ladder" in plan
    assert "->  Sort" not in plan
