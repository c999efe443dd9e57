"""A change of tier is announced in the transaction that writes it into history, and only then."""

import asyncio
import json
from typing import Any
from uuid import UUID

import asyncpg

from services.scoring.domain.tiers.programme import VALUE_KEY
from services.scoring.domain.webhooks.records import Due
from services.scoring.queries.tiers.hot_tier import Moment
from services.scoring.routes.contracts.webhook_messages import TierChanged
from services.scoring.worker import Background
from tests.integration.scoring.conftest import Scoring
from tests.shop_facts import LAST_DAY, Purchase, buy, profile_id
from tests.trained import CUSTOMERS, NOW, no_report

ANNOUNCED = "SELECT * FROM announcements WHERE kind = 'tier.changed' ORDER BY sequence"
FIRST = f"{LAST_DAY}-1"


async def announced(pool: asyncpg.Pool) -> list[dict[str, Any]]:
    return [dict(row) for row in await pool.fetch(ANNOUNCED)]


async def somebody_low(scoring: Scoring) -> int:
    for index in range(CUSTOMERS):
        if (await scoring.tier(f"c-{index}"))["tier"]["rank"] == 0:
            return index
    raise AssertionError("everybody stands above the entry tier")


async def test_first_release_is_not_announced(pool: asyncpg.Pool) -> None:
    assert await pool.fetchval("SELECT count(*) FROM tier_history") > 0
    assert await announced(pool) == []


async def test_rise_is_announced_once_with_both_tiers(scoring: Scoring, pool: asyncpg.Pool) -> None:
    index = await somebody_low(scoring)
    async with pool.acquire() as connection:
        await buy(connection, index, Purchase(LAST_DAY, 90_000_000))
    told = await scoring.tier(f"c-{index}")
    await scoring.tier(f"c-{index}")
    (row,) = await announced(pool)
    assert row["profile_id"] == profile_id(index)
    body = row["body"]
    assert body["to"] == {
        "key": "high",
        "rank": 2,
        "name": {"en": "High value", "zh": "高价值"},
    }
    assert (body["from"]["key"], body["from"]["rank"]) == ("low", 0)
    assert (body["programme"], body["reason"]) == ("value", "value_rise")
    assert body["valid_until"] is None
    assert row["at"] == NOW
    assert body["since"].replace("+00:00", "Z") == told["since"]
    assert f"c-{index}" not in json.dumps(body)
    fit = Due(UUID(int=1), row["announcement_id"], 1, 7, row["kind"], row["at"], body, "c-1")
    message = TierChanged.model_validate_json(fit.content())
    assert (message.sequence, message.data.customer_id, message.data.to.key) == (7, "c-1", "high")


async def test_new_customer_in_the_entry_tier_is_no_news(
    scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await pool.execute("DELETE FROM tier_history")
    await pool.execute("DELETE FROM tier_current")
    answers = [await scoring.tier(f"c-{index}") for index in range(50)]
    above = sorted(str(profile_id(i)) for i, a in enumerate(answers) if a["tier"]["rank"] > 0)
    rows = await announced(pool)
    assert sorted(str(row["profile_id"]) for row in rows) == above
    assert {row["body"]["from"] for row in rows} == {None}
    assert {row["body"]["reason"] for row in rows} == {"first_decision"}


STANDS_ELSEWHERE = """
SELECT profile_id FROM tier_current t JOIN live_releases l USING (programme_key, release_id)
WHERE tier_key <> 'mid'
"""


async def tell_everybody_mid(pool: asyncpg.Pool) -> None:
    await pool.execute("UPDATE tier_history SET tier_to = 'mid'")


async def moved(pool: asyncpg.Pool) -> tuple[set[object], set[object]]:
    """Who stands elsewhere than was told, and who was announced."""
    return (
        {row[0] for row in await pool.fetch(STANDS_ELSEWHERE)},
        {row["profile_id"] for row in await announced(pool)},
    )


async def test_release_announces_whom_it_moves(background: Background, pool: asyncpg.Pool) -> None:
    await tell_everybody_mid(pool)
    await background.trainer.promote(FIRST, no_report)
    elsewhere, told = await moved(pool)
    assert elsewhere == told
    assert 0 < len(told) < CUSTOMERS
    assert {row["body"]["reason"] for row in await announced(pool)} == {"release"}


async def test_rollback_announces_whom_it_moves(
    scoring: Scoring, background: Background, pool: asyncpg.Pool
) -> None:
    await background.trainer.train(no_report)
    await tell_everybody_mid(pool)
    await pool.execute("TRUNCATE announcements")
    await scoring.client.post("/v1/models/rollback", json={"reason": "too low"})
    assert await background.work_off()
    elsewhere, told = await moved(pool)
    assert elsewhere == told
    assert 0 < len(told) < CUSTOMERS


async def test_two_who_decide_at_once_announce_it_once(
    background: Background, pool: asyncpg.Pool
) -> None:
    await tell_everybody_mid(pool)
    async with pool.acquire() as connection:
        await buy(connection, 3, Purchase(LAST_DAY, 90_000_000))
    await background.catalog.programme_keys()  # as every way to a decision has read them
    deciding = [
        background.decider.answers([profile_id(3)], VALUE_KEY, Moment(NOW, LAST_DAY))
        for _ in range(2)
    ]
    await asyncio.gather(*deciding)
    assert len(await announced(pool)) == 1
