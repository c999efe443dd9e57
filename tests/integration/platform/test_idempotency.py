import asyncio
from uuid import UUID

import asyncpg
import pytest

from shared import idempotency
from shared.idempotency import Attempt, Stored
from shared.problem import Problem

OURS, THEIRS = UUID(int=1), UUID(int=2)
FIRST = Attempt(OURS, "/v1/feedback", "k-1", b"first body")
ANSWER = Stored(201, {"feedback_id": "f-1"})


async def run(pool: asyncpg.Pool, attempt: Attempt, answer: Stored = ANSWER) -> Stored | None:
    async with pool.acquire() as connection, connection.transaction():
        stored = await idempotency.begin(connection, attempt)
        if stored is None:
            await idempotency.keep(connection, attempt, answer)
        return stored


async def test_the_first_answer_is_given_again(pool: asyncpg.Pool) -> None:
    assert await run(pool, FIRST) is None
    assert await run(pool, FIRST, Stored(201, {"feedback_id": "f-2"})) == ANSWER


async def test_another_body_under_the_key_is_refused(pool: asyncpg.Pool) -> None:
    await run(pool, FIRST)
    with pytest.raises(Problem) as refused:
        await run(pool, Attempt(OURS, "/v1/feedback", "k-1", b"other body"))
    assert refused.value.kind == idempotency.REUSED


@pytest.mark.parametrize(
    "other",
    [
        Attempt(THEIRS, "/v1/feedback", "k-1", b"first body"),
        Attempt(OURS, "/v1/cases", "k-1", b"first body"),
        Attempt(OURS, "/v1/feedback", "k-2", b"first body"),
    ],
    ids=["other-caller", "other-route", "other-key"],
)
async def test_callers_routes_and_keys_are_apart(pool: asyncpg.Pool, other: Attempt) -> None:
    await run(pool, FIRST)
    assert await run(pool, other) is None


async def test_the_same_request_at_once_is_told_to_wait(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await idempotency.begin(connection, FIRST)
        with pytest.raises(Problem) as refused:
            await run(pool, FIRST)
    assert refused.value.kind == idempotency.IN_PROGRESS
    assert refused.value.kind.retry_after_s == 1


async def test_of_many_at_once_one_has_the_effect(pool: asyncpg.Pool) -> None:
    ends = await asyncio.gather(*(run(pool, FIRST) for _ in range(8)), return_exceptions=True)
    assert ends.count(None) == 1
    assert all(end in (None, ANSWER) or isinstance(end, Problem) for end in ends)


async def test_a_failed_effect_keeps_no_answer(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await idempotency.begin(connection, FIRST)
        await idempotency.keep(connection, FIRST, ANSWER)
        await transaction.rollback()
    assert await run(pool, FIRST) is None


async def test_answers_are_forgotten_after_three_days(pool: asyncpg.Pool) -> None:
    await run(pool, FIRST)
    await pool.execute("UPDATE idempotency_keys SET created_at = now() - interval '73 hours'")
    await run(pool, Attempt(OURS, "/v1/feedback", "k-2", b"body"))
    assert await idempotency.purge(pool) is False
    assert await pool.fetch("SELECT key FROM idempotency_keys") == [("k-2",)]
