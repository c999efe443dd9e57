"""Receivers of web hooks on which things go wrong, as they do on real ones."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

#: hang: no answer; reset: the connection is cut after the message was read; endless: an answer
#: without an end; trickle: a byte now and then; redirect: somewhere it must not be followed.
Manner = Literal["take", "fail", "gone", "hang", "reset", "endless", "trickle", "redirect"]
_HEADS = {
    "take": b"HTTP/1.1 204 No Content\r\n\r\n",
    "fail": b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
    "gone": b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
    "endless": b"HTTP/1.1 200 OK\r\n\r\n",
    "trickle": b"HTTP/1.1 200 OK\r\n\r\n",
}
_TRICKLE_S = 0.05


@dataclass(frozen=True, slots=True)
class Message:
    """What arrived, and how it was met."""

    headers: dict[str, str]
    body: bytes
    path: str
    manner: Manner

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]


Choose = Callable[[Message], Manner]


def take(_: Message) -> Manner:
    return "take"


@dataclass(slots=True)
class Receiver:
    """Somebody who listens; `choose` says how each message is met."""

    port: int = 0
    choose: Choose = take
    messages: list[Message] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def taken(self) -> list[Message]:
        return [message for message in self.messages if message.manner == "take"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while await self._meet(reader, writer):
                pass
        writer.close()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = head.strip().split("\r\n")
        headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in rest)}
        body = await reader.readexactly(int(headers["content-length"]))
        message = Message(headers, body, line.split(" ")[1], "take")
        manner = self.choose(message)
        self.messages.append(Message(headers, body, message.path, manner))
        return await self._answer(manner, reader, writer)

    async def _answer(
        self, manner: Manner, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        if manner == "reset":
            writer.transport.abort()
            return False
        if manner == "hang":
            await reader.read()
            return False
        if manner == "redirect":
            there = f"http://127.0.0.1:{self.port}/inner"
            writer.write(
                f"HTTP/1.1 302 F\r\nLocation: {there}\r\ncontent-length: 0\r\n\r\n".encode()
            )
        else:
            writer.write(_HEADS[manner])
        await writer.drain()
        return await _go_on(manner, writer)


async def _go_on(manner: Manner, writer: asyncio.StreamWriter) -> bool:
    while manner in ("endless", "trickle"):
        writer.write(b"x" * 65_536 if manner == "endless" else b"x")
        await writer.drain()
        await asyncio.sleep(0 if manner == "endless" else _TRICKLE_S)
    return True


@asynccontextmanager
async def receiving(
    choose: Choose = take, trust: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Listen on a free port of this machine for a while."""
    receiver = Receiver(choose=choose)
    tasks: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await receiver.serve(reader, writer)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=trust)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
