"""After an erasure no stored answer names the person, however late it was written."""

import json
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.ingest.usecases.privacy.erase import erase
from services.scoring.domain.webhooks.records import Wish
from services.scoring.domain.webhooks.signing import secret_of
from services.scoring.queries.telling.webhook_endpoints import add_endpoint
from services.scoring.usecases.erase import forget_again, purge_with
from services.scoring.usecases.webhooks.courier import Courier
from services.scoring.usecases.webhooks.post_room import SEALED_AS, PostRoom
from services.scoring.worker import Background
from shared import erasures
from tests.erasures import erasing
from tests.integration.scoring.conftest import Scoring
from tests.receivers import receiving
from tests.trained import platform_of

NAMED = "SELECT count(*) FROM tier_current WHERE position($1 IN convert_from(answer, 'UTF8')) > 0"
ASK = """
INSERT INTO erasures (erasure_id, profile_id, requested_by, reason, requested_at)
SELECT $1, profile_id, 'tests', '', now() FROM customers WHERE customer_id = $2
"""
PIN = """
INSERT INTO pins (profile_id, pin_id, programme_key, mode, tier_key, reason, control_version,
    starts_at)
SELECT profile_id, gen_random_uuid(), 'value', 'floor', 'high', 'a word', 1, now() FROM customers
WHERE customer_id = $1
"""


@pytest.fixture
async def customer_id(pool: asyncpg.Pool) -> str:
    """Somebody whose id is no part of another's."""
    found: str = await pool.fetchval(
        "SELECT customer_id FROM customers JOIN tier_current USING (profile_id)"
        " WHERE customer_id IS NOT NULL ORDER BY length(customer_id) DESC, customer_id LIMIT 1"
    )
    return found


async def begin(pool: asyncpg.Pool, url: str, customer_id: str) -> UUID:
    erasure_id = uuid4()
    await pool.execute(ASK, erasure_id, customer_id)
    await erase(erasing(pool, platform_of(url)), erasure_id)
    return erasure_id


async def forget(pool: asyncpg.Pool, background: Background) -> None:
    purge = purge_with(background.decider, background.catalog)
    await erasures.deliver(pool, "scoring", purge, background.secrets)


async def test_answers_and_words_go_and_the_tier_stays_nobodys(
    scoring: Scoring, pool: asyncpg.Pool, background: Background, customer_id: str
) -> None:
    await pool.execute(PIN, customer_id)
    assert (await scoring.tier(customer_id))["known"]
    assert await pool.fetchval(NAMED, f'"{customer_id}"') == 1
    history = await pool.fetchval("SELECT count(*) FROM tier_history")
    erasure_id = await begin(pool, scoring.url, customer_id)
    await forget(pool, background)
    assert await pool.fetchval(NAMED, f'"{customer_id}"') == 0
    assert not (await scoring.tier(customer_id))["known"]
    assert await pool.fetchval("SELECT reason FROM pins") == ""
    assert await pool.fetchval("SELECT count(*) FROM tier_history") >= history
    asked = await pool.fetchval(
        "SELECT receipt -> 'asked' FROM erasures WHERE erasure_id = $1", erasure_id
    )
    assert await erasures.answers_in(pool, asked) == {"scoring": {"pins": 1}}


async def test_an_answer_of_before_that_is_stored_late_is_forgotten_again(
    scoring: Scoring, pool: asyncpg.Pool, background: Background, customer_id: str
) -> None:
    await scoring.tier(customer_id)
    rows = await pool.fetch(
        "SELECT t.* FROM tier_current t JOIN customers USING (profile_id) WHERE customer_id = $1",
        customer_id,
    )
    await begin(pool, scoring.url, customer_id)
    await forget(pool, background)
    await pool.execute("DELETE FROM tier_current WHERE profile_id = $1", rows[0]["profile_id"])
    await pool.copy_records_to_table(
        "tier_current", records=[tuple(row) for row in rows], columns=list(rows[0].keys())
    )
    assert await pool.fetchval(NAMED, f'"{customer_id}"') == 1
    await forget_again(pool, background.decider, background.catalog)
    assert await pool.fetchval(NAMED, f'"{customer_id}"') == 0


async def test_what_was_announced_of_a_person_goes_with_its_deliveries(
    scoring: Scoring, pool: asyncpg.Pool, background: Background, customer_id: str
) -> None:
    async with receiving() as receiver:
        room = PostRoom(pool, Courier(allows_private=True), background.secrets)
        wish = Wish(receiver.url, ["tier.changed"], ["value"], "")
        async with pool.acquire() as connection:
            sealed = background.secrets.encrypt_identifier(SEALED_AS, secret_of(bytes(32)))
            await add_endpoint(connection, uuid4(), wish, sealed)
        await pool.execute("UPDATE tier_history SET tier_to = 'none'")
        await pool.execute("DELETE FROM tier_current")
        for asked in (customer_id, "c-1"):
            await scoring.tier(asked)
        await room.spread()
        await room.deliver()
        await room.finish()
    told = [json.loads(message.body)["data"]["customer_id"] for message in receiver.taken]
    assert sorted(told) == sorted([customer_id, "c-1"])
    await begin(pool, scoring.url, customer_id)
    await forget(pool, background)
    for table in ("announcements", "webhook_deliveries"):
        assert await pool.fetchval(f"SELECT count(*) FROM {table}") == 1
