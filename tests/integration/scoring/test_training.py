"""Training, promotion and the sweep over a whole base."""

import json
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from services.scoring.errors import CannotTrain, UnknownModel
from services.scoring.worker import Background, make_background
from shared import outbox
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import LAST_DAY, Purchase, buy, profile_id, write_customer
from tests.trained import NOW, no_report, platform_of, raw_pool

STORED = "SELECT profile_id, rank, since, lifecycle, score, state, answer FROM tier_current"


async def test_training_job_puts_its_model_into_force(
    scoring: Scoring, background: Background
) -> None:
    accepted = await scoring.client.post("/v1/models/train", json={})
    joined = await scoring.client.post("/v1/models/train", json={})
    assert accepted.status_code == 202
    assert joined.json()["job_id"] == accepted.json()["job_id"]
    assert await background.work_off()
    job = (await scoring.client.get(accepted.headers["Location"])).json()
    assert (job["status"], job["result"]["model_version"]) == ("done", f"{LAST_DAY}-2")
    answer = await scoring.tier("c-1")
    assert (answer["model_version"], answer["release"]) == (f"{LAST_DAY}-2", "r-2")
    models = (await scoring.client.get("/v1/models")).json()["items"]
    assert [(model["model_version"], model["live_in"]) for model in models] == [
        (f"{LAST_DAY}-2", ["value"]),
        (f"{LAST_DAY}-1", []),
    ]


async def test_an_older_model_can_be_promoted_again(
    scoring: Scoring, background: Background
) -> None:
    await background.trainer.train(no_report)
    promoted = await scoring.client.post(f"/v1/models/{LAST_DAY}-1/promote")
    assert promoted.status_code == 202
    assert await background.work_off()
    assert (await scoring.tier("c-1"))["model_version"] == f"{LAST_DAY}-1"
    assert (await scoring.client.post("/v1/models/nope/promote")).status_code == 404


async def test_unknown_model_is_refused_by_the_job_too(background: Background) -> None:
    with pytest.raises(UnknownModel):
        await background.trainer.promote("nope", no_report)


async def test_releases_before_the_last_three_are_forgotten(
    background: Background, pool: asyncpg.Pool
) -> None:
    for _ in range(3):
        await background.trainer.promote(f"{LAST_DAY}-1", no_report)
    kept = await pool.fetch("SELECT DISTINCT release_id FROM tier_current ORDER BY 1")
    assert [row[0] for row in kept] == [2, 3, 4]


async def test_a_shop_without_purchases_cannot_be_trained(database_url: str) -> None:
    async with raw_pool(database_url) as pool:
        trainer = make_background(pool, platform_of(database_url)).trainer
        with pytest.raises(CannotTrain, match="no purchases"):
            await trainer.train(no_report)


async def test_a_shop_of_one_day_is_told_what_is_missing(database_url: str) -> None:
    async with raw_pool(database_url) as pool:
        async with pool.acquire() as connection:
            await write_customer(connection, 1, [Purchase(LAST_DAY - timedelta(days=1), 100)])
        trainer = make_background(pool, platform_of(database_url)).trainer
        with pytest.raises(CannotTrain, match="42 days of history"):
            await trainer.train(no_report)


async def test_sweep_decides_what_a_read_would(shop_url: str, pool: asyncpg.Pool) -> None:
    """Carried on in bulk from the day before, or replayed for one customer: the same row."""
    later = (NOW + timedelta(days=40)).isoformat()
    for days in (1, 2, 40):
        at = (NOW + timedelta(days=days)).isoformat()
        assert await make_background(pool, platform_of(shop_url, at)).sweeper.sweep() == 400
    swept = await pool.fetch(STORED + " ORDER BY profile_id")
    timeline = await pool.fetch("SELECT * FROM tier_timeline ORDER BY profile_id, at")
    await pool.execute("DELETE FROM tier_current")
    await pool.execute("DELETE FROM tier_timeline")
    async with serving(shop_url, later) as scoring:
        names = [f"c-{index}" for index in range(400)]
        asked = await scoring.client.post("/v1/tiers/query", json={"customer_ids": names})
        assert asked.status_code == 200
    assert await pool.fetch(STORED + " ORDER BY profile_id") == swept
    assert await pool.fetch("SELECT * FROM tier_timeline ORDER BY profile_id, at") == timeline
    reasons = {row["reason"] for row in timeline}
    assert reasons == {"entered", "value_rise", "value_fall"}


async def test_sweep_makes_up_for_missed_nights_and_runs_once(
    shop_url: str, pool: asyncpg.Pool
) -> None:
    at = (NOW + timedelta(days=5)).isoformat()
    sweeper = make_background(pool, platform_of(shop_url, at)).sweeper
    assert (await sweeper.sweep(), await sweeper.sweep()) == (400, 0)
    levels = await pool.fetch("SELECT business_date, customers FROM base_levels ORDER BY 1")
    assert [row["business_date"] for row in levels] == [
        LAST_DAY + timedelta(days=days) for days in range(6)
    ]
    assert {row["customers"] for row in levels} == {400}


async def test_changed_customers_are_rescored_from_the_outbox(
    background: Background, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await buy(connection, 3, Purchase(LAST_DAY, 700))
        changed = {"profile_ids": [profile_id(3).hex, uuid4().hex]}
        await outbox.enqueue(connection, "customers_changed", changed)
    assert await background.deliver() is False
    assert await versions(pool, 3) == (2, 2)


async def test_rescore_route_decides_now(scoring: Scoring, pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        await buy(connection, 3, Purchase(LAST_DAY, 700))
    body = {"profile_ids": [str(profile_id(3))]}
    assert (await scoring.client.post("/internal/rescore", json=body)).json() == {"asked": 1}
    assert await versions(pool, 3) == (2, 2)
    refused = await scoring.client.post("/internal/rescore", json={"profile_ids": ["x"]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/profile_ids/0"


async def versions(pool: asyncpg.Pool, index: int) -> tuple[int, int]:
    """Read the version of a customer's facts and the one last decided."""
    row = await pool.fetchrow(
        "SELECT version, decided_version FROM customers JOIN tier_current USING (profile_id)"
        " WHERE profile_id = $1",
        profile_id(index),
    )
    return row["version"], row["decided_version"]


async def test_model_is_stored_with_its_figures(pool: asyncpg.Pool) -> None:
    row = await pool.fetchrow("SELECT * FROM models JOIN evaluations USING (model_version)")
    assert row["manifest"]["parity"] <= 1e-9
    assert row["signature"] == row["artefact"].partition(b"\n")[0]
    assert 0 < row["metrics"]["gini"] < 1
    assert json.dumps(row["manifest"])
