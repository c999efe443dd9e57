"""Sessions: a random token in a cookie, its hash in the database, looked at anew after 2 s."""

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from time import monotonic
from typing import Final, TypeVar
from uuid import UUID

import asyncpg

from services.console.accounts.people import OpenSession
from services.console.accounts.person import Person
from services.console.accounts.queries import sessions as queries
from shared.clock import Clock
from shared.ids import uuid7

#: At most so long after a session ended elsewhere it is still let in here.
FRESH_S: Final = 2.0
#: `seen_at` is written this often: idle time need not be known to the second.
_SEEN_EVERY: Final = timedelta(minutes=1)
_KEPT: Final = timedelta(days=30)
_MOST: Final = 10_000
_TOKEN_BYTES: Final = 32
Key = TypeVar("Key", bytes, UUID)


@dataclass(frozen=True, slots=True)
class SessionRules:
    """When a session is over."""

    longest: timedelta
    idle: timedelta


@dataclass(frozen=True, slots=True)
class Place:
    """From where somebody signs in, and with what."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class _Seen:
    found: queries.Found
    at: float


class Sessions:
    """Opens, finds and ends sessions; the clock is the machine's: a business may stand still."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock, rules: SessionRules) -> None:
        self._pool = pool
        self._clock = clock
        self._rules = rules
        self._by_token: OrderedDict[bytes, _Seen] = OrderedDict()
        self._by_id: OrderedDict[UUID, _Seen] = OrderedDict()

    async def open(self, user_id: UUID, place: Place) -> str:
        """Open a session and give its token, which is kept nowhere."""
        token, now = secrets.token_urlsafe(_TOKEN_BYTES), self._clock.now()
        await queries.drop_old_sessions(self._pool, user_id, now - _KEPT)
        new = queries.NewSession(
            session_id=uuid7(),
            token_hash=_hash(token),
            user_id=user_id,
            created_at=now,
            expires_at=now + self._rules.longest,
            address=place.address,
            agent=place.agent[:200],
        )
        await queries.add_session(self._pool, new)
        return token

    async def person_with(self, token: str) -> Person | None:
        """Give who shows a token, and keep their session from idling; None when it is over."""
        key = _hash(token)
        found = self._known(self._by_token, key)
        if found is None:
            now = self._clock.now()
            found = await queries.session_of_token(self._pool, key, now, self._seen_after(now))
            _remember(self._by_token, key, found)
        await self._renew(found)
        return None if found is None else found.person

    async def live(self, session_id: UUID) -> Person | None:
        """Give the person of a session; None when it is over. Does not keep it from idling."""
        found = await self._found(session_id)
        return None if found is None else found.person

    async def keep(self, session_id: UUID) -> None:
        """Note that a session is used: something was done on a page that stays open."""
        await self._renew(await self._found(session_id))

    async def of_user(self, user_id: UUID) -> list[OpenSession]:
        """List where somebody is signed in."""
        now = self._clock.now()
        return await queries.sessions_of(self._pool, user_id, now, self._seen_after(now))

    async def end(self, session_id: UUID) -> None:
        """End one session: here at once, elsewhere within two seconds."""
        await queries.end_session(self._pool, session_id, self._clock.now())
        self.forget()

    async def end_all_of(self, user_id: UUID, *, but: UUID | None = None) -> int:
        """End every session of a user but one; tell how many."""
        ended = await queries.end_sessions_of(self._pool, user_id, self._clock.now(), but)
        self.forget()
        return len(ended)

    def forget(self) -> None:
        """Look everybody up anew: somebody's session, role or taste was changed here."""
        self._by_token.clear()
        self._by_id.clear()

    async def _found(self, session_id: UUID) -> queries.Found | None:
        found = self._known(self._by_id, session_id)
        if found is None:
            now = self._clock.now()
            found = await queries.session_with(self._pool, session_id, now, self._seen_after(now))
            _remember(self._by_id, session_id, found)
        return found

    def _seen_after(self, now: datetime) -> datetime:
        return now - self._rules.idle

    def _known(self, seen: OrderedDict[Key, _Seen], key: Key) -> queries.Found | None:
        entry = seen.get(key)
        is_fresh = entry is not None and monotonic() - entry.at < FRESH_S
        if entry is None or not is_fresh or entry.found.expires_at <= self._clock.now():
            return None
        return entry.found

    async def _renew(self, found: queries.Found | None) -> None:
        now = self._clock.now()
        if found is not None and now - found.seen_at >= _SEEN_EVERY:
            session_id = found.person.session_id
            await queries.mark_seen(self._pool, session_id, now, self._seen_after(now))


def _remember(seen: OrderedDict[Key, _Seen], key: Key, found: queries.Found | None) -> None:
    """Keep what was found; invented tokens are not kept, so they push nobody out."""
    seen.pop(key, None)
    if found is not None:
        seen[key] = _Seen(found, monotonic())
        if len(seen) > _MOST:
            seen.popitem(last=False)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
