from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg
import pytest

from shared import outbox
from shared.outbox import OutboxRow

TOPIC = "customers_changed"


async def enqueue(pool: asyncpg.Pool, *payloads: Mapping[str, object], topic: str = TOPIC) -> None:
    async with pool.acquire() as connection, connection.transaction():
        for payload in payloads:
            await outbox.enqueue(connection, topic, payload)


async def let_time_pass(pool: asyncpg.Pool, seconds: float) -> None:
    await pool.execute(
        "UPDATE outbox SET due_at = due_at - make_interval(secs => $1),"
        " done_at = done_at - make_interval(secs => $1)",
        seconds,
    )


class Receiver:
    """Takes rows; refuses those whose payload says so, fails when told to."""

    def __init__(self) -> None:
        self.seen: list[dict[str, object]] = []
        self.is_down = False

    async def __call__(self, rows: Sequence[OutboxRow]) -> Mapping[UUID, str]:
        if self.is_down:
            raise ConnectionRefusedError
        self.seen += [row.payload for row in rows]
        return {row.outbox_id: "refused" for row in rows if row.payload.get("is_bad")}


async def test_a_row_is_delivered_once(pool: asyncpg.Pool) -> None:
    receiver = Receiver()
    await enqueue(pool, {"n": 1}, {"n": 2})
    await outbox.deliver(pool, TOPIC, receiver)
    await outbox.deliver(pool, TOPIC, receiver)
    assert receiver.seen == [{"n": 1}, {"n": 2}]


async def test_a_rolled_back_cause_leaves_no_work(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await outbox.enqueue(connection, TOPIC, {})
        await transaction.rollback()
    assert await outbox.claim(pool, TOPIC) == []


async def test_other_topics_are_left_alone(pool: asyncpg.Pool) -> None:
    await enqueue(pool, {}, topic="feedback_given")
    assert await outbox.claim(pool, TOPIC) == []


async def test_a_leased_row_is_hidden_from_other_workers(pool: asyncpg.Pool) -> None:
    await enqueue(pool, {})
    await outbox.claim(pool, TOPIC)
    assert await outbox.claim(pool, TOPIC) == []


async def test_a_row_of_a_dead_worker_comes_up_again(pool: asyncpg.Pool) -> None:
    await enqueue(pool, {"n": 1})
    await outbox.claim(pool, TOPIC, lease_s=30)
    await let_time_pass(pool, 31)
    assert [row.attempts for row in await outbox.claim(pool, TOPIC)] == [2]


async def test_workers_at_once_share_the_rows(pool: asyncpg.Pool) -> None:
    await enqueue(pool, *({"n": n} for n in range(10)))
    async with pool.acquire() as one, one.transaction():
        mine = await outbox.claim(one, TOPIC, limit=6)
        others = await outbox.claim(pool, TOPIC, limit=6)
    assert len(mine) == 6
    assert sorted(row.payload["n"] for row in mine + others) == list(range(10))


async def test_what_the_receiver_refuses_is_tried_again_later(pool: asyncpg.Pool) -> None:
    receiver = Receiver()
    await enqueue(pool, {"n": 1}, {"n": 2, "is_bad": True})
    await outbox.deliver(pool, TOPIC, receiver)
    await let_time_pass(pool, 2)
    again = await outbox.claim(pool, TOPIC)
    assert [row.payload["n"] for row in again] == [2]
    assert await pool.fetchval("SELECT last_error FROM outbox WHERE done_at IS NULL") == "refused"


async def test_an_outage_loses_nothing_and_is_told(pool: asyncpg.Pool) -> None:
    receiver = Receiver()
    await enqueue(pool, {"n": 1}, {"n": 2})
    receiver.is_down = True
    with pytest.raises(ConnectionRefusedError):
        await outbox.deliver(pool, TOPIC, receiver)
    receiver.is_down = False
    await let_time_pass(pool, 2)
    await outbox.deliver(pool, TOPIC, receiver)
    assert receiver.seen == [{"n": 1}, {"n": 2}]


async def test_waiting_grows_to_a_minute_at_most(pool: asyncpg.Pool) -> None:
    await enqueue(pool, {})
    waits = []
    for _ in range(9):
        (row,) = await outbox.claim(pool, TOPIC)
        await outbox.put_back(pool, [(row, "down")])
        waits.append(await pool.fetchval("SELECT extract(epoch FROM due_at - now()) FROM outbox"))
        await let_time_pass(pool, 61)
    assert waits[0] <= 1
    assert 15 < waits[5] <= 32
    assert 29 < waits[8] <= 60


async def test_a_late_failure_does_not_touch_the_next_lease(pool: asyncpg.Pool) -> None:
    await enqueue(pool, {})
    late = await outbox.claim(pool, TOPIC)
    await let_time_pass(pool, 31)
    await outbox.claim(pool, TOPIC)
    await outbox.put_back(pool, [(late[0], "down")])
    assert await pool.fetchval("SELECT last_error FROM outbox") is None


async def test_more_may_wait_after_a_full_batch(pool: asyncpg.Pool) -> None:
    await enqueue(pool, {}, {}, {})
    answers = [await outbox.deliver(pool, TOPIC, Receiver(), limit=2) for _ in range(2)]
    assert answers == [True, False]


async def test_only_rows_done_long_ago_are_purged(pool: asyncpg.Pool) -> None:
    await enqueue(pool, {"n": 1})
    await outbox.deliver(pool, TOPIC, Receiver())
    await let_time_pass(pool, 8 * 86_400)
    await enqueue(pool, {"n": 2}, {"n": 3})
    await outbox.mark_done(pool, (await outbox.claim(pool, TOPIC, limit=1)))
    assert await outbox.purge(pool) is False
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 2
