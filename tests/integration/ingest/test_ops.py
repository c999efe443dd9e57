"""What waits in the background is counted, no further than anybody needs to know."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg

from services.ingest.queries import ops
from shared import jobs, outbox
from shared.db import Limits, connect_arguments
from shared.schema.migrate import head_revision
from tests.integration.ingest.conftest import Body, Shop
from tests.tills import receipt

_MANY = """
INSERT INTO outbox (outbox_id, topic, payload, created_at, due_at)
SELECT gen_random_uuid(), $1, '{}', now(), now() FROM generate_series(1, $2::int)
"""


async def queues(shop: Shop) -> Body:
    answer = await shop.http.get("/v1/ops/queues")
    assert answer.status_code == 200, answer.text
    body: Body = answer.json()
    return body


async def enqueue(shop: Shop, topic: str, times: int = 1) -> None:
    async with shop.pool.acquire() as connection, connection.transaction():
        for _ in range(times):
            await outbox.enqueue(connection, topic, {})


async def test_nothing_waits_in_an_empty_shop(shop: Shop) -> None:
    found = await queues(shop)
    nothing = {"count": 0, "is_more": False, "oldest_s": None}
    assert (found["outbox"], found["jobs"]) == ([], [])
    assert found["due_reviews"] == found["quarantine"] == found["webhook_deliveries"] == nothing


async def test_the_outbox_is_counted_by_topic_with_its_worst(shop: Shop) -> None:
    await enqueue(shop, "customers_changed", 3)
    await enqueue(shop, "survey_told")
    await shop.pool.execute(
        "UPDATE outbox SET attempts = 4, last_error = 'RemoteUnavailable',"
        " created_at = now() - interval '1 hour' WHERE topic = 'survey_told'"
    )
    changed, told = (await queues(shop))["outbox"]
    assert (changed["topic"], changed["count"], changed["last_error"]) == (
        "customers_changed",
        3,
        None,
    )
    assert (told["most_attempts"], told["last_error"]) == (4, "RemoteUnavailable")
    assert told["oldest_s"] >= 3600 > changed["oldest_s"]
    assert told["topic_text"]["zh"] == "待计为事件的问卷答复"


async def test_work_that_is_done_waits_no_more(shop: Shop) -> None:
    await enqueue(shop, "customers_changed")
    await outbox.mark_done(shop.pool, await outbox.claim(shop.pool, "customers_changed"))
    assert (await queues(shop))["outbox"] == []


async def test_no_queue_is_counted_to_its_end(shop: Shop) -> None:
    for topic, more in (("customers_changed", 5), ("survey_told", 0)):
        await shop.pool.execute(_MANY, topic, ops.MOST_COUNTED + more)
    flood, few = (await queues(shop))["outbox"]
    assert (flood["count"], flood["is_more"]) == (ops.MOST_COUNTED, True)
    assert (few["count"], few["is_more"]) == (ops.MOST_COUNTED, False)


async def test_jobs_are_counted_by_kind_and_failures_for_a_day(shop: Shop) -> None:
    for status, age in (("queued", 0), ("running", 0), ("failed", 1), ("failed", 30), ("done", 1)):
        job_id = await jobs.enqueue(shop.pool, "train_model", {})
        ended = None if age == 0 else timedelta(hours=age)
        await shop.pool.execute(
            "UPDATE jobs SET status = $2, finished_at = now() - $3::interval WHERE job_id = $1",
            job_id,
            status,
            ended,
        )
    assert (await queues(shop))["jobs"] == [
        {"kind": "train_model", "waiting": 1, "running": 1, "failed": 1}
    ]


async def test_records_kept_aside_wait_until_they_are_replayed(shop: Shop) -> None:
    await shop.accept(receipt(1))
    await shop.post(receipt(2, currency="XXX"))
    assert (await queues(shop))["quarantine"]["count"] == 1
    await shop.pool.execute("UPDATE quarantine SET replayed_at = now()")
    assert (await queues(shop))["quarantine"]["count"] == 0


async def test_reviews_wait_once_their_business_instant_has_come(shop: Shop) -> None:
    now: datetime = shop.app.state.ingest.clock.now()
    for hours in (-2, -1, 1):
        await shop.pool.execute(
            "INSERT INTO due_reviews VALUES ($1, 'value', $2)",
            uuid4(),
            now + timedelta(hours=hours),
        )
    assert (await queues(shop))["due_reviews"] == {"count": 2, "is_more": False, "oldest_s": 7200.0}


async def test_a_worker_is_seen_by_its_connection(shop: Shop, module_database_url: str) -> None:
    connection = await asyncpg.connect(
        **connect_arguments(module_database_url, Limits("worker-scoring"))
    )
    (seen,) = (await queues(shop))["workers"]
    await connection.close()
    assert (seen["name"], seen["connections"]) == ("scoring", 1)


async def test_the_database_and_its_level_are_told(shop: Shop) -> None:
    database = (await queues(shop))["database"]
    assert database["migration"] == head_revision()
    assert database["size_bytes"] > 1_000_000
    assert 0 < database["connections"] <= database["max_connections"]


async def test_jobs_of_ingest_are_listed_to_administrators(shop: Shop) -> None:
    job_id = await jobs.enqueue(shop.pool, "erase", {"erasure_id": "0"})
    await jobs.enqueue(shop.pool, "train_model", {})
    items: list[Any] = (await shop.http.get("/v1/jobs")).json()["items"]
    assert [item["id"] for item in items] == [str(job_id)]
    headers = {"Authorization": f"Bearer {await shop.key('customers:read')}"}
    answers = await asyncio.gather(
        *(shop.http.get(path, headers=headers) for path in ("/v1/jobs", "/v1/ops/queues"))
    )
    assert {answer.status_code for answer in answers} == {403}
