"""Who may ask: keys looked up once in five seconds, and honoured while the database is away."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from fastapi import Request

from shared.acting import caller_for
from shared.away import is_away
from shared.keys import Caller, bearer_key, hash_key
from shared.problem import FORBIDDEN, UNAUTHENTICATED, Problem

FRESH_S = 5.0
UNKNOWN_FRESH_S = 1.0
HONOURED_AWAY_S = 3600.0
MAX_KEYS = 10_000

KeyLoader = Callable[[bytes], Awaitable[Caller | None]]


@dataclass(frozen=True, slots=True)
class _Seen:
    caller: Caller | None
    at: float


class ApiKeys:
    """Callers by key hash: at most 5 s from revocation to refusal."""

    __slots__ = ("_known", "_load", "_now", "_unknown")

    def __init__(self, load: KeyLoader, *, now: Callable[[], float] = monotonic) -> None:
        """Take the query that finds an unrevoked key, and a monotonic clock in seconds."""
        self._load = load
        self._now = now
        # Apart, so that a flood of invented keys never pushes a real one out.
        self._known: OrderedDict[bytes, _Seen] = OrderedDict()
        self._unknown: OrderedDict[bytes, _Seen] = OrderedDict()

    async def caller_of(self, authorization: bytes | None) -> Caller:
        """Name the caller of a Bearer header; raises Problem 401."""
        return await self.caller_with(bearer_key(authorization))

    async def caller_in(self, request: Request) -> Caller:
        """Name the caller of a request, or for whom the console asks; raises Problem 400, 401."""
        headers = request.scope["headers"]
        return caller_for(await self.caller_of(authorization_of(headers)), headers)

    async def caller_with(self, key: str | None) -> Caller:
        """Name the caller who shows this key; raises Problem 401."""
        caller = await self._find(hash_key(key)) if key is not None else None
        if caller is None:
            raise unauthenticated()
        return caller

    async def _find(self, key_hash: bytes) -> Caller | None:
        now = self._now()
        seen = self._known.get(key_hash)
        if seen is not None and now - seen.at < FRESH_S:
            return seen.caller
        unknown = self._unknown.get(key_hash)
        if unknown is not None and now - unknown.at < UNKNOWN_FRESH_S:
            return None
        return await self._refresh(key_hash, seen, now)

    async def _refresh(self, key_hash: bytes, seen: _Seen | None, now: float) -> Caller | None:
        try:
            caller = await self._load(key_hash)
        except Exception as error:
            if is_away(error) and seen is not None and now - seen.at < HONOURED_AWAY_S:
                return seen.caller
            raise
        self._known.pop(key_hash, None)
        self._unknown.pop(key_hash, None)
        _remember(self._unknown if caller is None else self._known, key_hash, _Seen(caller, now))
        return caller


def _remember(seen: OrderedDict[bytes, _Seen], key_hash: bytes, entry: _Seen) -> None:
    seen[key_hash] = entry
    if len(seen) > MAX_KEYS:
        seen.popitem(last=False)


def unauthenticated() -> Problem:
    """Make the one 401 for a missing, malformed, unknown and revoked key alike."""
    return Problem(
        UNAUTHENTICATED,
        "Send a valid key as `Authorization: Bearer tl_sk_...`",
        headers={"WWW-Authenticate": "Bearer"},
    )


def check_scope(caller: Caller, scope: str) -> None:
    """Refuse a caller whose key lacks a scope; raises Problem 403."""
    if not caller.may(scope):
        raise Problem(FORBIDDEN, f"The key lacks the scope {scope}")


def authorization_of(headers: list[tuple[bytes, bytes]]) -> bytes | None:
    """Find the Authorization header of a raw ASGI scope; two of them count as none."""
    found = [value for name, value in headers if name == b"authorization"]
    return found[0] if len(found) == 1 else None


def require(scope: str, *others: str) -> Callable[[Request], Awaitable[Caller]]:
    """Make the dependency that lets in only keys with one of the scopes (`app.state.api_keys`)."""

    async def caller(request: Request) -> Caller:
        keys: ApiKeys = request.app.state.api_keys
        found = await keys.caller_in(request)
        if not any(found.may(other) for other in others):
            check_scope(found, scope)
        return found

    return caller
