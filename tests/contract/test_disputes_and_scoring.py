"""A person's word on a disputed tier with the real scoring beside feedback: present, and away."""

from typing import Any

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from services.feedback.worker import loops
from shared.settings import PlatformSettings
from tests.contract.live import SERVICES, admin_key, platform_at, running

EVENT = {
    "event_id": "e-1",
    "type": "page_viewed",
    "occurred_at": "2026-11-21T12:00:00Z",
    "customer": {"customer_id": "c-1"},
}
DISPUTE = {"kind": "tier_dispute", "text": "I spent more", "customer": {"customer_id": "c-1"}}
CASES = ("feedback.tiers", "feedback.promises", "feedback.breaches", "feedback.pins")
DECISION = {"decision": "raise", "programme": "value", "tier": "high", "reason": "Miscounted"}


@pytest.fixture
def settings(database_url: str) -> PlatformSettings:
    key = SecretStr(admin_key(database_url))
    return platform_at(database_url).model_copy(update={"tierline_service_key": key})


def ask(
    settings: PlatformSettings, method: str, url: str, body: object = None, **headers: str
) -> dict[str, Any]:
    assert settings.tierline_service_key is not None
    key = settings.tierline_service_key.get_secret_value()
    sent = {"Authorization": f"Bearer {key}"} | headers
    answer = httpx.request(method, url, json=body, headers=sent, timeout=30)
    answer.raise_for_status()
    document: dict[str, Any] = answer.json()
    return document


async def work(settings: PlatformSettings, *names: str) -> None:
    """Run background loops once each, as if no pause were left."""
    connection = await asyncpg.connect(settings.database_url.get_secret_value(), ssl=False)
    await connection.execute("UPDATE outbox SET due_at = now()")
    await connection.close()
    async with loops(settings) as found:
        by_name = {loop.name: loop for loop in found}
        for name in names:
            await by_name[name].run_once()


async def test_a_raise_decided_while_scoring_was_away_holds_when_it_is_back(
    settings: PlatformSettings,
) -> None:
    with running(SERVICES["ingest"](settings)) as ingest:
        ask(settings, "POST", f"{ingest}/v1/events", {"events": [EVENT]})
    with running(SERVICES["scoring"](settings)):
        pass  # it publishes the programme it ships
    with running(SERVICES["feedback"](settings)) as feedback:
        case = ask(settings, "POST", f"{feedback}/v1/cases", DISPUTE)
        assert case["is_service_level_known"] is False
        case_url = f"{feedback}/v1/cases/{case['case_id']}"
        ask(settings, "POST", f"{case_url}/decision", DECISION)
        await work(settings, "feedback.pins")
        assert ask(settings, "GET", case_url)["decisions"][0]["pin"] == "pending"
        with running(SERVICES["scoring"](settings)) as scoring:
            there = settings.model_copy(update={"scoring_url": scoring})
            await work(there, *CASES)
            pins = ask(settings, "GET", f"{scoring}/v1/customers/c-1/pins")["items"]
        settled = ask(settings, "GET", case_url)
    (pin,) = pins
    assert (pin["mode"], pin["tier"], pin["ended_at"]) == ("floor", "high", None)
    assert (settled["decisions"][0]["pin"], settled["decisions"][0]["pin_id"]) == (
        "made",
        pin["pin_id"],
    )
    assert pin["reason"].startswith("Miscounted (case ")
    assert settled["is_service_level_known"] is True


async def test_a_second_decision_takes_the_first_pin_back_at_scoring(
    settings: PlatformSettings,
) -> None:
    with (
        running(SERVICES["ingest"](settings)) as ingest,
        running(SERVICES["scoring"](settings)) as scoring,
    ):
        there = settings.model_copy(update={"scoring_url": scoring})
        ask(settings, "POST", f"{ingest}/v1/events", {"events": [EVENT]})
        with running(SERVICES["feedback"](there)) as feedback:
            case = ask(settings, "POST", f"{feedback}/v1/cases", DISPUTE)
            case_url = f"{feedback}/v1/cases/{case['case_id']}"
            held = case["tier"]["key"]
            ask(settings, "POST", f"{case_url}/decision", DECISION)
            await work(there, "feedback.pins")
            answered = {"state": "answered", "answer": "Raised"}
            ask(settings, "PATCH", case_url, answered, **{"If-Match": '"2"'})
            ask(settings, "POST", f"{case_url}/reopen", {"reason": "It was another person"})
            keep = DECISION | {"decision": "keep", "tier": held, "reason": "Another person"}
            ask(settings, "POST", f"{case_url}/decision", keep)
            await work(there, "feedback.pins")
            (pin,) = ask(settings, "GET", f"{scoring}/v1/customers/c-1/pins")["items"]
            decisions = ask(settings, "GET", case_url)["decisions"]
    assert [each["pin"] for each in decisions] == ["none", "ended"]
    assert pin["ended_at"] is not None
