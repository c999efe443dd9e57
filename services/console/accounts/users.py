"""Make users and change them; the last admin who can sign in is never lost."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg

from services.console.accounts.passwords import Passwords, checked_password, name_key
from services.console.accounts.people import User
from services.console.accounts.person import Language, Look
from services.console.accounts.queries import users as queries
from services.console.accounts.roles import Role
from services.console.accounts.sessions import Sessions
from shared.clock import Clock
from shared.ids import uuid7

FIRST_NAME: Final = "admin"
LONGEST_NAME: Final = 100


class NameTaken(Exception):
    """Somebody else has this name."""


class BadName(Exception):
    """A name has 1 to 100 characters that can be seen."""


class UnknownUser(Exception):
    """There is no such user."""


class LastAdmin(Exception):
    """Nobody would be left who can make users and keys."""


def checked_name(name: str) -> str:
    """Give a name without white space around it; raises BadName."""
    trimmed = " ".join(name.split())
    if not 1 <= len(trimmed) <= LONGEST_NAME or not trimmed.isprintable():
        raise BadName
    return trimmed


def check_admin_left(admins: Collection[UUID], leaving: UUID) -> None:
    """Refuse to take away the only admin; raises LastAdmin."""
    if set(admins) == {leaving}:
        raise LastAdmin


@dataclass(frozen=True, slots=True)
class Wanted:
    """A user to be made."""

    name: str
    display: str
    role: Role
    password: str | None = None
    oidc_subject: str | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Users:
    """The accounts of the console."""

    pool: asyncpg.Pool
    clock: Clock
    passwords: Passwords
    sessions: Sessions

    async def create(self, wanted: Wanted) -> User:
        """Make a user; raises BadName, WeakPassword, NameTaken."""
        new = await self._new(wanted)
        if not await queries.add_user(self.pool, new):
            raise NameTaken
        return await self.require(new.user_id)

    async def create_first(self, password: str) -> bool:
        """Make `admin` where there is no user yet; False where there is one. Any password goes."""
        if await queries.is_anybody(self.pool):
            return False
        hashed = await self.passwords.hash(password)
        new = queries.NewUser(
            user_id=uuid7(),
            name=FIRST_NAME,
            name_key=FIRST_NAME,
            display=FIRST_NAME.title(),
            role=Role.ADMIN,
            password_hash=hashed,
            oidc_subject=None,
            language=None,
            created_at=self.clock.now(),
        )
        async with self.pool.acquire() as connection, connection.transaction():
            await queries.hold_users(connection)
            if await queries.is_anybody(connection):
                return False
            return await queries.add_user(connection, new)

    async def require(self, user_id: UUID) -> User:
        """Find a user; raises UnknownUser."""
        user = await queries.user_with(self.pool, user_id)
        if user is None:
            raise UnknownUser
        return user

    async def named(self, name: str) -> User:
        """Find a user by name; raises UnknownUser."""
        user = await queries.user_named(self.pool, name_key(name))
        if user is None:
            raise UnknownUser
        return user

    async def page(self, after: str = "", limit: int = 100) -> tuple[list[User], str]:
        """List users by name; the second is where the next page begins, empty at the end."""
        return await queries.page_of_users(self.pool, after, limit)

    async def change_role(self, user_id: UUID, role: Role) -> None:
        """Give a user another role; raises UnknownUser, LastAdmin."""
        await self.require(user_id)
        async with self._changing(user_id, is_leaving=role is not Role.ADMIN) as connection:
            await queries.set_role(connection, user_id, role)

    async def disable(self, user_id: UUID) -> None:
        """Lock a user out and end their sessions; raises UnknownUser, LastAdmin."""
        await self.require(user_id)
        async with self._changing(user_id, is_leaving=True) as connection:
            await queries.set_disabled(connection, user_id, self.clock.now())
        await self.sessions.end_all_of(user_id)

    async def enable(self, user_id: UUID) -> None:
        """Let a user in again; raises UnknownUser."""
        await self.require(user_id)
        async with self._changing(user_id, is_leaving=False) as connection:
            await queries.set_disabled(connection, user_id, None)

    async def set_password(self, user_id: UUID, password: str, *, but: UUID | None = None) -> None:
        """Give a user a new password and end all but one session; raises WeakPassword."""
        user = await self.require(user_id)
        hashed = await self.passwords.hash(checked_password(password, user.name))
        await queries.set_password(self.pool, user_id, hashed)
        await self.sessions.end_all_of(user_id, but=but)

    async def prefer(self, user_id: UUID, language: Language | None, look: Look | None) -> None:
        """Keep the language and the look somebody likes; None leaves what is kept."""
        await queries.set_shown(self.pool, user_id, language, look)
        self.sessions.forget()

    @asynccontextmanager
    async def _changing(
        self, user_id: UUID, *, is_leaving: bool
    ) -> AsyncIterator[asyncpg.Connection]:
        """Hold the admins while one user changes; whom it concerns is looked up anew after."""
        async with self.pool.acquire() as connection, connection.transaction():
            if is_leaving:
                check_admin_left(await queries.admins(connection), user_id)
            yield connection
        self.sessions.forget()

    async def _new(self, wanted: Wanted) -> queries.NewUser:
        name = checked_name(wanted.name)
        hashed = None
        if wanted.password is not None:
            hashed = await self.passwords.hash(checked_password(wanted.password, name))
        return queries.NewUser(
            user_id=uuid7(),
            name=name,
            name_key=name_key(name),
            display=wanted.display.strip()[:LONGEST_NAME] or name,
            role=wanted.role,
            password_hash=hashed,
            oidc_subject=wanted.oidc_subject,
            language=wanted.language,
            created_at=self.clock.now(),
        )
