"""The middleware at its worst moments: a reply half sent, a client gone."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access import AccessLog
from shared.edge import Edge, Rules, Watch
from shared.health import UnsafeDurability, WrongMigration
from shared.http import create_service_app
from shared.logs import logger
from shared.metrics import Metrics


def scope_of(path: str = "/x") -> Scope:
    return {
        "type": "http",
        "method": "BREW",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
    }


async def nothing() -> Message:
    return {"type": "http.disconnect"}


def edge_of(app: ASGIApp, stream: io.StringIO) -> Edge:
    access = AccessLog("test", stream)
    return Edge(app, Watch(Metrics(), logger("test", stream=stream), access), Rules({}))


async def test_a_reply_already_begun_is_cut_not_answered_twice() -> None:
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    async def half(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await edge_of(half, io.StringIO())(scope_of(), nothing, keep)
    assert [message["type"] for message in sent] == ["http.response.start"]


async def test_a_cancelled_request_is_logged_as_client_gone() -> None:
    stream = io.StringIO()

    async def cancelled(_: Scope, __: Receive, ___: Send) -> None:
        raise asyncio.CancelledError

    async def drop(_: Message) -> None:
        raise AssertionError

    with pytest.raises(asyncio.CancelledError):
        await edge_of(cancelled, stream)(scope_of(), nothing, drop)
    await asyncio.sleep(0.3)
    line = json.loads(stream.getvalue())
    assert (line["status"], line["method"], line["route"]) == (499, "OTHER", "unmatched")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (WrongMigration(), "run `tierline migrate`"),
        (UnsafeDurability(["fsync=off"]), "ALLOW_UNSAFE_DURABILITY=1"),
        (ConnectionRefusedError("10.0.0.7"), "see DATABASE_URL"),
        (RuntimeError("mistake"), "Traceback"),
    ],
)
async def test_a_refused_start_says_what_to_do(error: Exception, text: str) -> None:
    sent: list[Message] = []

    async def keep(message: Message) -> None:
        sent.append(message)

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        raise error
        yield

    app = create_service_app(service="test", title="Test", routers=[], table={}, lifespan=lifespan)
    scope: Scope = {"type": "lifespan", "state": {}}
    with pytest.raises(type(error)):
        await app(scope, nothing, keep)
    assert text in sent[0]["message"]
    assert ("Traceback" in sent[0]["message"]) == isinstance(error, RuntimeError)


async def test_other_protocols_pass_untouched() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        seen.append(scope["type"])

    async def drop(_: Message) -> None:
        raise AssertionError

    await edge_of(app, io.StringIO())({"type": "lifespan"}, nothing, drop)
    assert seen == ["lifespan"]
