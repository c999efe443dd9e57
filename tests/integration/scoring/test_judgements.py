"""A new model is compared with what people decided about disputed tiers."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg

from services.scoring.worker import Background
from tests.integration.scoring.conftest import Scoring
from tests.shop_facts import profile_id
from tests.trained import NOW, no_report

LABEL = """
INSERT INTO tier_labels (label_id, case_id, customer_id, programme_key, tier_held, tier_judged,
    decision, reason, decided_by, decided_at, ends_at, pin_state, round)
VALUES ($1, $2, $3, 'value', $4, $5, 'raise', 'because', 'desk', $6, $7, 'none', 0)
"""


async def judge(
    pool: asyncpg.Pool,
    customer_id: str,
    held: str,
    judged: str,
    *,
    at: datetime = NOW - timedelta(days=1),
    ends_at: datetime | None = None,
) -> None:
    await pool.execute(LABEL, uuid4(), uuid4(), customer_id, held, judged, at, ends_at)


async def tiers_now(scoring: Scoring, count: int) -> dict[str, str]:
    names = [f"c-{number}" for number in range(count)]
    return {name: (await scoring.tier(name))["tier"]["key"] for name in names}


async def retrained(background: Background, scoring: Scoring) -> dict[str, Any]:
    version = (await background.trainer.train(no_report))["model_version"]
    answer = await scoring.client.get(f"/v1/models/{version}/backtest")
    body: dict[str, Any] = answer.json()
    return body


async def test_where_nobody_was_judged_nothing_is_claimed(
    background: Background, scoring: Scoring
) -> None:
    assert (await retrained(background, scoring))["judgements"] is None


async def test_agreement_is_counted_beside_the_live_model(
    background: Background, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    """Trained on the same facts again, both models name the same tiers."""
    tiers = await tiers_now(scoring, 40)
    high = next(name for name, tier in tiers.items() if tier == "high")
    low = next(name for name, tier in tiers.items() if tier == "low")
    await judge(pool, high, "low", "high")  # the model came round
    await judge(pool, low, "low", "high")  # it did not
    found = (await retrained(background, scoring))["judgements"]
    assert (found["programme"], found["customers"]) == ("value", 2)
    assert found["model"] == {"agree": 1, "nearer": 1, "farther": 0}
    assert found["live"] == found["model"]
    assert found["live_version"] is not None


async def test_only_the_last_word_that_still_holds_counts(
    background: Background, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await judge(pool, "c-1", "low", "high", at=NOW - timedelta(days=3))
    await judge(pool, "c-1", "low", "mid", at=NOW - timedelta(days=2))
    await judge(pool, "c-2", "low", "high", ends_at=NOW - timedelta(hours=1))
    await judge(pool, "c-3", "low", "high", at=NOW + timedelta(days=1))
    await judge(pool, "stranger", "low", "high")
    assert (await retrained(background, scoring))["judgements"]["customers"] == 1


async def test_who_was_merged_is_judged_as_the_winner_and_the_erased_not_at_all(
    background: Background, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await pool.execute(
        "UPDATE customers SET merged_into = $1 WHERE profile_id = $2", profile_id(5), profile_id(6)
    )
    await pool.execute(
        "UPDATE customers SET erased_at = now() WHERE profile_id = $1", profile_id(7)
    )
    for name in ("c-5", "c-6", "c-7"):
        await judge(pool, name, "low", "high")
    assert (await retrained(background, scoring))["judgements"]["customers"] == 1


async def test_the_page_shows_what_people_decided(
    background: Background, scoring: Scoring, pool: asyncpg.Pool
) -> None:
    await judge(pool, "c-1", "low", "high")
    version = (await retrained(background, scoring))["model_version"]
    page = await scoring.client.get(
        f"/v1/models/{version}/backtest", headers={"Accept": "text/html"}
    )
    assert "people&#x27;s decisions" in page.text
    assert "与人工裁定对比" in page.text
