"""Open-loop load: requests leave on time, whether or not earlier ones were answered."""

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

MOST_CONNECTIONS: Final = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request: its status (0: cut off), how long it took, when it ended."""

    status: int
    seconds: float
    ended: float
    retry_after: str = ""


@dataclass(slots=True)
class Shooter:
    """Sends requests over as many kept connections as they need."""

    port: int
    answers: list[Answer] = field(default_factory=list)
    #: What was refused: it goes out again later, as a client's retry would.
    waiting: deque[bytes] = field(default_factory=deque)
    _idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)
    _open: int = 0

    async def run(self, per_s: float, seconds: float) -> list[Answer]:
        """Send so many requests a second for so long; returns all answers as they came."""
        self.answers = []
        started, tasks = time.perf_counter(), set[asyncio.Task[None]]()
        for number in range(int(per_s * seconds)):
            late = started + number / per_s - time.perf_counter()
            if late > 0:
                await asyncio.sleep(late)
            if self.waiting and self._open < MOST_CONNECTIONS:
                tasks.add(asyncio.create_task(self._shoot(self.waiting.popleft())))
        await asyncio.gather(*tasks)
        return self.answers

    async def _shoot(self, request: bytes) -> None:
        started = time.perf_counter()
        try:
            status, retry_after = await self._exchange(request)
        except (OSError, asyncio.IncompleteReadError):
            status, retry_after = 0, ""
        ended = time.perf_counter()
        self.answers.append(Answer(status, ended - started, ended, retry_after))
        if status != 200:
            self.waiting.append(request)

    async def _exchange(self, request: bytes) -> tuple[int, str]:
        if self._idle:
            reader, writer = self._idle.pop()
        else:
            self._open += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        fields = dict(_fields(head.split(b"\r\n")[1:-2]))
        await reader.readexactly(int(fields.get(b"content-length", b"0")))
        self._idle.append((reader, writer))
        return int(head[9:12]), fields.get(b"retry-after", b"").decode()

    def close(self) -> None:
        """Drop every kept connection."""
        for _, writer in self._idle:
            writer.close()


def _fields(lines: Iterable[bytes]) -> Iterable[tuple[bytes, bytes]]:
    for line in lines:
        name, _, value = line.partition(b":")
        yield name, value.strip()
