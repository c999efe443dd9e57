"""Of the erased, contacts keep their cost and answers their count; words and names go."""

from uuid import UUID

import asyncpg
import httpx
import pytest

from services.feedback.usecases.erase import purge_with
from shared import erasures
from shared.erasures import ErasedPerson
from shared.settings import PlatformSettings
from tests.integration.feedback.life_rows import forget_lives
from tests.integration.feedback.people_rows import add_person, forget_people

ANN = ErasedPerson(
    UUID(int=7),
    (UUID(int=1), UUID(int=2)),
    (("customer_id", "ann"), ("customer_id", "old-ann")),
)


@pytest.fixture(autouse=True)
async def shop(pool: asyncpg.Pool) -> None:
    """Ann before she was merged with old-ann."""
    await forget_people(pool)
    await forget_lives(pool)
    await add_person(pool, 1, "ann")
    await add_person(pool, 2, "old-ann")
    await pool.execute("INSERT INTO shop (base_currency, fixed_at) VALUES ('CNY', now())")


async def forget(pool: asyncpg.Pool, platform: PlatformSettings) -> dict[str, int]:
    """Erase Ann, her identifiers too, as ingest does."""
    async with pool.acquire() as connection, connection.transaction():
        asked = await erasures.ask_owners(connection, ANN, platform.secrets, after_s=0)
        await connection.execute("DELETE FROM identifiers")
        await connection.execute("UPDATE customers SET erased_at = now(), customer_id = NULL")
    await erasures.deliver(pool, "feedback", purge_with(platform.secrets), platform.secrets)
    return (await erasures.answers_in(pool, asked))["feedback"]


async def call(http: httpx.AsyncClient, customer_id: str) -> None:
    told = {
        "kind": "call",
        "customer": {"customer_id": customer_id},
        "subject": "Ann",
        "note": "Ann Lee called",
        "outcome": "ann-is-ill",
        "agent": "li.na",
        "cost": {"amount": "6.00", "currency": "CNY"},
    }
    assert (await http.post("/v1/interactions", json=told)).status_code == 201


async def test_words_of_a_contact_go_and_its_cost_stays(
    http: httpx.AsyncClient, pool: asyncpg.Pool, platform: PlatformSettings
) -> None:
    await call(http, "ann")
    assert (await forget(pool, platform))["interactions"] == 1
    row = await pool.fetchrow("SELECT * FROM interactions")
    assert (row["subject"], row["note"], row["outcome"]) == (None, None, None)
    assert (row["cost"], row["agent"]) == (600, "li.na")
    assert "ann" not in row["customer_id"]


async def test_both_answers_of_a_merged_person_still_count(
    http: httpx.AsyncClient, pool: asyncpg.Pool, platform: PlatformSettings
) -> None:
    await http.put("/v1/offers/coffee", json={"name": {"en": "A coffee", "zh": "咖啡"}})
    for name in ("ann", "old-ann"):
        answer = {"customer_id": name, "answer": "accepted"}
        assert (await http.post("/v1/offers/coffee/responses", json=answer)).status_code == 200
    assert (await forget(pool, platform))["offer_responses"] == 2
    rows = await pool.fetch("SELECT customer_id, answer FROM offer_responses")
    assert {row["answer"] for row in rows} == {"accepted"}
    assert len({row["customer_id"] for row in rows}) == 1


async def test_the_time_line_of_the_erased_is_gone(
    http: httpx.AsyncClient, pool: asyncpg.Pool, platform: PlatformSettings
) -> None:
    await call(http, "ann")
    assert (await http.get("/v1/customers/ann/timeline")).status_code == 200
    await forget(pool, platform)
    assert (await http.get("/v1/customers/ann/timeline")).status_code == 404
    assert (await http.get("/v1/interactions", params={"customer_id": "ann"})).json()["items"] == []
