"""Every service in process on one database, asked as a stranger would."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
from fastapi import FastAPI

from shared.db import Limits, create_raw_pool
from shared.key_rows import Grant, add_key
from shared.keys import ADMIN, new_key
from tests.contract.hostile import CANARY
from tests.contract.hostile_routes import BODY_ROUTES
from tests.contract.live import SERVICES, platform_at
from tests.contract.route import Route

#: A request that is refused for its form names each fault.
FAULTY = (400, 422)
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


@dataclass(frozen=True, slots=True)
class House:
    """All services in process on one database, and a client of each that may do everything."""

    clients: dict[str, httpx.AsyncClient]
    pool: asyncpg.Pool
    count_rows: str

    async def ask(self, route: Route, name: str = "c-1", **request: Any) -> httpx.Response:
        client = self.clients[route.service]
        return await client.request(route.method, route.address(name), **request)

    async def rows(self) -> dict[str, int]:
        """Count the rows of every table."""
        return dict(await self.pool.fetchrow(self.count_rows))


@asynccontextmanager
async def open_house(database_url: str) -> AsyncIterator[House]:
    """Open every service on an empty shop that knows one receipt and one event."""
    async with AsyncExitStack() as opened:
        pool = await create_raw_pool(database_url, Limits("tests"), size=2)
        opened.push_async_callback(pool.close)
        key = new_key()
        await add_key(pool, key, Grant("tests", frozenset({ADMIN}), "tests"))
        clients = {}
        apps: dict[str, FastAPI] = {}
        for name, create in SERVICES.items():
            app = apps[name] = create(platform_at(database_url))
            await opened.enter_async_context(app.router.lifespan_context(app))
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False),
                base_url="http://house",
                headers={"Authorization": f"Bearer {key}"},
            )
            clients[name] = await opened.enter_async_context(client)
        names = [row[0] for row in await pool.fetch(_TABLES)]
        counts = ", ".join(f'(SELECT count(*) FROM "{name}") AS "{name}"' for name in names)
        running = House(clients, pool, f"SELECT {counts}")
        for route in BODY_ROUTES[:2]:  # the shop, its currency and the source are known
            assert (await running.ask(route, json=route.body)).status_code == 200
        await apps["ingest"].state.ingest.counts.flush()  # written now, not amid a test
        yield running


def check_problem(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """Insist on a whole problem document that repeats nothing of what was sent."""
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert body["instance"] == answer.headers["x-request-id"]
    if answer.status_code in FAULTY:
        assert body["errors"], answer.text
    for fault in body.get("errors", ()):
        assert set(fault) == {"pointer", "code", "message"}
        assert all(isinstance(part, str) for part in fault.values())
        assert " " in fault["message"], "a sentence"
    return body
