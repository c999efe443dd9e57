"""The services as their OpenAPI documents describe them, and running on a port of their own."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from time import monotonic, sleep

import asyncpg
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from services.feedback.app import create_app as create_feedback
from services.feedback.settings import FeedbackSettings
from services.ingest.app import create_app as create_ingest
from services.ingest.settings import IngestSettings
from services.scoring.app import create_app as create_scoring
from services.scoring.settings import ScoringSettings
from shared.key_rows import Grant, add_key
from shared.keys import ADMIN, new_key
from shared.settings import PlatformSettings
from tests.databases import blocking

#: Every service, as its `__main__` builds it.
SERVICES: Mapping[str, Callable[[PlatformSettings], FastAPI]] = {
    "ingest": lambda platform: create_ingest(IngestSettings(), platform),
    "scoring": lambda platform: create_scoring(ScoringSettings(), platform),
    "feedback": lambda platform: create_feedback(FeedbackSettings(), platform),
}


def platform_at(database_url: str) -> PlatformSettings:
    """Settings of a service whose neighbours are all down."""
    down = "http://127.0.0.1:9"
    return PlatformSettings(
        database_url=SecretStr(database_url),
        tierline_secret_key=SecretStr("5e" * 32),
        tierline_service_key=SecretStr(new_key()),
        tierline_home=str(Path(gettempdir()) / "tierline-contract"),
        business_now="2026-11-22T01:00:00Z",
        ingest_url=down,
        scoring_url=down,
        feedback_url=down,
    )


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Serve an app from a thread on a free port; give its address."""
    config = uvicorn.Config(app, port=0, lifespan="on", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = monotonic() + 30
    while not server.started and thread.is_alive() and monotonic() < deadline:
        sleep(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


def admin_key(database_url: str) -> str:
    """Make a key that may do everything."""
    key = new_key()

    async def add() -> None:
        connection = await asyncpg.connect(database_url, ssl=False)
        await add_key(connection, key, Grant("tests", frozenset({ADMIN}), "tests"))
        await connection.close()

    blocking(add())
    return key
