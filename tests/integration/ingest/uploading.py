"""Ingest and its worker, one job at a time, for files that are sent to be taken in."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from services.ingest.app import create_app
from services.ingest.importing.jobs import import_handler
from services.ingest.settings import IngestSettings
from services.ingest.usecases.files.imports import IMPORT
from shared.clock import clock_from
from shared.db import Limits, create_raw_pool
from shared.job_runner import run_next
from shared.key_rows import Grant, add_key
from shared.keys import new_key
from shared.logs import logger
from shared.settings import PlatformSettings
from tests.contract.live import platform_at

CSV = {"Content-Type": "text/csv"}
#: A row that counts and one that does not.
ROWS = "customer_id,occurred_at,amount\na,2026-11-01,1.50\nb,2026-11-01,oops\n"


@dataclass(frozen=True, slots=True)
class Service:
    """The service on a database, and its worker one job at a time."""

    client: httpx.AsyncClient
    pool: asyncpg.Pool
    platform: PlatformSettings
    other_key: str

    async def work(self) -> bool:
        clock = clock_from(self.platform.business_now)
        handlers = {IMPORT: import_handler(self.pool, clock, self.platform)}
        return await run_next(self.pool, handlers, logger("tests"))

    async def taken_in(
        self, body: bytes | str, headers: dict[str, str], **query: Any
    ) -> dict[str, Any]:
        sent = await self.client.post("/v1/imports", content=body, headers=headers, params=query)
        assert sent.status_code == 202, sent.text
        assert await self.work()
        answer = await self.client.get(sent.headers["location"])
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    @property
    def uploads(self) -> list[str]:
        home = Path(self.platform.tierline_home) / "imports"
        return sorted(path.suffix for path in home.iterdir())


@asynccontextmanager
async def uploading(database_url: str, home: Path) -> AsyncIterator[Service]:
    platform = platform_at(database_url).model_copy(update={"tierline_home": str(home)})
    async with AsyncExitStack() as opened:
        pool = await create_raw_pool(database_url, Limits("tests"), size=4)
        opened.push_async_callback(pool.close)
        key, other = new_key(), new_key()
        await add_key(pool, key, Grant("shop", frozenset({"events:write"}), "shop"))
        await add_key(pool, other, Grant("other", frozenset({"events:write"}), "other"))
        app = create_app(IngestSettings(), platform)
        await opened.enter_async_context(app.router.lifespan_context(app))
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://ingest",
            headers={"Authorization": f"Bearer {key}"},
        )
        yield Service(await opened.enter_async_context(client), pool, platform, other)
