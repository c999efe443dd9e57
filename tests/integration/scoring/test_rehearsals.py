"""A draft of a value programme is simulated on today's base, and nobody's tier changes."""

from typing import Any

import asyncpg
import pytest

from services.scoring.worker import Background
from tests.integration.scoring.conftest import Scoring
from tests.programme_calls import Body, begin, draft, presets

STATE = "SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM tier_current t"


async def simulated(scoring: Scoring, background: Background, key: str, version: int) -> Body:
    path = f"/v1/programmes/{key}/versions/{version}"
    asked = await scoring.client.post(f"{path}/simulate", json={"months": 1})
    assert asked.status_code == 202, asked.text
    assert await background.work_off()
    told: dict[str, Any] = (await scoring.client.get(f"{path}/simulation")).json()
    assert told["status"] == "done", told
    result: Body = told["result"]
    return result


def customers(result: Body) -> dict[str, int]:
    return {each["tier"]: each["customers"] for each in result["tiers"]}


async def test_a_smaller_top_tier_is_told_with_who_leaves_it(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    value = (await presets(scoring))["value"]
    value["tiers"][0] |= {"enter_share": 0.1, "leave_share": 0.12}
    await draft(scoring, "value", value)
    before = await pool.fetchval(STATE)
    told = await simulated(scoring, background, "value", 2)
    assert await pool.fetchval(STATE) == before
    assert (told["in_force"], told["version"], told["customers"]) == (1, 2, 400)
    moved = {(m["from"], m["to"]): m["customers"] for m in told["migration"]}
    assert told["losing"]["customers"] == moved["high", "mid"] > 0
    assert customers(told)["high"] == moved["high", "high"] < told["customers"] / 5
    largest = told["losing"]["largest"]
    spent = [float(each["spend_12_months"]) for each in largest]
    assert spent == sorted(spent, reverse=True)
    assert {(each["from"], each["to"]) for each in largest} == {("high", "mid")}
    assert all(each["customer_id"].startswith("c-") for each in largest)
    assert 0 < told["top_tier"]["share_by_model"] <= 1
    held, would = (each["value"][2]["share"] for each in (told["before"], told))
    assert told["top_tier"]["share_of_customers"] < would < held < 1


async def test_a_larger_top_tier_is_told_with_who_enters_it(
    scoring: Scoring, background: Background
) -> None:
    value = (await presets(scoring))["value"]
    value["tiers"][0] |= {"enter_share": 0.4, "leave_share": 0.45}
    await draft(scoring, "value", value)
    rising = (await simulated(scoring, background, "value", 2))["rising"]
    assert rising["customers"] > 0
    assert {(each["from"], each["to"]) for each in rising["largest"]} == {("mid", "high")}
    assert all(each["customer_id"].startswith("c-") for each in rising["largest"])


async def test_the_same_version_changes_nothing(scoring: Scoring, background: Background) -> None:
    told = await simulated(scoring, background, "value", 1)
    assert told["losing"]["customers"] == 0
    assert {(m["from"], m["to"]) for m in told["migration"]} == {
        (tier, tier) for tier in ("high", "mid", "low")
    }
    assert await simulated(scoring, background, "value", 1) == told


@pytest.mark.parametrize("key", ["pg", "abc", "high-mid-low"])
async def test_classes_are_simulated_before_anybody_has_one(
    scoring: Scoring, background: Background, key: str, pool: asyncpg.Pool
) -> None:
    document = (await presets(scoring))[key]
    await begin(scoring, key, document)
    told = await simulated(scoring, background, key, 1)
    assert sum(customers(told).values()) == told["customers"] == 400
    assert {move["from"] for move in told["migration"]} == {None}
    statement = "SELECT count(*) FROM tier_current WHERE programme_key = $1"
    assert await pool.fetchval(statement, key) == 0


async def test_without_a_model_there_is_nothing_to_simulate_with(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await pool.execute("DELETE FROM live_releases")
    answer = await scoring.client.post("/v1/programmes/value/versions/1/simulate", json={})
    assert answer.json()["type"].rpartition("/")[2] == "no_model_yet"
