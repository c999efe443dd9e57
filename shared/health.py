"""Readiness that says what is wrong: database, schema level, durability, own probes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import asyncpg
from typing_extensions import override

from shared.away import is_away
from shared.contracts.health import CheckReport, Health
from shared.problem import DomainError

_UNSAFE = {"fsync": ("off",), "full_page_writes": ("off",), "synchronous_commit": ("off",)}
_DURABILITY = (
    "SELECT current_setting('fsync') AS fsync,"
    " current_setting('full_page_writes') AS full_page_writes,"
    " current_setting('synchronous_commit') AS synchronous_commit"
)


class CheckState(StrEnum):
    """How one thing stands."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """What one probe found; `detail` is for the operator."""

    name: str
    state: CheckState
    detail: str = ""


Probe = Callable[[], Awaitable[Check]]


class UnsafeDurability(DomainError):
    """The database may lose acknowledged writes."""

    def __init__(self, settings: Sequence[str]) -> None:
        """Take the settings that are off."""
        super().__init__(settings)
        self.settings = tuple(settings)

    @property
    @override
    def detail(self) -> str:
        """Say what to change."""
        return (
            f"Postgres runs with {', '.join(self.settings)}: an acknowledged receipt could be lost."
            " Turn it on, or accept the loss with ALLOW_UNSAFE_DURABILITY=1"
        )


class WrongMigration(DomainError):
    """The database schema is not at the level of this program: run `tierline migrate`."""


async def unsafe_settings(connection: asyncpg.Connection | asyncpg.Pool) -> list[str]:
    """List the settings under which Postgres may lose a committed transaction."""
    row = await connection.fetchrow(_DURABILITY)
    return [f"{name}={row[name]}" for name, bad in _UNSAFE.items() if row[name] in bad]


async def migration_level(connection: asyncpg.Connection | asyncpg.Pool) -> str | None:
    """Tell the schema's revision; None before the first migration."""
    try:
        level = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    return str(level) if level is not None else None


async def check_start(pool: asyncpg.Pool, *, head: str, is_unsafe_allowed: bool) -> None:
    """Refuse to start on a database that may lose data or has another schema."""
    unsafe = await unsafe_settings(pool)
    if unsafe and not is_unsafe_allowed:
        raise UnsafeDurability(unsafe)
    if await migration_level(pool) != head:
        raise WrongMigration


def database_probe(
    pool: asyncpg.Pool,
    *,
    head: str,
    is_unsafe_allowed: bool,
    when_away: CheckState = CheckState.FAILED,
) -> Probe:
    """Probe connection, schema level and durability; `when_away` is what no answer means here."""

    async def probe() -> Check:
        try:
            unsafe = await unsafe_settings(pool)
            level = await migration_level(pool)
        except Exception as error:
            if is_away(error):
                return Check("database", when_away, "cannot be reached")
            raise
        if level != head:
            text = f"schema is at {level}, this program needs {head}: run tierline migrate"
            return Check("database", CheckState.FAILED, text)
        if unsafe:
            state = CheckState.DEGRADED if is_unsafe_allowed else CheckState.FAILED
            return Check("database", state, f"may lose acknowledged writes: {', '.join(unsafe)}")
        return Check("database", CheckState.OK)

    return probe


async def readiness(probes: Sequence[Probe]) -> Health:
    """Ask every probe; the worst finding is the answer."""
    checks = [await probe() for probe in probes]
    return Health(
        status=_overall({check.state for check in checks}),
        checks=[CheckReport(name=c.name, state=c.state.value, detail=c.detail) for c in checks],
    )


def _overall(states: set[CheckState]) -> Literal["ready", "degraded", "unavailable"]:
    if not states or CheckState.FAILED in states:
        return "unavailable"
    return "degraded" if CheckState.DEGRADED in states else "ready"
