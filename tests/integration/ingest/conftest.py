"""Ingest in process on a database of the module, emptied before every test."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.ingest.app import create_app
from services.ingest.settings import IngestSettings
from shared.db import Limits, create_raw_pool
from shared.key_rows import Grant, add_key
from shared.keys import ADMIN, KeyKind, new_key
from shared.settings import PlatformSettings
from tests.servers import SECRET_KEY

Body = dict[str, Any]
# What the running app remembers of the shop stays; the log is emptied without its trigger.
_KEPT = ("alembic_version", "shop", "sources")
_EMPTY = f"""
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename NOT IN {_KEPT}
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
END $$
"""


@dataclass(slots=True)
class FakeScoring:
    """Keeps whom it was asked to look at again."""

    asked: list[UUID] = field(default_factory=list)

    async def rescore(self, profile_ids: Sequence[UUID]) -> None:
        self.asked.extend(profile_ids)


@dataclass(frozen=True, slots=True)
class Shop:
    """The service as a client sees it, and its database."""

    http: httpx.AsyncClient
    pool: asyncpg.Pool
    app: FastAPI
    scoring: FakeScoring

    async def post(self, *receipts: Body) -> Body:
        return await self.send("/v1/receipts", {"receipts": list(receipts)})

    async def tell(self, *events: Body) -> Body:
        return await self.send("/v1/events", {"events": list(events)})

    async def accept(self, *receipts: Body) -> None:
        assert (await self.post(*receipts))["accepted"] == len(receipts)

    async def send(self, path: str, body: Body) -> Body:
        answer = await self.http.post(path, json=body)
        assert answer.status_code == 200, answer.text
        document: Body = answer.json()
        return document

    async def put_customer(self, customer_id: str, **update: Any) -> Body:
        answer = await self.http.put(f"/v1/customers/{customer_id}", json=update)
        assert answer.status_code == 200, answer.text
        document: Body = answer.json()
        return document

    async def value(self, statement: str, *arguments: object) -> Any:
        return await self.pool.fetchval(statement, *arguments)

    async def day(self, customer_id: str = "c-1") -> Body:
        """Sum the counters of a customer's days; those that are zero left out."""
        rows = await self.pool.fetch(
            "SELECT d.* FROM customer_day d JOIN customers USING (profile_id)"
            " WHERE customer_id = $1",
            customer_id,
        )
        sums: Body = {}
        for row in rows:
            for name, value in list(row.items())[2:]:
                sums[name] = sums.get(name, 0) + value
        return {name: value for name, value in sums.items() if value}

    async def count(self, table: str) -> int:
        found: int = await self.pool.fetchval(f"SELECT count(*) FROM {table}")
        return found

    async def key(self, *scopes: str, kind: KeyKind = KeyKind.SECRET, source: str = "web") -> str:
        key = new_key(kind)
        await add_key(self.pool, key, Grant("tests", frozenset(scopes), source, kind))
        return key


@pytest.fixture(scope="module")
async def module_pool(module_database_url: str) -> AsyncIterator[asyncpg.Pool]:
    pool = await create_raw_pool(module_database_url, Limits("tests"), size=2)
    yield pool
    await pool.close()


@pytest.fixture(scope="module")
def module_scoring() -> FakeScoring:
    return FakeScoring()


def platform_at(url: str) -> PlatformSettings:
    return PlatformSettings.model_validate(
        {
            "database_url": url,
            "tierline_secret_key": SECRET_KEY,
            "business_now": "2026-11-22T01:00:00Z",
        }
    )


@pytest.fixture(scope="module")
async def module_app(
    module_database_url: str, module_scoring: FakeScoring
) -> AsyncIterator[FastAPI]:
    app = create_app(IngestSettings(), platform_at(module_database_url), rescorer=module_scoring)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def shop(
    module_pool: asyncpg.Pool, module_app: FastAPI, module_scoring: FakeScoring
) -> AsyncIterator[Shop]:
    """An empty shop that counts in CNY, and a client that may do everything there."""
    await module_pool.execute(_EMPTY)
    module_app.state.ingest.registry.forget()
    module_scoring.asked.clear()
    key = new_key()
    await add_key(module_pool, key, Grant("till", frozenset({ADMIN}), "till"))
    transport = httpx.ASGITransport(module_app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://ingest", headers=headers
    ) as http:
        yield Shop(http, module_pool, module_app, module_scoring)
