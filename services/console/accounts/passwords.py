"""Passwords: what is accepted, how they are kept (argon2id), and that a check tells nothing."""

import asyncio
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

SHORTEST: Final = 10
LONGEST: Final = 256
_DIFFERENT: Final = 5
#: One hash takes 64 MiB and a quarter of a second: two at once, or a flood would take the memory.
_AT_ONCE: Final = 2


class WeakPassword(Exception):
    """A password that is easily guessed; `why` is short, long, plain or name."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def checked_password(password: str, name: str) -> str:
    """Give the password as it is hashed (NFC); raises WeakPassword."""
    composed = unicodedata.normalize("NFC", password)
    if len(composed) < SHORTEST:
        raise WeakPassword("short")
    if len(composed) > LONGEST:
        raise WeakPassword("long")
    if len(set(composed)) < _DIFFERENT:
        raise WeakPassword("plain")
    if name_key(name) in name_key(composed):
        raise WeakPassword("name")
    return composed


def name_key(name: str) -> str:
    """Write a name as it is compared: letters of one form, capitals and white space alike."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class Passwords:
    """Hashes and checks, off the event loop."""

    __slots__ = ("_decoy", "_hasher", "_room")

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """Hash a password that was checked."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def is_right(self, kept: str | None, password: str) -> bool:
        """Check a password; a name without one takes just as long and is always wrong."""
        composed = unicodedata.normalize("NFC", password[: LONGEST + 1])
        decoy = await self._some_hash()
        async with self._room:
            is_same = await asyncio.to_thread(self._verify, kept or decoy, composed)
        return is_same and bool(kept) and len(composed) <= LONGEST

    async def renewed(self, kept: str, password: str) -> str | None:
        """Hash a password anew where the parameters have changed since; else None."""
        if not self._hasher.check_needs_rehash(kept):
            return None
        return await self.hash(unicodedata.normalize("NFC", password))

    async def _some_hash(self) -> str:
        if self._decoy is None:
            self._decoy = await self.hash("nobody's")
        return self._decoy

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (Argon2Error, InvalidHashError):
            return False
