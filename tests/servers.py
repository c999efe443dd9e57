"""Real processes of our services on a test database, and the keys to speak to them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO
from uuid import uuid4

import asyncpg
import httpx

from deploy.local.ports import free_port
from shared.keys import hash_key, new_key
from tests.databases import blocking
from tests.paths import REPO_DIR

SECRET_KEY = "5e" * 32


@dataclass(slots=True)
class Server:
    """One service process; `restart` brings the same port back."""

    name: str
    environment: dict[str, str]
    port: int
    log: IO[bytes]
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, within_s: float = 30) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"services.{self.name}"],
            cwd=REPO_DIR,
            env=self.environment,
            stdout=self.log,
        )
        deadline = time.monotonic() + within_s
        while not self._is_live():
            assert self.process.poll() is None, f"{self.name} ended with {self.process.returncode}"
            assert time.monotonic() < deadline, f"{self.name} did not come up"
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def errors(self) -> str:
        """Return the end of its log, without the lines of answered requests."""
        self.log.seek(0)
        lines = self.log.read().decode("utf-8", "replace").splitlines()
        return "\n".join([line for line in lines if '"event":"request"' not in line][-40:])

    def _is_live(self) -> bool:
        try:
            # reading the certificates for each question took 35 ms of the starting process' CPU
            answer = httpx.get(f"{self.url}/health/live", timeout=2, verify=False)  # noqa: S501
            return answer.status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def running(name: str, database_url: str, **settings: str) -> Iterator[Server]:
    """Run one service on a database; settings are further environment variables."""
    port = free_port()
    plain = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
    environment = plain | {
        "DATABASE_URL": database_url,
        "TIERLINE_SECRET_KEY": SECRET_KEY,
        "PYTHONPATH": str(REPO_DIR),
        f"{name.upper()}_PORT": str(port),
        f"{name.upper()}_DRAIN_S": "0",
        **settings,
    }
    with TemporaryFile() as log, TemporaryDirectory() as home:
        environment.setdefault("TIERLINE_HOME", home)
        server = Server(name, environment, port, log)
        server.start()
        try:
            yield server
        except BaseException:
            print(server.errors())  # pytest shows it beside the failure
            raise
        finally:
            server.stop()


def add_key(database_url: str, *scopes: str, source: str = "till") -> str:
    """Register a key straight in the database and give it."""
    key = new_key()
    blocking(_add_key(database_url, key, list(scopes or ("admin",)), source))
    return key


async def _add_key(database_url: str, key: str, scopes: list[str], source: str) -> None:
    connection = await asyncpg.connect(database_url, ssl=False)
    try:
        await connection.execute(
            """
            INSERT INTO api_keys (key_hash, key_id, name, kind, scopes, source_id, created_at)
            VALUES ($1, $2, 'tests', 'secret', $3, $4, now())
            """,
            hash_key(key),
            uuid4(),
            scopes,
            source,
        )
    finally:
        await connection.close()


def query(database_url: str, statement: str, *arguments: object) -> list[asyncpg.Record]:
    """Read rows straight from the database."""

    async def read() -> list[asyncpg.Record]:
        connection = await asyncpg.connect(database_url, ssl=False)
        try:
            return list(await connection.fetch(statement, *arguments))
        finally:
            await connection.close()

    return blocking(read())
