from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from shared import job_claims, jobs
from shared.auth import ApiKeys
from shared.auth_queries import key_loader
from shared.http import create_service_app
from shared.job_routes import jobs_router
from shared.key_rows import Grant, add_key
from shared.keys import new_key


def make_app(pool: asyncpg.Pool) -> FastAPI:
    router = jobs_router("models:write", frozenset({"train"}), lambda _: pool)
    app = create_service_app(service="tests", title="Tests", routers=[router], table={})
    app.state.api_keys = ApiKeys(key_loader(pool))
    return app


@pytest.fixture
async def http(pool: asyncpg.Pool) -> AsyncIterator[httpx.AsyncClient]:
    key = new_key()
    await add_key(pool, key, Grant("trainer", frozenset({"models:write"}), "tests"))
    transport = httpx.ASGITransport(make_app(pool))
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://tests", headers=headers
    ) as client:
        yield client


async def test_a_job_tells_how_far_it_is_but_not_what_it_was_given(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    job_id = await jobs.enqueue(pool, "train", {"secret": "s3"})
    job = await job_claims.claim(pool, ["train"])
    assert job is not None
    await job_claims.report(pool, job, 0.25, "reading")
    answer = await http.get(f"/v1/jobs/{job_id}")
    body = answer.json()
    assert (body["id"], body["kind"], body["status"]) == (str(job_id), "train", "running")
    assert (body["progress"], body["message"], body["result"]) == (0.25, "reading", None)
    assert "s3" not in answer.text


async def test_a_finished_job_shows_its_result(http: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    job_id = await jobs.enqueue(pool, "train", {})
    job = await job_claims.claim(pool, ["train"])
    assert job is not None
    await job_claims.finish(pool, job, {"model_version": "m-1"})
    body = (await http.get(f"/v1/jobs/{job_id}")).json()
    assert (body["status"], body["result"]) == ("done", {"model_version": "m-1"})
    assert body["finished_at"] is not None


async def test_unknown_jobs_and_jobs_of_others_look_the_same(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    foreign = await http.get(f"/v1/jobs/{await jobs.enqueue(pool, 'erase', {})}")
    unknown = await http.get(f"/v1/jobs/{UUID(int=1)}")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() | {"instance": ""} == unknown.json() | {"instance": ""}


async def test_an_id_that_is_none_is_refused(http: httpx.AsyncClient) -> None:
    assert (await http.get("/v1/jobs/1")).status_code == 422


async def listed(http: httpx.AsyncClient, **query: str | int) -> list[str]:
    answer = await http.get("/v1/jobs", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_jobs_are_listed_newest_first_and_those_of_others_not(
    http: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    made = [str(await jobs.enqueue(pool, "train", {})) for _ in range(3)]
    await jobs.enqueue(pool, "erase", {})
    assert await listed(http) == made[::-1]
    assert await listed(http, kind="train") == made[::-1]
    assert await listed(http, kind="erase") == []


async def test_jobs_are_listed_by_status(http: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    done, waiting = [str(await jobs.enqueue(pool, "train", {})) for _ in range(2)]
    job = await job_claims.claim(pool, ["train"])
    assert job is not None
    await job_claims.finish(pool, job, {})
    assert await listed(http, status="done") == [done]
    assert await listed(http, status="queued") == [waiting]
    assert await listed(http, status="failed") == []


async def test_pages_of_jobs_follow_each_other(http: httpx.AsyncClient, pool: asyncpg.Pool) -> None:
    made = [str(await jobs.enqueue(pool, "train", {})) for _ in range(3)]
    first = (await http.get("/v1/jobs", params={"limit": 2})).json()
    assert first["next_cursor"] == made[1]
    assert await listed(http, limit=2, cursor=made[1]) == [made[0]]
