"""Experiments: written, started, changed while they run, stopped."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from shared.key_rows import Grant, add_key
from shared.keys import new_key
from tests.integration.feedback.experiment_rows import add_people, body, empty, profile

PATH = "/v1/experiments"
GROWN = [{"key": "control", "share": 300}, {"key": "call", "share": 700}]


@pytest.fixture
async def client(pool: asyncpg.Pool, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    await empty(pool)
    key = new_key()
    scopes = frozenset({"feedback:write", "feedback:read", "reports:read"})
    await add_key(pool, key, Grant("crm", scopes, "crm"))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://feedback", headers=headers
    ) as made:
        yield made


async def make(client: httpx.AsyncClient, key: str = "e", **changes: Any) -> httpx.Response:
    return await client.post(PATH, json={"key": key, **body(**changes)})


async def put(
    client: httpx.AsyncClient, version: int | None, key: str = "e", **changes: Any
) -> httpx.Response:
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return await client.put(f"{PATH}/{key}", json=body(**changes), headers=headers)


async def test_draft_is_made_once_and_read_again(client: httpx.AsyncClient) -> None:
    made = await make(client)
    assert (made.status_code, made.json()["state"], made.headers["etag"]) == (201, "draft", '"1"')
    assert made.json()["salt"] is None
    assert (await make(client)).status_code == 409
    shown = await client.get(f"{PATH}/e")
    assert (shown.json(), shown.headers["etag"]) == (made.json(), '"1"')
    assert (await client.get(f"{PATH}/none")).status_code == 404


async def test_list_goes_by_key_page_by_page(client: httpx.AsyncClient) -> None:
    for key in ("b", "a", "c"):
        await make(client, key)
    first = (await client.get(PATH, params={"limit": 2})).json()
    assert [each["key"] for each in first["items"]] == ["a", "b"]
    rest = (await client.get(PATH, params={"cursor": first["next_cursor"]})).json()
    assert ([each["key"] for each in rest["items"]], rest["next_cursor"]) == (["c"], None)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"arms": [{"key": "a", "share": 500}, {"key": "b", "share": 500}]}, "/arms"),
        ({"arms": [{"key": "control", "share": 500}, {"key": "b", "share": 400}]}, "/arms"),
        ({"arms": [{"key": "control", "share": 500}] * 2}, "/arms/1/key"),
        ({"arms": [{"key": "control", "share": 0}, {"key": "b", "share": 1000}]}, "/arms/0/share"),
        ({"also": ["spend"]}, "/also"),
        ({"about": {"kind": "benefit", "key": "tea"}}, "/about/programme"),
        ({"about": {"kind": "playbook", "key": "p", "programme": "x"}}, "/about/programme"),
        (
            {"about": {"kind": "tier", "key": "gold", "programme": "x"}, "segment": "s"},
            "/segment",
        ),
        ({"design": {}}, "/design"),
        ({"design": {"fixed": {"days": 9}, "sequential": {}}}, "/design"),
        ({"alpha": 0.9}, "/alpha"),
        (
            {"starts_at": "2027-11-02T00:00:00Z", "ends_at": "2027-11-01T00:00:00Z"},
            "/ends_at",
        ),
        (
            {"ends_at": "2026-11-21T00:00:00Z"},
            "/ends_at",
        ),
    ],
    ids=[
        "no_hold_out", "wrong_sum", "twice", "empty_arm", "primary_twice", "no_programme",
        "programme_of_playbook", "segment_of_tier", "no_design", "two_designs", "alpha", "time",
        "time_behind",
    ],
)  # fmt: skip
async def test_faults_name_their_places(
    client: httpx.AsyncClient, changes: dict[str, Any], pointer: str
) -> None:
    answer = await make(client, **changes)
    assert answer.status_code == 422
    assert pointer in [each["pointer"] for each in answer.json()["errors"]]
    assert all(each["message"] for each in answer.json()["errors"])


async def test_changes_need_the_version_that_was_read(client: httpx.AsyncClient) -> None:
    assert (await put(client, None)).status_code == 201
    assert (await put(client, None, owner="other")).status_code == 412
    assert (await put(client, 7, owner="other")).status_code == 412
    changed = await put(client, 1, owner="other")
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (await put(client, 2, owner="other")).headers["etag"] == '"2"'


async def test_an_end_that_has_passed_is_no_end(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await make(client, about={"kind": "other", "key": "x"})
    late: dict[str, Any] = {
        "ends_at": "2026-11-21T00:00:00Z",
        "about": {"kind": "other", "key": "x"},
    }
    assert (await put(client, 1, **late)).json()["errors"][0]["pointer"] == "/ends_at"
    # a draft that has waited too long
    await pool.execute(
        "UPDATE experiments SET document = document || $1", {"ends_at": late["ends_at"]}
    )
    refused = await client.post(f"{PATH}/e/start")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/ends_at")
    renamed = await put(client, 1, **late, owner="Wang Fang")
    assert renamed.status_code == 200, "what is written already may stay"


async def test_start_draws_a_salt_once(client: httpx.AsyncClient) -> None:
    await make(client)
    started = (await client.post(f"{PATH}/e/start")).json()
    assert (started["state"], len(started["salt"])) == ("running", 16)
    assert (await client.post(f"{PATH}/e/start")).json() == started
    stopped = (await client.post(f"{PATH}/e/stop")).json()
    assert (stopped["state"], (await client.post(f"{PATH}/e/stop")).json()) == ("ended", stopped)
    assert (await client.post(f"{PATH}/e/start")).status_code == 409


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"arms": GROWN}, 200),
        ({"owner": "other"}, 200),
        ({"arms": [{"key": "control", "share": 100}, {"key": "call", "share": 900}]}, 409),
        ({"arms": [{"key": "control", "share": 300}, {"key": "mail", "share": 700}]}, 409),
        ({"primary": "orders", "also": []}, 409),
        ({"design": {"fixed": {"days": 3}}}, 409),
    ],
    ids=["hold_out_grows", "owner", "hold_out_shrinks", "other_arm", "metric", "design"],
)
async def test_only_the_hold_out_may_grow_while_it_runs(
    client: httpx.AsyncClient, changes: dict[str, Any], status: int
) -> None:
    await make(client)
    salt = (await client.post(f"{PATH}/e/start")).json()["salt"]
    answer = await put(client, 2, **changes)
    assert answer.status_code == status
    assert (await client.get(f"{PATH}/e")).json()["salt"] == salt


async def test_an_experiment_that_ended_never_changes(client: httpx.AsyncClient) -> None:
    await make(client)
    await client.post(f"{PATH}/e/start")
    await client.post(f"{PATH}/e/stop")
    assert (await put(client, 3, owner="other")).status_code == 409


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"about": {"kind": "playbook", "key": "none"}}, "/about/key"),
        ({"segment": "none"}, "/segment"),
        ({"about": {"kind": "benefit", "key": "tea", "programme": "none"}}, "/about/programme"),
    ],
    ids=["playbook", "segment", "programme"],
)
async def test_what_it_is_about_must_be_there_when_it_starts(
    client: httpx.AsyncClient, changes: dict[str, Any], pointer: str
) -> None:
    await make(client, **changes)
    answer = await client.post(f"{PATH}/e/start")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_one_experiment_runs_about_a_playbook(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await add_playbook(pool)
    about = {"kind": "playbook", "key": "p"}
    for key in ("a", "b"):
        await make(client, key, about=about)
    assert (await client.post(f"{PATH}/a/start")).status_code == 200
    assert (await client.post(f"{PATH}/b/start")).status_code == 409
    await client.post(f"{PATH}/a/stop")
    assert (await client.post(f"{PATH}/b/start")).status_code == 200


async def test_a_key_without_reports_sees_no_result(http: httpx.AsyncClient) -> None:
    assert (await http.get(f"{PATH}/e/result")).status_code == 403
    assert (await http.post(f"{PATH}/plan", json={})).status_code == 403


async def test_audience_is_counted_when_it_starts(
    client: httpx.AsyncClient, pool: asyncpg.Pool
) -> None:
    await add_people(pool, range(1, 6))
    await pool.execute("UPDATE customers SET merged_into = $1 WHERE profile_id = $2",
                       profile(1), profile(2))  # fmt: skip
    await make(client)
    assert (await client.post(f"{PATH}/e/start")).json()["audience_size"] == 4


async def add_playbook(pool: asyncpg.Pool) -> None:
    """A playbook of the key p, whatever else its row needs."""
    columns = await pool.fetch(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_name = 'playbooks' AND is_nullable = 'NO' AND column_default IS NULL"
        " AND column_name <> 'playbook_key'"
    )
    document = """'{"trigger": {"kind": "manual"}}'::jsonb"""
    given = {"jsonb": document, "text": "'x'", "bigint": "1", "boolean": "false"}
    values = [given.get(row["data_type"], "now()") for row in columns]
    names = ", ".join(["playbook_key", *(row["column_name"] for row in columns)])
    written = ", ".join(["'p'", *values])
    await pool.execute(f"INSERT INTO playbooks ({names}) VALUES ({written})")
