"""A Postgres of the suite's own, and databases cloned from a migrated template."""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import asyncpg

from deploy.local.cluster import prepare_cluster
from deploy.local.ports import free_port
from deploy.local.postgres import PostgresServer
from deploy.local.programs import find_programs
from deploy.local.sizing import MIB, memory_settings

TEMPLATE = "tierline_template"
_ROOM = 2048 * MIB
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Databases:
    """Makes and drops databases on one server."""

    server_url: str

    def url(self, name: str) -> str:
        return urlsplit(self.server_url)._replace(path=f"/{name}").geturl()

    def create(self, template: str = TEMPLATE, prefix: str = "test") -> str:
        """Create a database of its own name and give its address."""
        name = f"{prefix}_{secrets.token_hex(6)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, url: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name_of(url)}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        blocking(_execute(self.server_url, statement))

    @contextmanager
    def temporary(self, template: str = TEMPLATE) -> Iterator[str]:
        url = self.create(template)
        try:
            yield url
        finally:
            self.drop(url)


def name_of(url: str) -> str:
    """Give the database an address names (what follows it, such as ?sslmode=, is not its name)."""
    return urlsplit(url).path.lstrip("/")


@contextmanager
def embedded_server(
    settings: dict[str, str] | None = None, *, below: Path | None = None
) -> Iterator[PostgresServer]:
    """Run a Postgres in a temporary directory; initdb need not be synced, commits are."""
    password = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="tierline-tests-", dir=below) as directory:
        home = Path(directory)
        cluster = prepare_cluster(
            home / "postgres", find_programs(os.environ), password, is_synced=False
        )
        small = memory_settings(1024 * MIB)
        server = PostgresServer(
            cluster, home / "postgres.log", password, {**small, **(settings or {})}
        )
        server.start(free_port())
        try:
            yield server
        finally:
            server.stop()


def memory_directory() -> Path | None:
    """Give a directory in memory, where there is one with room.

    A database of ninety tables is cloned there in 0.05 s, on a disk in 0.6 s.
    """
    shared = Path("/dev/shm")  # noqa: S108 - a directory of a drawn name is made in it
    is_there = shared.is_dir() and os.access(shared, os.W_OK)
    return shared if is_there and shutil.disk_usage(shared).free > _ROOM else None


def blocking(work: Coroutine[object, object, Result]) -> Result:
    """Run a coroutine from anywhere, whether or not this thread has a running loop."""
    with ThreadPoolExecutor(max_workers=1) as executor:
        return executor.submit(asyncio.run, work).result()


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url, ssl=False)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
