"""The embedded Postgres: our own small supervisor over its programs, loopback and password only."""

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.cluster import SUPERUSER, Cluster, spawn
from deploy.local.errors import StartRefused
from deploy.local.leftovers import postmaster_status, stop_leftovers
from deploy.local.ports import LOOPBACK

_FIXED_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",  # it compiles for longer than our statements run
    "log_checkpoints": "off",
}


@dataclass(slots=True)
class PostgresServer:
    """A running Postgres on one cluster; start it from the main thread (see parentage.py)."""

    cluster: Cluster
    log_file: Path
    password: str = field(repr=False)
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def spawn(self, port: int) -> None:
        """Start the postmaster without waiting for it, after clearing what a crash left."""
        stop_leftovers(self.cluster.data_dir)
        settings = {**_FIXED_SETTINGS, **self.settings, "port": str(port)}
        arguments = [part for item in settings.items() for part in ("-c", "=".join(item))]
        with self.log_file.open("ab") as log:
            self.process = spawn(self.cluster, "postgres", arguments, log)
        self.port = port

    def start(self, port: int, patience_s: float = 60.0) -> None:
        """Start and wait until connections are accepted; raise StartRefused with its last words."""
        self.spawn(port)
        deadline = time.monotonic() + patience_s
        if not self.wait_ready(deadline):
            self.stop()
            raise StartRefused(
                f"Postgres did not start; the end of {self.log_file}:\n{self.last_words()}"
            )

    def wait_ready(self, deadline: float) -> bool:
        """Wait for readiness until a monotonic instant; False when it ended or the time is over."""
        while self.is_running() and time.monotonic() < deadline:
            if self.is_ready():
                return True
            time.sleep(0.02)
        return False

    def is_running(self) -> bool:
        """Tell whether the postmaster lives."""
        return self.process is not None and self.process.poll() is None

    def is_ready(self) -> bool:
        """Tell whether it accepts connections."""
        process = self.process
        return (
            process is not None
            and process.poll() is None
            and postmaster_status(self.cluster.data_dir, process.pid) == "ready"
        )

    def stop(self, patience_s: float = 20.0) -> None:
        """Stop fast (open transactions are rolled back, data is checkpointed), then harder."""
        if self.process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is not None:
                return
            self.process.send_signal(number)
            try:
                self.process.wait(timeout=patience_s)
            except subprocess.TimeoutExpired:
                continue

    def url(self, database: str) -> str:
        """Give the address of one of its databases."""
        # No TLS on the loopback: asking for it costs a round trip at every connect.
        return (
            f"postgresql://{SUPERUSER}:{self.password}@{LOOPBACK}:{self.port}/{database}"
            "?sslmode=disable"
        )

    def last_words(self, lines: int = 8) -> str:
        """Give the end of its log."""
        text = self.log_file.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])
