"""Explanations over HTTP: they add up, agree with score and tier, and their what-ifs come true."""

import math
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import httpx
import pytest

from shared.contracts.explanation import ExplanationAnswer
from tests.databases import Databases
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import LAST_DAY, Purchase, buy, profile_id, write_customer
from tests.trained import CUSTOMERS

EVERYBODY = range(CUSTOMERS)


async def explanation_of(client: httpx.AsyncClient, index: int) -> dict[str, Any]:
    answer = await client.get(f"/v1/customers/c-{index}/explanation")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    ExplanationAnswer.model_validate(body)
    return body


def added_up(body: dict[str, Any]) -> float:
    features = [feature for group in body["groups"] for feature in group["features"]]
    total: float = body["score"]["base"] + sum(feature["contribution"] for feature in features)
    return total


async def test_every_explanation_adds_up_and_agrees_with_score_and_tier(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    level = await pool.fetchval("SELECT level FROM base_levels")
    for index in EVERYBODY:
        body = await explanation_of(scoring.client, index)
        score = (await scoring.client.get(f"/v1/customers/c-{index}/score")).json()
        tier = await scoring.tier(f"c-{index}")
        log_score = body["score"]["log_score"]
        assert added_up(body) == pytest.approx(log_score, abs=1e-9)
        groups = sum(group["contribution"] for group in body["groups"])
        assert body["score"]["base"] + groups == pytest.approx(log_score, abs=1e-9)
        assert log_score == pytest.approx(math.log(score["season_free_score"] * level), abs=1e-9)
        assert body["score"]["value"] == score["value"]
        assert body["score"]["season_free_score"] == score["season_free_score"]
        assert (body["tier"]["tier"], body["tier"]["since"]) == (tier["tier"], tier["since"])
        assert (body["model_version"], body["release"]) == (tier["model_version"], tier["release"])
