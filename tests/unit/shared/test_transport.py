"""Calls between services: what is tried again, and the two ways to fail."""

from typing import Any

import httpx
import pytest

from shared.clients.transport import (
    MAX_RETRIES,
    Call,
    RemoteProblem,
    RemoteUnavailable,
    Transport,
    http_client,
)
from shared.contracts.jobs import Job
from shared.logs import bind_request_id
from tests.fakes import FakeRemote

JOB = {"id": "01a201c7-c768-73c6-b03f-bddb7eefa811", "kind": "train", "status": "done"}
GET = Call("GET", "/v1/jobs/1")
ONCE = Call("POST", "/v1/jobs", body={"a": 1}, is_repeatable=False)


def answers(*found: Any) -> FakeRemote:
    return FakeRemote([
        item if isinstance(item, Exception) else httpx.Response(item[0], json=item[1])
        for item in found
    ])  # fmt: skip


async def ask(remote: FakeRemote, call: Call = GET, waits: list[float] | None = None) -> Job:
    async def sleep(seconds: float) -> None:
        if waits is not None:
            waits.append(seconds)

    async with remote.client() as client:
        return await Transport(client, sleep=sleep, jitter=lambda: 1.0).ask(call, Job)


async def test_an_answer_is_read_and_fields_of_tomorrow_are_ignored() -> None:
    job = await ask(answers((200, JOB | {"colour": "blue"})))
    assert job.status == "done"


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_gateway_in_trouble_is_tried_again(status: int) -> None:
    remote, waits = answers((status, {}), (status, {}), (200, JOB)), []  # type: FakeRemote, list[float]
    assert (await ask(remote, waits=waits)).status == "done"
    assert len(remote.requests) == 1 + MAX_RETRIES
    assert waits == [0.05, 0.1]


async def test_no_connection_is_tried_again_and_then_unavailable() -> None:
    remote = answers(httpx.ConnectError("refused"))
    with pytest.raises(RemoteUnavailable, match="GET /v1/jobs/1: ConnectError"):
        await ask(remote)
    assert len(remote.requests) == 1 + MAX_RETRIES


@pytest.mark.parametrize("found", [(503, {}), httpx.ConnectError("refused")])
async def test_what_may_not_be_repeated_is_sent_once(found: Any) -> None:
    remote = answers(found)
    with pytest.raises((RemoteProblem, RemoteUnavailable)):
        await ask(remote, ONCE)
    assert len(remote.requests) == 1


@pytest.mark.parametrize("error", [httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut")])
async def test_a_lost_answer_is_not_asked_for_again(error: Exception) -> None:
    remote = answers(error)
    with pytest.raises(RemoteUnavailable):
        await ask(remote)
    assert len(remote.requests) == 1


async def test_a_refusal_carries_its_code_and_detail() -> None:
    body = {"type": "tag:tierline,2026:problem/not_found", "detail": "There is no such job."}
    with pytest.raises(RemoteProblem) as caught:
        await ask(answers((404, body)))
    assert (caught.value.status, caught.value.code) == (404, "not_found")
    assert caught.value.detail == "There is no such job."


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b""])
async def test_a_refusal_in_another_form_is_still_one(body: bytes) -> None:
    with pytest.raises(RemoteProblem) as caught:
        await ask(FakeRemote([httpx.Response(500, content=body)]))
    assert caught.value.code == "unknown"


async def test_an_answer_in_another_form_is_no_answer() -> None:
    with pytest.raises(RemoteUnavailable, match="another form"):
        await ask(answers((200, {"id": 7})))


async def test_the_request_id_travels_on() -> None:
    remote = answers((200, JOB))
    bind_request_id("r-9")
    await ask(remote)
    bind_request_id("")
    assert remote.requests[0].headers["x-request-id"] == "r-9"


async def test_telling_raises_on_refusal_only() -> None:
    async with answers((204, None), (409, {})).client() as client:
        transport = Transport(client)
        await transport.tell(ONCE)
        with pytest.raises(RemoteProblem):
            await transport.tell(ONCE)


async def test_every_wait_of_the_client_is_bounded() -> None:
    async with http_client("http://scoring", "tl_sk_x", timeout_s=2.0) as client:
        assert client.timeout == httpx.Timeout(2.0, connect=0.5, pool=0.5)
        assert client.headers["authorization"] == "Bearer tl_sk_x"
        assert not client.follow_redirects
