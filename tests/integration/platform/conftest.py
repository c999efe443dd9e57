"""Fixtures: a pool on a database that the tests of one module share, emptied for each."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from shared.db import Limits, create_raw_pool

_EMPTIED = "TRUNCATE outbox, jobs, api_keys, idempotency_keys"


@pytest.fixture
async def pool(module_database_url: str) -> AsyncIterator[asyncpg.Pool]:
    made = await create_raw_pool(module_database_url, Limits("tests"), size=4)
    await made.execute(_EMPTIED)
    yield made
    await made.close()
