"""What answers say of customers reaches the real ingest, also after it was away."""

from typing import Any, Final

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from services.feedback.worker import loops
from shared.contracts.invitations import EXAMPLE_ANSWERS, EXAMPLE_INVITATIONS
from shared.contracts.surveys import EXAMPLE_SURVEY
from shared.db import Limits, create_raw_pool
from shared.settings import PlatformSettings
from tests.contract.live import SERVICES, admin_key, platform_at, running

KNOWN: Final = {"city": "Shanghai", "preferences": {"cup": "small", "roast": "light"}}


@pytest.fixture
def settings(database_url: str) -> PlatformSettings:
    key = SecretStr(admin_key(database_url))
    return platform_at(database_url).model_copy(update={"tierline_service_key": key})


def client(url: str, settings: PlatformSettings) -> httpx.Client:
    assert settings.tierline_service_key is not None
    headers = {"Authorization": f"Bearer {settings.tierline_service_key.get_secret_value()}"}
    return httpx.Client(base_url=url, headers=headers, timeout=30)


async def run(settings: PlatformSettings, name: str) -> bool:
    async with loops(settings) as found:
        (loop,) = (each for each in found if each.name == name)
        return await loop.run_once()


def answer_the_example(feedback: httpx.Client) -> None:
    """Ask c-1 the example and answer it: their roast is dark."""
    feedback.post("/v1/surveys", json=EXAMPLE_SURVEY).raise_for_status()
    feedback.post("/v1/surveys/after_visit/open").raise_for_status()
    invited = feedback.post("/v1/surveys/after_visit/invitations", json=EXAMPLE_INVITATIONS)
    (item,) = invited.json()["items"]
    answered = feedback.post(f"/v1/surveys/answer/{item['token']}", json=EXAMPLE_ANSWERS)
    assert answered.status_code == 201, answered.text


async def rows(settings: PlatformSettings, statement: str) -> list[Any]:
    url = settings.database_url.get_secret_value()
    pool: asyncpg.Pool = await create_raw_pool(url, Limits("tests"), size=1)
    found = [row[0] for row in await pool.fetch(statement)]
    await pool.close()
    return found


async def test_an_attribute_stands_beside_what_was_known(settings: PlatformSettings) -> None:
    waiting = "SELECT count(*) FROM outbox WHERE topic = 'survey_told' AND done_at IS NULL"
    with running(SERVICES["ingest"](settings)) as url, client(url, settings) as ingest:
        ingest.put("/v1/customers/c-1", json={"attributes": KNOWN}).raise_for_status()
        with (
            running(SERVICES["feedback"](settings)) as feedback_url,
            client(feedback_url, settings) as feedback,
        ):
            answer_the_example(feedback)
        await run(settings, "feedback.attributes")  # while ingest is away: it is tried in vain
        assert await rows(settings, waiting) == [1]
        await rows(settings, "UPDATE outbox SET due_at = now() RETURNING 1")
        here = settings.model_copy(update={"ingest_url": url})
        await run(here, "feedback.attributes")
        assert await rows(settings, waiting) == [0]
        found = ingest.get("/v1/customers/c-1").json()["attributes"]
        assert found == {"city": "Shanghai", "preferences": {"cup": "small", "roast": "dark"}}
        await rows(settings, "UPDATE outbox SET due_at = now(), done_at = NULL RETURNING 1")
        await run(here, "feedback.attributes")  # after a crash it is told twice
        assert ingest.get("/v1/customers/c-1").json()["attributes"] == found
        await run(here, "feedback.relay")
    kinds = "SELECT kind FROM events ORDER BY kind"
    assert await rows(settings, kinds) == ["feedback_given", "identify", "survey_answered"]
