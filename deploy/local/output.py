"""Where a child's lines go: all to its log file, what went wrong also to the terminal."""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from pathlib import Path

#: What the worker of the demo's nights says when one is over.
NIGHT_OVER = "night_over"
_CHUNK_BYTES = 64 * 1024
_KEPT_LINES = 20
_LARGE_LOG_BYTES = 50 * 1024 * 1024
_ALARM = re.compile(rb'"level": ?"(error|critical)"|"exception": ?"')


class Output:
    """The output of one run of one process."""

    def __init__(
        self,
        name: str,
        log_file: Path,
        say: Callable[[str], None],
        hear: Callable[[bytes], None] | None = None,
    ) -> None:
        self._name = name
        self._log_file = log_file
        self._say = say
        self._hear = hear
        self._rest = b""
        self._last: deque[bytes] = deque(maxlen=_KEPT_LINES)

    async def follow(self, stream: asyncio.StreamReader) -> None:
        """Copy the stream to the log file until it ends."""
        with self._log_file.open("ab", buffering=0) as log:
            while chunk := await stream.read(_CHUNK_BYTES):
                log.write(chunk)
                self._look_at(chunk)
        self._look_at(b"\n" if self._rest else b"")

    def last_words(self) -> str:
        """Give the last lines."""
        return b"\n".join(self._last).decode(errors="replace")

    def _look_at(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._rest = self._rest[-_CHUNK_BYTES:]
        self._last.extend(lines)
        for line in lines:
            if self._hear is not None:
                self._hear(line)
            if is_alarming(line):
                self._say(f"{self._name}: {line.decode(errors='replace')}")


def is_alarming(line: bytes) -> bool:
    """Tell a line worth the terminal: an error of our JSON logs, or text that is no log line."""
    text = line.strip()
    if not text:
        return False
    return not text.startswith(b"{") or _ALARM.search(text) is not None


def set_aside_large_log(log_file: Path) -> None:
    """Keep one older generation of a log that has grown large."""
    if log_file.exists() and log_file.stat().st_size > _LARGE_LOG_BYTES:
        log_file.replace(log_file.with_suffix(".log.1"))
