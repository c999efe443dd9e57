"""A tier read reflects every acknowledged change, whoever decided last."""

import asyncio
from datetime import time, timedelta
from typing import Any

import asyncpg
import pytest

from services.scoring.queries.tiers.hot_tier import FRESH, Moment, fresh_answer
from services.scoring.queries.tiers.ready_statement import ReadyStatement
from shared.contracts.tier import TierAnswer
from tests.integration.scoring.conftest import Scoring, serving
from tests.shop_facts import LAST_DAY, Purchase, buy, profile_id, write_customer
from tests.trained import NOW

SOME_HIGH = "SELECT customer_id FROM tier_current JOIN customers USING (profile_id) WHERE rank = $1"


async def customer_of_rank(pool: asyncpg.Pool, rank: int) -> int:
    """Find a customer of a tier; give the index."""
    named: str = await pool.fetchval(SOME_HIGH + " ORDER BY customer_id LIMIT 1", rank)
    return int(named.removeprefix("c-"))


async def stored(pool: asyncpg.Pool, index: int) -> Any:
    """Read a customer's row of tier_current."""
    return await pool.fetchrow(
        "SELECT * FROM tier_current WHERE profile_id = $1", profile_id(index)
    )


async def test_answer_has_the_agreed_form(scoring: Scoring) -> None:
    answer = TierAnswer.model_validate(await scoring.tier("c-1"))
    assert (answer.customer_id, answer.known, answer.programme) == ("c-1", True, "value")
    assert answer.model_version == f"{LAST_DAY}-1"
    assert answer.release == "r-1"
    assert answer.as_of == NOW
    assert answer.reasons[0].code == "value_rank"


async def test_high_tier_holds_a_fifth_of_the_base(pool: asyncpg.Pool) -> None:
    counts = await pool.fetch("SELECT rank, count(*) FROM tier_current GROUP BY rank ORDER BY rank")
    assert [tuple(row) for row in counts] == [(0, 200), (1, 120), (2, 80)]


async def test_unknown_customer_has_the_entry_tier(scoring: Scoring) -> None:
    answer = await scoring.tier("nobody")
    assert (answer["known"], answer["lifecycle"]) == (False, "prospect")
    assert answer["tier"] == {"key": "low", "rank": 0, "name": {"en": "Standard", "zh": "普通"}}


async def test_customer_without_orders_is_a_known_prospect(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as connection:
        await write_customer(connection, 9000)
    answer = await scoring.tier("c-9000")
    assert (answer["known"], answer["lifecycle"], answer["status"]) == (True, "prospect", "held")
    assert await scoring.tier("c-9000") == answer


async def test_a_purchase_counts_in_the_next_answer(shop_url: str, pool: asyncpg.Pool) -> None:
    low, tomorrow = await customer_of_rank(pool, 0), NOW + timedelta(days=1)
    async with serving(shop_url, tomorrow.isoformat()) as scoring:
        assert (await scoring.tier(f"c-{low}"))["tier"]["key"] == "low"
        async with pool.acquire() as connection:
            for hour in range(9, 15):
                await buy(connection, low, Purchase(tomorrow.date(), 500_000, time(hour)))
        answer = await scoring.tier(f"c-{low}")
        assert answer["tier"]["key"] == "high"
        assert answer["since"] == f"{tomorrow.date()}T14:00:00Z"
        told = (await scoring.client.get(f"/v1/customers/c-{low}/tier/history")).json()["items"]
        assert [item["reason"] for item in told] == ["value_rise", "first_decision"]


async def test_a_decision_is_stored_and_looked_up_afterwards(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    async with pool.acquire() as connection:
        await buy(connection, 3, Purchase(LAST_DAY, 100))
    moment = Moment(NOW, LAST_DAY)
    fresh = ReadyStatement(pool, FRESH, size=1)
    before = await fresh_answer(fresh, "c-3", "value", moment)
    answer = await scoring.tier("c-3")
    after = await fresh_answer(fresh, "c-3", "value", moment)
    assert before is not None
    assert before.answer is None
    assert after is not None
    assert after.answer is not None
    assert answer == await scoring.tier("c-3")
    await fresh.close()


async def test_a_pin_version_makes_the_answer_stale(scoring: Scoring, pool: asyncpg.Pool) -> None:
    await pool.execute("INSERT INTO customer_controls VALUES ($1, 4)", profile_id(3))
    await scoring.tier("c-3")
    assert (await stored(pool, 3))["decided_control_version"] == 4


async def test_facts_after_the_business_date_are_invisible(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    before = await scoring.tier("c-3")
    async with pool.acquire() as connection:
        await buy(connection, 3, Purchase(LAST_DAY + timedelta(days=1), 900_000))
    assert await scoring.tier("c-3") == before


async def test_a_newer_stored_decision_is_not_overwritten(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await pool.execute(
        "UPDATE tier_current SET decided_version = 99, tier_key = 'kept' WHERE profile_id = $1",
        profile_id(3),
    )
    answer = await scoring.tier("c-3")
    assert answer["known"] is True
    assert (await stored(pool, 3))["tier_key"] == "kept"


async def test_concurrent_readers_of_a_change_write_one_history_row(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    low = await customer_of_rank(pool, 0)
    async with pool.acquire() as connection:
        for _ in range(6):
            await buy(connection, low, Purchase(LAST_DAY, 500_000))
    answers = await asyncio.gather(*(scoring.tier(f"c-{low}") for _ in range(8)))
    assert {answer["since"] for answer in answers} == {answers[0]["since"]}
    told = await pool.fetchval(
        "SELECT count(*) FROM tier_history WHERE profile_id = $1", profile_id(low)
    )
    assert told == 2


async def test_merged_customer_answers_for_the_winner(scoring: Scoring, pool: asyncpg.Pool) -> None:
    await pool.execute(
        "UPDATE customers SET merged_into = $1 WHERE profile_id = $2", profile_id(5), profile_id(4)
    )
    assert await scoring.tier("c-4") == await scoring.tier("c-5")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/customers/c-1/tier?programme=nope", 404),
        ("/v1/customers/c-1/tier?programme=value&programme=x", 422),
        ("/v1/customers/c-1/tier?programme=value", 200),
        ("/v1/customers/%20c-1/tier", 404),
        ("/v1/customers/c%2F1/tier", 404),
        ("/v1/customers/%00/tier", 400),
    ],
)
async def test_status_of_odd_questions(scoring: Scoring, path: str, status: int) -> None:
    assert (await scoring.client.get(path)).status_code == status


async def test_a_key_without_the_scope_or_none_is_refused(scoring: Scoring) -> None:
    path = "/v1/customers/c-1/tier"
    refused = await scoring.client.get(path, headers={"Authorization": "Bearer tl_sk_x"})
    assert refused.status_code == 401
    assert refused.json()["type"].endswith("/unauthenticated")


async def test_without_a_release_everybody_has_the_entry_tier(
    database_url: str,
) -> None:
    async with serving(database_url) as empty:
        connection = await asyncpg.connect(database_url, ssl=False)
        await write_customer(connection, 1, [Purchase(LAST_DAY, 100)])
        await connection.close()
        answer = await empty.tier("c-1")
        assert (answer["known"], answer["release"], answer["model_version"]) == (True, None, None)
        assert answer["reasons"][0]["code"] == "no_model_yet"
        assert (await empty.tier("nobody"))["known"] is False
        assert (await empty.client.get("/v1/customers/c-1/score")).status_code == 409
