import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from services.feedback.app import create_app
from services.feedback.settings import FeedbackSettings
from services.feedback.worker import loops
from shared.keys import new_key
from shared.settings import PlatformSettings


async def readiness(app: FastAPI) -> tuple[int, dict[str, str]]:
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://feedback") as client,
    ):
        answer = await client.get("/health/ready")
    return answer.status_code, {c["name"]: c["state"] for c in answer.json()["checks"]}


async def test_a_whole_service_is_ready(platform: PlatformSettings) -> None:
    whole = platform.model_copy(update={"tierline_service_key": SecretStr(new_key())})
    states = {"database": "ok", "service_key": "ok"}
    assert await readiness(create_app(FeedbackSettings(), whole)) == (200, states)


async def test_without_a_service_key_it_serves_and_says_what_is_missing(
    platform: PlatformSettings,
) -> None:
    states = {"database": "ok", "service_key": "degraded"}
    assert await readiness(create_app(FeedbackSettings(), platform)) == (200, states)


async def test_without_a_service_key_nothing_is_relayed(platform: PlatformSettings) -> None:
    async with loops(platform) as found:
        (relay,) = (loop for loop in found if loop.name == "feedback.relay")
        assert await relay.run_once() is False
