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
from tests.trained import CUSTOMERS, raw_pool

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
    names = [f"c-{index}" for index in EVERYBODY]
    tiers = await scoring.client.post("/v1/tiers/query", json={"customer_ids": names})
    for index, tier in zip(EVERYBODY, tiers.json()["answers"], strict=True):
        body = await explanation_of(scoring.client, index)
        score = (await scoring.client.get(f"/v1/customers/c-{index}/score")).json()
        log_score = body["score"]["log_score"]
        assert added_up(body) == pytest.approx(log_score, abs=1e-9)
        groups = sum(group["contribution"] for group in body["groups"])
        assert body["score"]["base"] + groups == pytest.approx(log_score, abs=1e-9)
        assert log_score == pytest.approx(math.log(score["season_free_score"] * level), abs=1e-9)
        assert body["score"]["value"] == score["value"]
        assert body["score"]["season_free_score"] == score["season_free_score"]
        assert (body["tier"]["tier"], body["tier"]["since"]) == (tier["tier"], tier["since"])
        assert (body["model_version"], body["release"]) == (tier["model_version"], tier["release"])


async def test_an_order_of_the_stated_amount_lifts_the_tier_and_one_unit_less_does_not(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    tried = 0
    for index in EVERYBODY[::8]:
        hint = (await explanation_of(scoring.client, index))["flip"]["up"]
        if hint is None or hint["order"] is None:
            continue
        before = (await scoring.tier(f"c-{index}"))["tier"]["rank"]
        minor = int(Decimal(hint["order"]["each"]["amount"]) * 100)
        assert minor % 100 == 0
        assert await rank_after(scoring, pool, index, minor - 100) == before
        risen = await rank_after(scoring, pool, index, minor)
        assert risen == hint["order"]["tier"]["rank"] > before
        tried += 1
    assert tried >= 10


async def rank_after(scoring: Scoring, pool: asyncpg.Pool, index: int, minor: int) -> int:
    """Tell the rank with one more order today of three lines, like all of the shop's; undo it."""
    async with pool.acquire() as connection:
        if minor:
            await buy(connection, index, Purchase(LAST_DAY, minor))
            await connection.execute(
                "UPDATE customer_day SET lines = lines + 2"
                " WHERE profile_id = $1 AND business_date = $2",
                profile_id(index),
                LAST_DAY,
            )
    rank: int = (await scoring.tier(f"c-{index}"))["tier"]["rank"]
    await undo(pool, index, minor)
    return rank


async def undo(pool: asyncpg.Pool, index: int, minor: int) -> None:
    if not minor:
        return
    who = profile_id(index)
    await pool.execute(
        "DELETE FROM orders WHERE (profile_id, order_key) IN (SELECT profile_id, order_key"
        " FROM orders WHERE profile_id = $1 AND business_date = $2 AND net = $3 LIMIT 1)",
        who,
        LAST_DAY,
        minor,
    )
    await pool.execute(
        "UPDATE customer_day SET net_booked = net_booked - $3, sales_net = sales_net - $3,"
        " orders = orders - 1, lines = lines - 3 WHERE profile_id = $1 AND business_date = $2",
        who,
        LAST_DAY,
        minor,
    )
    await pool.execute("UPDATE customers SET version = version + 1 WHERE profile_id = $1", who)


async def test_a_tier_falls_on_the_date_foretold_and_is_told_as_kept_until_then(
    shop_url: str, scoring: Scoring
) -> None:
    index, fall = await somebody_who_falls(scoring)
    on = datetime.fromisoformat(fall["on"]).date()
    assert LAST_DAY + timedelta(days=1) < on
    for day, rank in ((on - timedelta(days=1), None), (on, fall["tier"]["rank"])):
        now = datetime.combine(day, time(20)).isoformat() + "+00:00"
        async with serving(shop_url, now) as later:
            told = (await later.tier(f"c-{index}"))["tier"]["rank"]
            body = await explanation_of(later.client, index)
            assert body["tier"]["tier"]["rank"] == told
            if rank is None:
                assert told > fall["tier"]["rank"]
                assert body["tier"]["rests_on"] == "falling"
                assert body["tier"]["days_below"] == 2
                assert body["flip"]["down"]["on"] == fall["on"]
            else:
                assert told == rank


async def somebody_who_falls(scoring: Scoring) -> tuple[int, dict[str, Any]]:
    for index in EVERYBODY:
        fall = (await explanation_of(scoring.client, index))["flip"]["down"]
        if fall is not None and fall["on"] is not None:
            return index, fall
    raise AssertionError("nobody falls")


async def test_one_purchase_is_explained_with_low_confidence(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as connection:
        await write_customer(connection, 9001, [Purchase(LAST_DAY - timedelta(days=3), 2500)])
    body = await explanation_of(scoring.client, 9001)
    assert body["tier"]["is_low_confidence"]
    assert "only one purchase" in body["summary"]["en"]
    assert "仅有一次购买" in body["summary"]["zh"]
    assert added_up(body) == pytest.approx(body["score"]["log_score"], abs=1e-9)
    assert (await scoring.tier("c-9001"))["status"] == "provisional"


async def test_a_prospect_is_known_without_contributions(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as connection:
        await write_customer(connection, 9000)
    body = await explanation_of(scoring.client, 9000)
    assert (body["known"], body["score"], body["groups"]) == (True, None, [])
    assert (body["tier"]["rests_on"], body["tier"]["tier"]["key"]) == ("entry", "low")
    assert [reason["code"] for reason in body["reasons"]] == ["no_purchase_yet"]
    assert body["flip"]["down"] is None
    assert body["flip"]["up"]["text"]["en"].startswith("A first purchase of")


async def test_a_merged_customer_is_explained_as_the_winner(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as connection:
        loser = await write_customer(connection, 9002)
        await connection.execute(
            "UPDATE customers SET merged_into = $2 WHERE profile_id = $1", loser, profile_id(5)
        )
    merged, winner = [await explanation_of(scoring.client, index) for index in (9002, 5)]
    assert merged["customer_id"] == "c-5"
    assert merged | {"as_of": None} == winner | {"as_of": None}


async def test_an_unknown_customer_is_404(scoring: Scoring) -> None:
    answer = await scoring.client.get("/v1/customers/nobody/explanation")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no customer of that id."


async def test_an_unknown_programme_is_404_and_the_default_one_can_be_named(
    scoring: Scoring,
) -> None:
    path = "/v1/customers/c-2/explanation"
    answer = await scoring.client.get(path, params={"programme": "nothing"})
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "There is no programme of that key.",
    )
    named = (await scoring.client.get(path, params={"programme": "value"})).json()
    assert named | {"as_of": None} == await explanation_of(scoring.client, 2) | {"as_of": None}


async def test_without_a_model_there_is_nothing_to_explain(databases: Databases) -> None:
    with databases.temporary() as url:
        async with serving(url) as scoring, raw_pool(url) as pool, pool.acquire() as connection:
            await write_customer(connection, 1, [Purchase(LAST_DAY, 2500)])
            answer = await scoring.client.get("/v1/customers/c-1/explanation")
            assert answer.status_code == 409
            assert answer.json()["type"].endswith("no_model_yet")


async def test_money_is_told_in_the_shops_currency(scoring: Scoring, pool: asyncpg.Pool) -> None:
    await pool.execute("INSERT INTO shop VALUES (true, 'JPY', now())")
    body = await explanation_of(scoring.client, 2)
    assert body["score"]["value"]["currency"] == "JPY"
    assert "." not in body["score"]["value"]["amount"]
    assert "JPY" in body["summary"]["en"]
