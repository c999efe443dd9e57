"""The wire rules over real sockets: what a client on the other side of uvicorn sees."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest

from deploy.local.ports import free_port

ROOT = Path(__file__).parents[3]
CHUNK = b" " * 65536
POST = b"POST /load HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.shared.serving_app", str(port), cwd=ROOT
    )
    try:
        await wait_until_live(port)
        yield process, port
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def wait_until_live(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(httpx.TransportError):
            async with httpx.AsyncClient() as client:
                if (await client.get(f"http://127.0.0.1:{port}/health/live")).is_success:
                    return
        await asyncio.sleep(0.1)
    raise AssertionError("the service did not start")


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[tuple[int, int]]:
    async with serving() as (process, port):
        yield process.pid, port


async def raw(port: int, request: bytes) -> bytes:
    """Send bytes as they are and read the first line of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return line


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (POST + b"Content-Length: 99999999999\r\n\r\n", b"413"),
        (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
        (b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Bad: a\x00b\r\n\r\n", b"400"),
        (b"GET /health/live%00 HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET /health/live?x=%00 HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Request-Id: \xff\xfe\r\n\r\n", b"200"),
        (b"\x16\x03\x01\x02\x00\x01", b"400"),
    ],
    ids=["huge length", "length and chunked", "NUL header", "NUL path", "NUL query", "path",
         "request id", "TLS"],
)  # fmt: skip
async def test_odd_requests_get_their_answer(
    server: tuple[int, int], request_bytes: bytes, status: bytes
) -> None:
    line = await raw(server[1], request_bytes)
    assert line.split()[1] == status


async def test_a_body_without_end_is_refused_and_not_kept(server: tuple[int, int]) -> None:
    pid, port = server
    before = psutil.Process(pid).memory_info().rss

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1600):
            yield CHUNK

    async with httpx.AsyncClient(timeout=20) as client:
        with contextlib.suppress(httpx.WriteError):
            answer = await client.post(
                f"http://127.0.0.1:{port}/load",
                content=endless(),
                headers={"Content-Type": "application/json"},
            )
            assert answer.status_code == 413
    assert psutil.Process(pid).memory_info().rss - before < 30 * 1024 * 1024


async def test_a_connection_serves_on_after_a_refused_body(server: tuple[int, int]) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server[1]}") as client:
        refused = await client.post("/load", json={"cargo": {"a": "x" * 2_000_000}})
        served = await client.post("/load", json={"cargo": {"a": 1}})
    assert (refused.status_code, served.json()) == (413, {"size": 1})


async def test_what_runs_is_finished_before_the_process_leaves() -> None:
    async with serving() as (process, port), httpx.AsyncClient() as client:
        slow = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/slow", timeout=10))
        await asyncio.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert (await slow).json() == {"done": True}
        assert await asyncio.wait_for(process.wait(), 10) == 0
