"""Bytes are counted as they come, and gzip is unpacked within bounds."""

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Message

from shared.body import MIB, check_content_type, inflate, read_body
from shared.problem import Problem

JSON = {"content-type": "application/json"}
CUP = b'{"id":"cup-1"}'


async def post(client: httpx.AsyncClient, body: bytes, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/v1/cups", content=body, headers=JSON | named)


async def chunks(size: int, count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * size


async def test_a_body_over_the_cap_is_refused_by_its_length(client: httpx.AsyncClient) -> None:
    answer = await post(client, b" " * (MIB + 1))
    assert answer.status_code == 413
    assert answer.json()["type"].endswith("/too_large")


async def test_a_body_at_the_cap_is_read(client: httpx.AsyncClient) -> None:
    assert (await post(client, CUP.ljust(MIB))).status_code == 200


@pytest.mark.parametrize("declared", ["9" * 30, "9" * 5000])
async def test_an_absurd_length_is_refused(client: httpx.AsyncClient, declared: str) -> None:
    assert (await post(client, CUP, content_length=declared)).status_code == 413


async def test_a_body_without_length_is_refused_while_it_comes(client: httpx.AsyncClient) -> None:
    asked = []

    async def endless() -> AsyncIterator[bytes]:
        async for chunk in chunks(64 * 1024, 1000):
            asked.append(len(chunk))
            yield chunk

    answer = await client.post("/v1/cups", content=endless(), headers=JSON)
    assert answer.status_code == 413


async def test_gzip_is_unpacked(client: httpx.AsyncClient) -> None:
    answer = await post(client, gzip.compress(CUP), content_encoding="gzip")
    assert answer.status_code == 200


@pytest.mark.parametrize("coding", ["zstd", "br", "deflate", "gzip, gzip", "gzip,br", "x"])
async def test_other_and_nested_codings_are_415(client: httpx.AsyncClient, coding: str) -> None:
    answer = await post(client, gzip.compress(CUP), content_encoding=coding)
    assert answer.status_code == 415
    assert answer.headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(CUP)[:-1], gzip.compress(CUP)[:5], b"", CUP, gzip.compress(CUP) + b"rest"],
    ids=["trailer cut", "header cut", "empty", "plain", "rest"],
)
async def test_a_stream_that_is_not_whole_is_400(client: httpx.AsyncClient, packed: bytes) -> None:
    answer = await post(client, packed, content_encoding="gzip")
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/bad_gzip")


@pytest.mark.parametrize("size", [2 * MIB, 16 * MIB], ids=["over the cap", "bomb"])
async def test_what_unpacks_over_the_cap_is_413(client: httpx.AsyncClient, size: int) -> None:
    answer = await post(client, gzip.compress(b" " * size), content_encoding="gzip")
    assert answer.status_code == 413


def test_a_ratio_over_a_hundred_is_a_bomb_though_under_the_cap() -> None:
    with pytest.raises(Problem) as caught:
        inflate(gzip.compress(b" " * (4 * MIB)), 8 * MIB)
    assert caught.value.kind.status == 413


def test_members_add_up_to_one_body_under_one_cap() -> None:
    assert inflate(gzip.compress(b"[1,") + gzip.compress(b"2]"), 100) == b"[1,2]"
    with pytest.raises(Problem) as caught:
        inflate(gzip.compress(b"a" * 60) * 2, 100)
    assert caught.value.kind.status == 413


def test_endless_members_are_refused() -> None:
    with pytest.raises(Problem) as caught:
        inflate(gzip.compress(b"") * 17, 100)
    assert caught.value.kind.slug == "bad_gzip"


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; profile=x",
    ],
)
def test_json_in_utf8_is_taken(kind: str) -> None:
    check_content_type(Headers({"content-type": kind}), ("application/json",))


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json; charset=latin1",
        "application/problem+json",
    ],
)
async def test_other_types_are_415(client: httpx.AsyncClient, kind: str) -> None:
    answer = await post(client, CUP, content_type=kind)
    assert answer.status_code == 415


async def test_two_types_are_415(client: httpx.AsyncClient) -> None:
    types = [("content-type", "application/json"), ("content-type", "text/plain")]
    assert (await client.post("/v1/cups", content=CUP, headers=types)).status_code == 415


async def test_no_type_is_415(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/cups", content=CUP)).status_code == 415


async def test_a_client_that_leaves_ends_the_reading() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "headers": [(b"content-type", b"application/json")]}
    with pytest.raises(Problem, match="bad_request"):
        await read_body(Request(scope, gone))
