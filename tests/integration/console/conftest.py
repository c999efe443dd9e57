"""Fixtures: the accounts of the console on a database of the module's own, emptied each time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from argon2 import PasswordHasher

from services.console.accounts.audit import Audit
from services.console.accounts.cookies import Seal
from services.console.accounts.keeper import Keeper
from services.console.accounts.passwords import Passwords
from services.console.accounts.roles import Role
from services.console.accounts.sessions import Place, SessionRules, Sessions
from services.console.accounts.trying import Trials
from services.console.accounts.users import Users, Wanted
from services.console.settings import ConsoleSettings
from shared.db import Limits, create_raw_pool
from tests.fakes import FakeClock

PASSWORD = "korrekt pferd 3"
HERE = Place("203.0.113.9", "tests")
RULES = SessionRules(timedelta(hours=12), timedelta(hours=2))
#: as strong as nothing, and quick: what is tested here is who is let in
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
_EMPTIED = "TRUNCATE console_users, console_sessions, console_trials, audit_log"


@dataclass(slots=True)
class Door:
    """The accounts, and a clock to move them by."""

    pool: asyncpg.Pool
    clock: FakeClock
    keeper: Keeper

    @property
    def users(self) -> Users:
        return self.keeper.users

    @property
    def sessions(self) -> Sessions:
        return self.keeper.sessions

    async def add(self, name: str, role: Role = Role.ANALYST) -> "Known":
        user = await self.users.create(Wanted(name, "", role, PASSWORD))
        token = await self.sessions.open(user.user_id, HERE)
        return Known(user.user_id, token)

    def elsewhere(self) -> Sessions:
        """The sessions as another process knows them."""
        return Sessions(self.pool, self.clock, RULES)

    async def noted(self) -> list[str]:
        rows = await self.pool.fetch("SELECT action FROM audit_log ORDER BY audit_id")
        return [row["action"] for row in rows]


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody with an open session."""

    user_id: UUID
    token: str


@pytest.fixture
async def pool(module_database_url: str) -> AsyncIterator[asyncpg.Pool]:
    made = await create_raw_pool(module_database_url, Limits("tests"), size=8)
    await made.execute(_EMPTIED)
    yield made
    await made.close()


@pytest.fixture
def door(pool: asyncpg.Pool) -> Door:
    clock = FakeClock()
    sessions = Sessions(pool, clock, RULES)
    keeper = Keeper(
        settings=ConsoleSettings(),
        users=Users(pool, clock, Passwords(QUICK), sessions),
        sessions=sessions,
        trials=Trials(pool, clock),
        audit=Audit(pool, clock),
        seal=Seal(b"k" * 32),
    )
    return Door(pool, clock, keeper)
