"""The really running console: `make run` with the demo shop, and people of every role in it."""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx

from deploy.local.home import read_env
from services.console.accounts.keeper import keeper_on
from services.console.accounts.person import Language
from services.console.accounts.roles import Role
from services.console.accounts.sessions import Place
from services.console.accounts.users import Wanted
from services.console.settings import ConsoleSettings
from shared.db import Limits, create_raw_pool
from shared.settings import PlatformSettings
from tests.databases import blocking
from tests.runner import four_free_ports, running

PASSWORD: Final = "browser pferd 3"
#: A home that is running already, to write tests against: no stack is started, nothing furnished.
HOME: Final = os.environ.get("BROWSER_HOME", "")
# half a minute on an idle machine; a busy one may take many times as long
_DEMO_WITHIN_S: Final = 900


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may use the console, and the token of an open session."""

    name: str
    token: str


@dataclass(frozen=True, slots=True)
class Console:
    """Where it runs, and who may enter."""

    environ: Mapping[str, str]
    members: Mapping[tuple[Role, Language], Member]

    @property
    def url(self) -> str:
        return self.environ["CONSOLE_URL"]

    def ask(self, service: str, path: str) -> dict[str, Any]:
        """Read something of a service as its administrator."""
        url = f"{self.environ[f'{service.upper()}_URL']}{path}"
        answer = httpx.get(url, headers=self._headers, timeout=30, trust_env=False)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def tell(self, service: str, path: str, body: object) -> dict[str, Any]:
        """Send something to a service as its administrator."""
        url = f"{self.environ[f'{service.upper()}_URL']}{path}"
        answer = httpx.post(url, json=body, headers=self._headers, timeout=30, trust_env=False)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.environ['TIERLINE_ADMIN_KEY']}"}

    def query(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """Run a statement on the console's own tables."""

        async def fetched() -> list[asyncpg.Record]:
            connection = await asyncpg.connect(self.environ["DATABASE_URL"], ssl=False)
            try:
                return list(await connection.fetch(statement, *arguments))
            finally:
                await connection.close()

        return blocking(fetched())


@contextmanager
def console_below(directory: Path) -> Iterator[Console]:
    """Start everything below a directory (or use BROWSER_HOME) and let people in."""
    if HOME:
        with _peopled(read_env(Path(HOME) / "env")) as console:
            yield console
        return
    with running(directory, four_free_ports(), DEMO="1") as stack:
        stack.wait_ready(_DEMO_WITHIN_S)
        with _peopled(stack.env) as console:
            yield console


@contextmanager
def _peopled(environ: Mapping[str, str]) -> Iterator[Console]:
    mark = secrets.token_hex(3)
    wanted = {
        (role, language): f"{role}-{language}-{mark}" for role in Role for language in Language
    }
    members = {
        key: Member(name, blocking(_let_in(environ, name, *key))) for key, name in wanted.items()
    }
    console = Console(environ, members)
    try:
        yield console
    finally:
        names = list(wanted.values())
        users = "SELECT user_id FROM console_users WHERE name = ANY($1::text[])"
        console.query(f"DELETE FROM console_sessions WHERE user_id IN ({users})", names)
        console.query("DELETE FROM console_users WHERE name = ANY($1::text[])", names)


async def _let_in(environ: Mapping[str, str], name: str, role: Role, language: Language) -> str:
    settings = PlatformSettings(
        database_url=environ["DATABASE_URL"],  # type: ignore[arg-type] # as the environment gives it
        tierline_secret_key=environ["TIERLINE_SECRET_KEY"],  # type: ignore[arg-type] # the same
    )
    pool = await create_raw_pool(environ["DATABASE_URL"], Limits("tests"), size=1)
    try:
        keeper = keeper_on(pool, ConsoleSettings(), settings)
        wanted = Wanted(name, name, role, PASSWORD, language=language)
        user = await keeper.users.create(wanted)
        return await keeper.sessions.open(user.user_id, Place("127.0.0.1", "tests/browser"))
    finally:
        await pool.close()
