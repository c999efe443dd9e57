"""While the database is away a read says so and when to come back."""

from tests.integration.scoring.conftest import Scoring


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
