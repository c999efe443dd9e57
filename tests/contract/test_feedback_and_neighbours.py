"""Feedback with the real scoring and the real ingest beside it: present, and away."""

from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from services.feedback.worker import loops
from shared.db import Limits, create_raw_pool
from shared.settings import PlatformSettings
from tests.contract.live import SERVICES, admin_key, platform_at, running

CUSTOMER = {"customer_id": "c-1", "loyalty_account": "M-1"}
EVENT = {
    "event_id": "e-1",
    "type": "page_viewed",
    "occurred_at": "2026-11-21T12:00:00Z",
    "customer": CUSTOMER,
}
COMPLAINT = {"kind": "complaint", "text": "cold", "customer": {"loyalty_account": "M-1"}}


@dataclass(frozen=True, slots=True)
class Shop:
    """One database, a key for everything, and where the services are."""

    settings: PlatformSettings
    key: str

    def call(self, url: str, path: str, body: object) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.key}"}
        answer = httpx.post(f"{url}{path}", json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        document: dict[str, Any] = answer.json()
        return document

    def with_urls(self, **urls: str) -> PlatformSettings:
        return self.settings.model_copy(update=urls)


@pytest.fixture
def shop(database_url: str) -> Shop:
    key = admin_key(database_url)
    settings = platform_at(database_url).model_copy(update={"tierline_service_key": SecretStr(key)})
    return Shop(settings, key)


async def run_once(settings: PlatformSettings, name: str = "feedback.relay") -> None:
    async with loops(settings) as found:
        (loop,) = (each for each in found if each.name == name)
        await loop.run_once()


async def facts(settings: PlatformSettings) -> list[tuple[Any, ...]]:
    """Read what the facts say of feedback: how often, and how many complaints."""
    url = settings.database_url.get_secret_value()
    pool: asyncpg.Pool = await create_raw_pool(url, Limits("tests"), size=1)
    rows = await pool.fetch("SELECT feedback, complaints FROM customer_day WHERE feedback > 0")
    await pool.close()
    return [tuple(row) for row in rows]


async def test_a_complaint_is_stored_with_the_tier_and_counts_in_the_facts(shop: Shop) -> None:
    with (
        running(SERVICES["ingest"](shop.settings)) as ingest,
        running(SERVICES["scoring"](shop.settings)) as scoring,
    ):
        shop.call(ingest, "/v1/events", {"events": [EVENT]})
        settings = shop.with_urls(ingest_url=ingest, scoring_url=scoring)
        with running(SERVICES["feedback"](settings)) as feedback:
            answer = shop.call(feedback, "/v1/feedback", COMPLAINT)
        await _let_the_wait_pass(settings)
        await run_once(settings)
        await run_once(settings)
    assert (answer["customer_id"], answer["is_tier_known"]) == ("c-1", True)
    assert answer["tier_held"]["programme"] == "value"
    assert await facts(settings) == [(1, 1)]


async def test_what_is_said_while_all_are_away_counts_once_they_are_back(shop: Shop) -> None:
    with running(SERVICES["feedback"](shop.settings)) as feedback:
        answer = shop.call(feedback, "/v1/feedback", COMPLAINT)
    assert (answer["tier_held"], answer["is_tier_known"]) == (None, False)
    await run_once(shop.settings)
    with running(SERVICES["ingest"](shop.settings)) as ingest:
        settings = shop.with_urls(ingest_url=ingest)
        await _let_the_wait_pass(settings)
        await run_once(settings)
    assert await facts(settings) == [(1, 1)]


async def _let_the_wait_pass(settings: PlatformSettings) -> None:
    connection = await asyncpg.connect(settings.database_url.get_secret_value(), ssl=False)
    await connection.execute("UPDATE outbox SET due_at = now()")
    await connection.close()
