"""The access log: one JSON line a request, written in bundles so that no request waits for it."""

import asyncio
from datetime import UTC, datetime
from typing import TextIO

FLUSH_S = 0.2
MAX_WAITING = 1000


class AccessLog:
    """Collects lines and writes them a few times a second; a crash loses at most that much."""

    __slots__ = ("_lines", "_service", "_stream", "_timer")

    def __init__(self, service: str, stream: TextIO) -> None:
        """Take the service's name and where to write."""
        self._service = service
        self._stream = stream
        self._lines: list[str] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, request_id: str, method: str, route: str, *, status: int, ms: float) -> None:
        """Note one answered request; every part is ours or checked, so nothing needs escaping."""
        self._lines.append(
            f'{{"service":"{self._service}","event":"request","level":"info",'
            f'"request_id":"{request_id}","method":"{method}","route":"{route}",'
            f'"status":{status},"ms":{ms:.2f},"timestamp":"{datetime.now(UTC).isoformat()}"}}\n'
        )
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_S, self.flush)
        elif len(self._lines) >= MAX_WAITING:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        lines, self._lines = self._lines, []
        self._stream.write("".join(lines))
        self._stream.flush()
