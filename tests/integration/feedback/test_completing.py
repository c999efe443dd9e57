"""Tiers that scoring could not be asked for are found out from what it says it told."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.feedback.usecases.capture.completing import complete_unknown_tiers
from shared.clients.transport import RemoteUnavailable
from shared.clock import clock_from
from shared.identifiers import lookup_key
from shared.settings import PlatformSettings
from tests.integration.feedback.scoring import FakeScoring
from tests.integration.feedback.test_give import make_feedback, post

ANN, WINNER = UUID(int=1), UUID(int=2)
AFTER = "2026-11-22T03:00:00Z"
SAID = "2026-11-22T01:00:00Z"
DOCUMENT = {
    "kind": "status",
    "tiers": [{"key": "green"}, {"key": "gold", "name": {"en": "Gold", "zh": "金卡"}}],
}
PEOPLE = (
    "customers",
    "identifiers",
    "tier_history",
    "releases",
    "programme_versions",
    "programmes",
)
CARD = {"loyalty_account": "M-1"}


@pytest.fixture
async def shop(pool: asyncpg.Pool, platform: PlatformSettings) -> asyncpg.Pool:
    """A default programme in its third version; Ann has an id and a card."""
    for table in PEOPLE:
        await pool.execute(f"DELETE FROM {table}")
    await pool.execute("INSERT INTO programmes VALUES ('coffee', 'customer_facing', true, now())")
    await pool.execute(
        "INSERT INTO programme_versions (programme_key, version, status, document, created_at)"
        " VALUES ('coffee', 3, 'live', $1, now())",
        DOCUMENT,
    )
    await pool.execute(
        "INSERT INTO releases (release_id, programme_key, programme_version, model_version,"
        " reference_date, status, created_at)"
        " VALUES (17, 'coffee', 3, '2026-11-21-1', '2026-11-21', 'live', now())"
    )
    await add_person(pool, platform, ANN, customer_id="c-1", loyalty_account="M-1")
    return pool


async def add_person(
    pool: asyncpg.Pool, platform: PlatformSettings, profile_id: UUID, **named: str
) -> None:
    await pool.execute(
        "INSERT INTO customers (profile_id, customer_id, created_at, updated_at)"
        " VALUES ($1, $2, now(), now())",
        profile_id,
        named["customer_id"],
    )
    for kind, value in named.items():
        await pool.execute(
            "INSERT INTO identifiers (kind, lookup_key, profile_id, linked_at)"
            " VALUES ($1, $2, $3, now())",
            kind,
            lookup_key(platform.secrets, kind, value),
            profile_id,
        )


async def tell(pool: asyncpg.Pool, number: int, tier: str, at: str, profile_id: UUID = ANN) -> None:
    await pool.execute(
        "INSERT INTO tier_history (profile_id, history_id, programme_key, release_id,"
        " customer_version, business_instant, decided_at, tier_to, reason)"
        " VALUES ($1, $2, 'coffee', 17, 1, $3, $3, $4, 'spend')",
        profile_id,
        UUID(int=number),
        datetime.fromisoformat(at),
        tier,
    )


async def completed(pool: asyncpg.Pool, platform: PlatformSettings) -> asyncpg.Record:
    """Let the worker pass; give the feedback."""
    assert await complete_unknown_tiers(pool, clock_from(AFTER), platform.secrets) is False
    return await pool.fetchrow("SELECT * FROM feedback")


async def say(http: httpx.AsyncClient, scoring: FakeScoring, **changes: Any) -> None:
    scoring.error = RemoteUnavailable()
    answer = await post(http, make_feedback(**changes))
    assert (answer.status_code, answer.json()["is_tier_known"]) == (201, False)


@pytest.mark.parametrize("customer", [{"customer_id": "c-1"}, CARD], ids=["id", "card"])
async def test_the_tier_told_last_before_it_was_said_is_added(
    http: httpx.AsyncClient,
    shop: asyncpg.Pool,
    scoring: FakeScoring,
    platform: PlatformSettings,
    customer: dict[str, str],
) -> None:
    await tell(shop, 1, "green", "2026-11-01T00:00:00Z")
    await tell(shop, 2, "gold", "2026-11-20T00:00:00Z")
    await tell(shop, 3, "green", "2026-11-22T02:00:00Z")  # after it was said
    await say(http, scoring, customer=customer)
    row = await completed(shop, platform)
    assert (row["is_tier_known"], row["customer_id"]) == (True, "c-1")
    assert row["tier_held"] == {
        "programme": "coffee",
        "programme_version": 3,
        "tier": {"key": "gold", "rank": 1, "name": {"en": "Gold", "zh": "金卡"}},
        "model_version": "2026-11-21-1",
        "release": "r-17",
    }
    (item,) = (await http.get("/v1/feedback")).json()["items"]
    assert (item["tier_added_at"], item["received_at"]) == (AFTER, SAID)


async def test_a_merged_customer_held_what_the_winner_was_told(
    http: httpx.AsyncClient, shop: asyncpg.Pool, scoring: FakeScoring, platform: PlatformSettings
) -> None:
    await add_person(shop, platform, WINNER, customer_id="c-2")
    await shop.execute("UPDATE customers SET merged_into = $1 WHERE profile_id = $2", WINNER, ANN)
    await tell(shop, 1, "gold", "2026-11-20T00:00:00Z", WINNER)
    await say(http, scoring)
    row = await completed(shop, platform)
    assert (row["tier_held"]["tier"]["key"], row["customer_id"]) == ("gold", "c-1")


@pytest.mark.parametrize("customer", [{"customer_id": "c-1"}, {"customer_id": "stranger"}])
async def test_whoever_was_told_nothing_is_known_to_hold_nothing(
    http: httpx.AsyncClient,
    shop: asyncpg.Pool,
    scoring: FakeScoring,
    platform: PlatformSettings,
    customer: dict[str, str],
) -> None:
    await say(http, scoring, customer=customer)
    row = await completed(shop, platform)
    assert (row["is_tier_known"], row["tier_held"]) == (True, None)


async def test_the_erased_stay_unnamed_and_are_looked_for_once(
    http: httpx.AsyncClient, shop: asyncpg.Pool, scoring: FakeScoring, platform: PlatformSettings
) -> None:
    await tell(shop, 2, "gold", "2026-11-20T00:00:00Z")
    await say(http, scoring, customer=CARD)
    await shop.execute("DELETE FROM outbox")
    row = await completed(shop, platform)
    assert (row["is_tier_known"], row["customer_id"]) == (False, None)
    assert row["tier_added_at"] == datetime.fromisoformat(AFTER)


async def test_what_scoring_answered_is_left_alone(
    http: httpx.AsyncClient, shop: asyncpg.Pool, platform: PlatformSettings
) -> None:
    await post(http, make_feedback())
    row = await completed(shop, platform)
    assert (row["tier_held"]["programme"], row["tier_added_at"]) == ("value", None)
