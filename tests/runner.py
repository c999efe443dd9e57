"""`make run` as a test sees it: over the real services, or over stand-ins where it is tested."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from deploy.local.home import read_env
from deploy.local.ports import free_port, is_free
from tests.paths import REPO_DIR

SERVICE = """
import http.server, os
class Live(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = str(os.getpid()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args): pass
port = int(os.environ["{prefix}_PORT"])
http.server.ThreadingHTTPServer(("127.0.0.1", port), Live).serve_forever()
"""


@dataclass(slots=True)
class Runner:
    """A running `make run`, its output so far, and its home."""

    process: subprocess.Popen[str]
    home: Path
    base: int
    log: Path
    started_at: float = field(default_factory=time.monotonic)

    @property
    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    @property
    def env(self) -> dict[str, str]:
        return read_env(self.home / "env")

    def wait_ready(self, within_s: float = 40) -> float:
        """Wait for the ready line; give the seconds since the start."""
        wait_for(lambda: "Tierline is ready" in self.output or self.ended(), within_s)
        assert "Tierline is ready" in self.output, self.output
        return time.monotonic() - self.started_at

    def ended(self) -> bool:
        return self.process.poll() is not None

    def pid_of(self, service: str) -> int:
        offset = {"console": 0, "ingest": 1, "scoring": 2, "feedback": 3}[service]
        url = f"http://127.0.0.1:{self.base + offset}/"
        with urllib.request.urlopen(url, timeout=2) as reply:
            return int(reply.read())

    def recorded(self, service: str) -> int:
        """The process id the runner wrote down."""
        text = (self.home / "processes" / f"{service}.json").read_text(encoding="ascii")
        return int(json.loads(text)["pid"])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=40)


def make_stand_ins(directory: Path) -> None:
    for name in ("ingest", "scoring", "feedback", "console"):
        package = directory / "services" / name
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(SERVICE.format(prefix=name.upper()))
    (directory / "services" / "__init__.py").touch()


def four_free_ports() -> int:
    """Find a base for PORT_BASE: the four ports in a row are free."""
    while True:
        base = free_port()
        if all(is_free(base + n) for n in range(4)):
            return base


@contextmanager
def running(directory: Path, base: int, **environ: str) -> Iterator[Runner]:
    """Start the runner on a home below the directory; end it whatever happens.

    Its services are the stand-ins of the directory where there are some, else the real ones.
    """
    log = directory / "output"
    with log.open("w") as output:
        process = _start(directory, base, environ, output)
    runner = Runner(process, directory / "home", base, log)
    try:
        yield runner
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=40)


def _start(
    directory: Path, base: int, environ: dict[str, str], output: IO[str]
) -> subprocess.Popen[str]:
    inherited = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "TIERLINE_PG_BIN"}}
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.local"],
        cwd=directory if (directory / "services").exists() else REPO_DIR,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
        env={
            **inherited,
            "PYTHONPATH": str(REPO_DIR),
            "TIERLINE_HOME": str(directory / "home"),
            "PORT_BASE": str(base),
            "DEMO": "0",
            **environ,
        },
    )


def wait_for(condition: Callable[[], bool], within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not true within {within_s} s"
        time.sleep(0.05)


def pasted_key(output: str) -> str:
    found = re.search(r"Bearer (tl_sk_[A-Za-z0-9_-]{43})", output)
    assert found, output
    return found.group(1)


def is_gone(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
