"""A process that is asked to leave says so, serves on, and stops when its time is over."""

import signal

import httpx
import uvicorn
from fastapi import FastAPI

from shared.health import Check, CheckState
from shared.leaving import Server


async def found() -> Check:
    return Check("x", CheckState.OK)


async def test_who_leaves_is_not_ready_but_answers_and_ends_kept_connections(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    app.state.probes = [found]
    staying = await client.get("/health/ready")
    app.state.leaving.is_asked = True
    leaving = await client.get("/health/ready")
    assert (staying.status_code, leaving.status_code) == (200, 503)
    assert leaving.json()["checks"][-1]["name"] == "process"
    live = await client.get("/health/live")
    assert (live.status_code, live.headers["connection"]) == (200, "close")
    assert "connection" not in staying.headers


def server(drain_s: float) -> Server:
    made = Server(uvicorn.Config("none"), drain_s=drain_s)
    made.config.encoded_headers = []
    return made


async def test_the_first_sigterm_only_begins_to_drain() -> None:
    leaver = server(60)
    leaver.handle_exit(signal.SIGTERM, None)
    assert leaver.leaving.is_asked
    assert not await leaver.on_tick(0)
    leaver.handle_exit(signal.SIGTERM, None)
    assert await leaver.on_tick(0)


async def test_the_drain_ends_by_itself() -> None:
    leaver = server(1e-9)
    leaver.handle_exit(signal.SIGTERM, None)
    assert await leaver.on_tick(0)


async def test_ctrl_c_and_a_drain_of_nothing_stop_at_once() -> None:
    for leaver, sign in ((server(60), signal.SIGINT), (server(0), signal.SIGTERM)):
        leaver.handle_exit(sign, None)
        assert await leaver.on_tick(0)
