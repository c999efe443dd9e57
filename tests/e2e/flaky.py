"""A road to a server on which things go wrong, one after another, as they do on real ones."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any, Literal

import httpx
from typing_extensions import override

#: busy: 503 before it arrives; cut: lost on the way there; lost: the answer is lost on the way
#: back; slow: the answer comes when the client has gone; restart: the server dies meanwhile.
Fault = Literal["fine", "busy", "cut", "lost", "slow", "restart"]
SLOW_S = 2.5
_KEPT = ("authorization", "content-type", "content-encoding")


class Road(ThreadingHTTPServer):
    """Passes posts on to a target; the next fault, while there is one, happens to the next post."""

    daemon_threads = True

    def __init__(self, target: str, faults: Iterable[Fault], restart: Callable[[], None]) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.target = target
        self.faults = deque(faults)
        self.restart = restart
        self.answers: list[int] = []
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def next_fault(self) -> Fault | None:
        with self._lock:
            return self.faults.popleft() if self.faults else None

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that leave early are what this is for."""


class _Post(BaseHTTPRequestHandler):
    server: Road

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        fault = self.server.next_fault()
        self.close_connection = True
        if fault == "busy":
            self._say(503, b'{"code":"overloaded","message":"busy"}', {"Retry-After": "1"})
        elif fault == "restart":
            self.server.restart()
        elif fault != "cut":
            self._pass_on(body, fault)

    def _pass_on(self, body: bytes, fault: Fault | None) -> None:
        headers = {name: self.headers[name] for name in _KEPT if name in self.headers}
        try:
            answer = httpx.post(
                self.server.target + self.path, content=body, headers=headers, timeout=30
            )
        except httpx.TransportError:
            return
        self.server.answers.append(answer.status_code)
        if fault == "slow":
            sleep(SLOW_S)
        if fault != "lost":
            self._say(answer.status_code, answer.content, dict(answer.headers))

    def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", headers.get("content-type", "application/json"))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        if "Retry-After" in headers:
            self.send_header("Retry-After", headers["Retry-After"])
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing to stderr."""


@contextmanager
def road_to(target: str, faults: Iterable[Fault], restart: Callable[[], None]) -> Iterator[Road]:
    """Open a road for a while."""
    road = Road(target, faults, restart)
    thread = threading.Thread(target=road.serve_forever)
    thread.start()
    try:
        yield road
    finally:
        road.shutdown()
        road.server_close()
        thread.join()
