"""What is wrong is said: a database that is away, a model that cannot be loaded."""

import asyncpg

from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import LAST_DAY


async def test_read_and_readiness_say_503(scoring: Scoring) -> None:
    await scoring.tier("c-1")  # the key was seen valid and is honoured
    await scoring.app.state.desk.close()
    await scoring.app.state.pool.close()
    answer = await scoring.client.get("/v1/customers/c-1/tier")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json()["type"].endswith("/database_unavailable")
    batch = await scoring.client.post("/v1/tiers/query", json={"customer_ids": ["c-1"]})
    assert batch.status_code == 503
    ready = await scoring.client.get("/health/ready")
    assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")


async def test_readiness_names_the_model(scoring: Scoring) -> None:
    checks = (await scoring.client.get("/health/ready")).json()["checks"]
    assert {"name": "model", "state": "ok", "detail": f"{LAST_DAY}-1"} in checks


async def test_an_artefact_that_was_tampered_with_decides_nothing(
    shop_url: str, pool: asyncpg.Pool
) -> None:
    await pool.execute("UPDATE models SET artefact = artefact || ' '::bytea")
    await pool.execute("UPDATE customers SET version = version + 1")
    async with serving(shop_url) as scoring:
        assert (await scoring.client.get("/v1/customers/c-1/tier")).status_code == 503
        ready = await scoring.client.get("/health/ready")
        assert (ready.status_code, ready.json()["checks"][1]["state"]) == (503, "failed")


async def test_without_a_model_the_service_is_ready(database_url: str) -> None:
    async with serving(database_url) as scoring:
        ready = await scoring.client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
